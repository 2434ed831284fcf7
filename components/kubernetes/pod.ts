import type { types } from "@pulumi/kubernetes";
import { imageOf } from "../../config/images";
import type { Probe, Program, Stack } from "../../programs/program";
import { objectLabels } from "./labels";
import { mountsOf, type Names } from "./volumes";

type Container = types.input.core.v1.Container;

/**
 * A pod template that the restricted Pod Security standard admits: non-root, read-only root file system, no
 * capabilities, no token unless it is needed. Agents differ by their hostPath volumes and, for Alloy, by user 0.
 */
export function podTemplate(stack: Stack, program: Program, names: Names, account?: string) {
  const { settings } = stack;
  const { placement } = settings;
  const { user, before, command, args, capabilities } = program;
  const agent = program.workload === "DaemonSet";
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
      labels: objectLabels(settings, stack.name, program.name),
      annotations: { ...placement.annotations, ...scrapePath(stack, program) },
    },
    spec: {
      automountServiceAccountToken: account !== undefined,
      enableServiceLinks: false,
      ...(account ? { serviceAccountName: account } : {}),
      ...(placement.priorityClassName ? { priorityClassName: placement.priorityClassName } : {}),
      imagePullSecrets: placement.imagePullSecrets.map((name) => ({ name })),
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
          ...(probes ? { readinessProbe: httpGet(probes.ready), livenessProbe: httpGet(probes.live) } : {}),
        },
      ],
      volumes: mounts.map(({ name, source }) => ({ name, ...source })),
    },
  };
}

/** Where Prometheus finds the metrics, if not at its default path. */
function scrapePath(stack: Stack, { telemetry }: Program): Record<string, string> {
  const path = telemetry?.(stack).find((one) => one.path)?.path;
  return path ? { "prometheus.io/path": path } : {};
}

const httpGet = ({ path, port, delay, period }: Probe) => ({
  httpGet: { path, port },
  initialDelaySeconds: delay,
  periodSeconds: period,
  timeoutSeconds: 5,
});

function environment(stack: Stack, program: Program, names: Names) {
  return [
    ...Object.entries(program.env?.(stack) ?? {}).map(([name, value]) => ({ name, value })),
    ...(program.secrets?.(stack) ?? []).flatMap((secret) =>
      Object.entries(secret.env ?? {}).map(([name, key]) => ({
        name,
        valueFrom: { secretKeyRef: { name: names.secrets.get(secret.name), key } },
      })),
    ),
    ...Object.entries(program.podEnv ?? {}).map(([name, fieldPath]) => ({
      name,
      valueFrom: { fieldRef: { fieldPath } },
    })),
  ];
}
