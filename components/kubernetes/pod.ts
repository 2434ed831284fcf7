import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import { portsOf, type Program } from "../../config/addresses";
import { type ImageName, imageOf } from "../../config/images";
import type { Settings } from "../../config/schema";
import { objectLabels } from "./labels";

type Container = types.input.core.v1.Container;
type Volume = types.input.core.v1.Volume;

/** A volume of the pod and where its containers see it. */
export interface Mount {
  name: string;
  path: string;
  /** Any source that a Kubernetes volume has: configMap, secret, persistentVolumeClaim, emptyDir, hostPath... */
  source: Omit<Volume, "name">;
  readOnly?: boolean;
  /** HostToContainer: what the host mounts below it later is seen as well. */
  mountPropagation?: "HostToContainer";
}

export interface PodSpec {
  image: ImageName;
  /** Runs as this user and group, which also own the volumes. The images' own users. */
  user: number;
  command?: string[];
  args?: string[];
  env?: Record<string, Input<string>>;
  /** Environment variables that come from a Secret: name -> [secret, key]. */
  secretEnv?: Record<string, [Input<string>, string]>;
  /** Environment variables that come from the pod: name -> field path. */
  fieldEnv?: Record<string, string>;
  mounts?: Mount[];
  resources: Settings["metrics"]["resources"];
  readiness?: types.input.core.v1.Probe;
  liveness?: types.input.core.v1.Probe;
  /** A ServiceAccount makes the API token available; without one there is none. */
  serviceAccount?: Input<string>;
  annotations?: Record<string, string>;
  /** The same image once more, before the server starts, with this command. */
  before?: { name: string; command: string[] };
  /** For the node agents: see the host's processes and network statistics as they are. */
  agent?: boolean;
  capabilities?: string[];
}

/** GET on a named port. */
export const httpProbe = (
  path: string,
  port: string,
  initialDelaySeconds: number,
  periodSeconds: number,
) => ({
  httpGet: { path, port },
  initialDelaySeconds,
  periodSeconds,
  timeoutSeconds: 5,
});

/**
 * A pod template that the restricted Pod Security standard admits: non-root, read-only root file system, no
 * capabilities, no token unless it is needed. Agents differ by their hostPath volumes and, for Alloy, by user 0.
 */
export function podTemplate(settings: Settings, stack: string, program: Program, spec: PodSpec) {
  const { placement } = settings;
  const mounts = spec.mounts ?? [];
  const container: Container = {
    name: program,
    image: imageOf(settings, spec.image),
    imagePullPolicy: "IfNotPresent",
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], ...(spec.capabilities ? { add: spec.capabilities } : {}) },
    },
    env: environment(spec),
    volumeMounts: mounts.map(({ name, path, readOnly, mountPropagation }) => ({
      name,
      mountPath: path,
      ...(readOnly ? { readOnly } : {}),
      ...(mountPropagation ? { mountPropagation } : {}),
    })),
    resources: spec.resources,
  };
  const { before } = spec;
  return {
    metadata: {
      labels: objectLabels(settings, stack, program),
      annotations: { ...placement.annotations, ...spec.annotations },
    },
    spec: {
      automountServiceAccountToken: spec.serviceAccount !== undefined,
      enableServiceLinks: false,
      ...(spec.serviceAccount ? { serviceAccountName: spec.serviceAccount } : {}),
      ...(placement.priorityClassName ? { priorityClassName: placement.priorityClassName } : {}),
      imagePullSecrets: placement.imagePullSecrets.map((name) => ({ name })),
      nodeSelector: spec.agent ? { "kubernetes.io/os": "linux" } : placement.nodeSelector,
      tolerations: spec.agent ? [{ operator: "Exists" }] : placement.tolerations,
      securityContext: {
        runAsNonRoot: spec.user !== 0,
        runAsUser: spec.user,
        runAsGroup: spec.user,
        fsGroup: spec.user,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...(before ? { initContainers: [{ ...container, name: before.name, command: before.command }] } : {}),
      containers: [
        {
          ...container,
          ...(spec.command ? { command: spec.command } : {}),
          ...(spec.args ? { args: spec.args } : {}),
          ports: Object.entries(portsOf(settings, program)).map(([name, containerPort]) => ({
            name,
            containerPort,
          })),
          ...(spec.readiness ? { readinessProbe: spec.readiness } : {}),
          ...(spec.liveness ? { livenessProbe: spec.liveness } : {}),
        },
      ],
      volumes: mounts.map(({ name, source }) => ({ name, ...source })),
    },
  };
}

function environment(spec: PodSpec) {
  return [
    ...Object.entries(spec.env ?? {}).map(([name, value]) => ({ name, value })),
    ...Object.entries(spec.secretEnv ?? {}).map(([name, [secret, key]]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
    ...Object.entries(spec.fieldEnv ?? {}).map(([name, fieldPath]) => ({
      name,
      valueFrom: { fieldRef: { fieldPath } },
    })),
  ];
}
