import { load } from "js-yaml";
import { type Made, madeWith } from "./components";

/** A Kubernetes object as the API server gets it, the text of Secrets included. */
export interface KubernetesObject {
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
  };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  [field: string]: unknown;
}

export interface Container {
  name: string;
  command?: string[];
  args?: string[];
  env: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  ports?: { name: string; containerPort: number }[];
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
  securityContext: { capabilities: { add?: string[] } };
  [probe: string]: unknown;
}

interface Source {
  name: string;
  items?: { key: string; path: string }[];
}

export interface Volume {
  name: string;
  configMap?: Source;
  secret?: Omit<Source, "name"> & { secretName: string };
  projected?: { sources: { configMap?: Source; secret?: Source }[] };
  persistentVolumeClaim?: { claimName: string };
  hostPath?: { path: string; type?: string };
  emptyDir?: object;
}

/** What makes pods, with its pod. */
export interface Pod {
  /** The program's name. */
  app: string;
  kind: string;
  namespace: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  spec: {
    serviceAccountName?: string;
    containers: Container[];
    initContainers?: Container[];
    volumes: Volume[];
  };
}

/** A file that a container sees. */
export interface File {
  path: string;
  text: string;
  /** The object that holds it: `ConfigMap x`. */
  of: string;
}

/** Every Kubernetes object that these settings make. */
export const clusterOf = async (given: Record<string, unknown> = {}): Promise<KubernetesObject[]> =>
  objectsOf(await madeWith(given));

export const objectsOf = (made: Map<string, Made>): KubernetesObject[] =>
  [...made.values()]
    .filter(({ inputs, existing }) => inputs.kind && !existing)
    .map(({ inputs, called }) => {
      const object = { ...inputs, metadata: { ...inputs.metadata, name: called } } as KubernetesObject;
      return inputs.stringData ? { ...object, stringData: plain(inputs.stringData) } : object;
    });

/** Pulumi marks a secret by an object around it. */
const plain = (value: unknown) => {
  const marked = value as { value?: unknown };
  return (typeof marked.value === "object" ? marked.value : value) as Record<string, string>;
};

export const ofKind = (objects: KubernetesObject[], ...kinds: string[]): KubernetesObject[] =>
  objects.filter(({ kind }) => kinds.includes(kind));

interface CronJob {
  jobTemplate: { spec: object };
}

interface Template {
  metadata: Pick<Pod, "labels" | "annotations">;
  spec: Pod["spec"];
}

export const podsOf = (objects: KubernetesObject[]): Pod[] =>
  ofKind(objects, "StatefulSet", "Deployment", "DaemonSet", "Job", "CronJob").map((object) => {
    const { kind, metadata } = object;
    const spec = kind === "CronJob" ? (object.spec as CronJob).jobTemplate.spec : object.spec;
    const { template, volumeClaimTemplates = [] } = spec as {
      template: Template;
      volumeClaimTemplates?: { metadata: { name: string } }[];
    };
    const claims = volumeClaimTemplates.map(({ metadata: { name } }) => ({ name }));
    const { labels, annotations } = template.metadata;
    return {
      app: labels.app,
      kind,
      namespace: metadata.namespace!,
      labels,
      annotations,
      spec: { ...template.spec, volumes: [...template.spec.volumes, ...claims] },
    };
  });

export function podOf(objects: KubernetesObject[], app: string): Pod {
  const found = podsOf(objects).find((pod) => pod.app === app);
  if (!found) throw new Error(`no pod of ${app}`);
  return found;
}

export const containersOf = ({ spec }: Pod): Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];

/** The files of ConfigMaps and Secrets that the containers of a pod see, where they see them. */
export function filesOf(objects: KubernetesObject[], pod: Pod): File[] {
  const texts = (kind: string, { name, items }: Source) => {
    const object = objects.find(
      (one) => one.kind === kind && one.metadata.name === name && one.metadata.namespace === pod.namespace,
    );
    // Of a Secret of the user's own no more is known than which keys are mounted.
    if (!object && kind === "Secret" && items)
      return items.map(({ path }) => ({ path, text: "", of: `${kind} ${name}` }));
    if (!object) throw new Error(`${pod.app} mounts ${kind} ${name}, which nobody makes`);
    const all = object.data ?? object.stringData!;
    const wanted = items ?? Object.keys(all).map((key) => ({ key, path: key }));
    return wanted.map(({ key, path }) => ({ path, text: all[key], of: `${kind} ${name}` }));
  };
  const inside = ({ configMap, secret, projected }: Volume) => [
    ...(configMap ? texts("ConfigMap", configMap) : []),
    ...(secret ? texts("Secret", { ...secret, name: secret.secretName }) : []),
    ...(projected?.sources ?? []).flatMap((source) => [
      ...(source.configMap ? texts("ConfigMap", source.configMap) : []),
      ...(source.secret ? texts("Secret", source.secret) : []),
    ]),
  ];
  return pod.spec.containers.flatMap(({ volumeMounts }) =>
    volumeMounts.flatMap(({ name, mountPath }) => {
      const volume = pod.spec.volumes.find((one) => one.name === name);
      if (!volume) throw new Error(`${pod.app} mounts ${name}, which is no volume of its pod`);
      return inside(volume).map(({ path, ...rest }) => ({ path: `${mountPath}/${path}`, ...rest }));
    }),
  );
}

/** The text of a file as the program sees it. */
export function fileOf(objects: KubernetesObject[], app: string, path: string): string {
  const found = filesOf(objects, podOf(objects, app)).find((file) => file.path === path);
  if (!found) throw new Error(`${app} sees no file ${path}`);
  return found.text;
}

/** The same, read as YAML or JSON. */
export const configOf = <T>(objects: KubernetesObject[], app: string, path: string): T =>
  load(fileOf(objects, app, path)) as T;

/** The plain environment variables of a program's container. */
export const environmentOf = (objects: KubernetesObject[], app: string): Record<string, string> =>
  Object.fromEntries(
    podOf(objects, app).spec.containers[0].env.flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, value]],
    ),
  );

/** Whether labels fit a selector; an empty one fits everything. */
export const fits = (labels: Record<string, string>, selector: Record<string, string> = {}): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
