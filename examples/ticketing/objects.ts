const SMALL = { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "500m", memory: "160Mi" } };

interface More {
  [field: string]: unknown;
  command: string[];
  volumeMounts?: { name: string; mountPath: string }[];
}

/** With few rights and, unless said otherwise, little memory. */
export const container = (name: string, image: string, more: More) => ({
  name,
  image,
  imagePullPolicy: "IfNotPresent",
  resources: SMALL,
  ...more,
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
});

/** What containers mount are empty directories. */
export const pod = (only: ReturnType<typeof container>, user = 1000, initContainers?: (typeof only)[]) => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    seccompProfile: { type: "RuntimeDefault" },
  },
  ...(initContainers ? { initContainers } : {}),
  containers: [only],
  ...(only.volumeMounts ? { volumes: only.volumeMounts.map(({ name }) => ({ name, emptyDir: {} })) } : {}),
});

/** A Deployment of one such pod and a Service of the same name. */
export function pair(
  namespace: string,
  name: string,
  port: { name: string; port: number },
  spec: ReturnType<typeof pod>,
  annotations: Record<string, string> = {},
): object[] {
  const labels = { app: name };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels, annotations }, spec },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace, labels },
      spec: { selector: labels, ports: [{ ...port, targetPort: port.port }] },
    },
  ];
}
