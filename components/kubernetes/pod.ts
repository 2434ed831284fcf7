import type { types } from "@pulumi/kubernetes";
import { imageOf } from "../../config/images";
import { bytes } from "../../config/units";
import { replicasOf } from "../../programs/addresses";
import type { Probe, Program, Stack, StartupProbe } from "../../programs/program";
import { objectLabels, selectorLabels } from "./labels";
import type { Part } from "./objects";
import { mountsOf, type Names } from "./volumes";

/** The pull secret that placement.registryLogin makes. */
export const REGISTRY_LOGIN = "observability-registry";

type Container = types.input.core.v1.Container;

/**
 * A pod template that the restricted Pod Security standard admits: non-root, read-only root file system, no
 * capabilities, no token unless it is needed. Agents differ by their hostPath volumes and, for Alloy, by user 0.
 */
export function podTemplate(stack: Stack, program: Program, part: Part, names: Names, account?: string) {
  const { settings } = stack;
  const { placement } = settings;
  const { user, before, command, args, capabilities } = program;
  const agent = program.workload === "DaemonSet";
  const several = replicasOf(stack, program) > 1;
  const mounts = mountsOf(stack, program, names);
  const probes = program.probes?.(stack);
  const container: Container = {
    name: program.name,
    image: imageOf(settings, program.image),
    imagePullPolicy: "IfNotPresent",
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], ...(capabilities ? { add: capabilities } : {}) },
    },
    env: environment(stack, program, names),
    volumeMounts: mounts.map(({ name, path, readOnly, mountPropagation }) => ({
      name,
      mountPath: path,
      ...(readOnly ? { readOnly } : {}),
      ...(mountPropagation ? { mountPropagation } : {}),
    })),
    resources: program.resources(settings),
  };
  return {
    metadata: {
      labels: { ...objectLabels(settings, stack.name, program.name), ...part.labels },
      annotations: { ...placement.annotations, ...scrapePath(stack, program) },
    },
    spec: {
      automountServiceAccountToken: program.kubernetesApi !== undefined,
      enableServiceLinks: false,
      ...(account ? { serviceAccountName: account } : {}),
      ...(placement.priorityClassName ? { priorityClassName: placement.priorityClassName } : {}),
      imagePullSecrets: [
        ...placement.imagePullSecrets,
        ...(placement.registryLogin ? [REGISTRY_LOGIN] : []),
      ].map((name) => ({ name })),
      nodeSelector: agent ? { "kubernetes.io/os": "linux" } : placement.nodeSelector,
      tolerations: agent ? [{ operator: "Exists" }] : placement.tolerations,
      securityContext: {
        runAsNonRoot: user !== 0,
        runAsUser: user,
        runAsGroup: user,
        fsGroup: user,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...(several ? { topologySpreadConstraints: spread(stack, program) } : {}),
      ...(before ? { initContainers: [{ ...container, name: before.name, command: before.command }] } : {}),
      containers: [
        {
          ...container,
          ...(command ? { command } : {}),
          ...(args ? { args: args(stack) } : {}),
          ports: Object.entries(program.ports(settings)).map(([name, containerPort]) => ({
            name,
            containerPort,
          })),
          ...(probes?.startup ? { startupProbe: started(probes.startup) } : {}),
          ...(probes ? { readinessProbe: checked(probes.ready), livenessProbe: checked(probes.live) } : {}),
        },
      ],
      // A mount without a source finds its volume by the StatefulSet's template.
      volumes: mounts.flatMap(({ name, source }) => (source ? [{ name, ...source }] : [])),
    },
  };
}

/** Where Prometheus finds the metrics, if not at its default path. */
function scrapePath(stack: Stack, { telemetry }: Program): Record<string, string> {
  const path = telemetry?.(stack).find((one) => one.path)?.path;
  return path ? { "prometheus.io/path": path } : {};
}

/** Replicas avoid each other's zone and node where they can. */
const spread = (stack: Stack, { name }: Program) =>
  ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorLabels(stack.name, name) },
  }));

const STARTUP_PERIOD = 5;

const started = ({ path, port, minutes }: StartupProbe) => ({
  ...(path ? { httpGet: { path, port } } : { tcpSocket: { port } }),
  periodSeconds: STARTUP_PERIOD,
  timeoutSeconds: 5,
  failureThreshold: (minutes * 60) / STARTUP_PERIOD,
});

const checked = ({ path, port, tls, delay, period }: Probe) => ({
  ...(path ? { httpGet: { path, port, ...(tls ? { scheme: "HTTPS" } : {}) } } : { tcpSocket: { port } }),
  initialDelaySeconds: delay,
  periodSeconds: period,
  timeoutSeconds: 5,
});

function environment(stack: Stack, program: Program, names: Names) {
  const env = { ...goMemoryLimit(stack, program), ...program.env?.(stack) };
  return [
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...(program.secrets?.(stack) ?? []).flatMap((secret) =>
      Object.entries(secret.env ?? {}).map(([name, key]) => ({
        name,
        valueFrom: { secretKeyRef: { name: names.secrets.get(secret.name), key } },
      })),
    ),
    ...Object.entries(program.podEnv?.(stack.settings) ?? {}).map(([name, fieldPath]) => ({
      name,
      valueFrom: { fieldRef: { fieldPath } },
    })),
  ];
}

/** Nine tenths of the limit: the rest is for what Go does not count, such as mapped files. */
const goMemoryLimit = ({ settings }: Stack, { go, resources }: Program): Record<string, string> =>
  go ? { GOMEMLIMIT: `${Math.floor((bytes(resources(settings).limits.memory) * 0.9) / 2 ** 20)}MiB` } : {};
