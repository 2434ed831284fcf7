import type { RuleGroup } from "../alerts/alert";
import type { ImageName } from "../config/images";
import type { Settings } from "../config/schema";
import type { Datasource, LogsBackend, TracesBackend } from "./backends";

/** What a program is described from: the settings, and which other programs they deploy. */
export interface Stack {
  /** Name of the Pulumi stack. */
  name: string;
  settings: Settings;
  programs: readonly Program[];
}

/** Whatever is no pod of the stack, seen from its pods. */
export type Outside =
  "applications" | "mesh" | "users" | "kubernetes-api" | "kubelets" | "receivers" | "elsewhere";

/** Somebody a program opens connections to. */
export interface Call {
  /** Name of a program, or what lies outside of the stack. */
  to: string | Outside;
  /** Ports of a program by name, of the outside by number; none: every port. */
  ports?: (string | number)[];
  /** Elsewhere: the hosts, as the settings name them. */
  hosts?: string[];
  /** It sends datagrams there besides. */
  udp?: true;
  why: string;
}

/** Configuration files: one ConfigMap. */
export interface Files {
  /** Last part of the ConfigMap's name, and name of the volume unless `volume` or a record of paths says otherwise. */
  name: string;
  files: Record<string, string>;
  /** Directory of the files; or, for each file, a directory of its own, whose volume is named after the file. */
  path: string | Record<string, string>;
  /** The program reads changes by itself: the ConfigMap has a fixed name and changes in place. Else a change rolls the pods. */
  reloaded?: boolean;
  /** Volume that several ConfigMaps share. */
  volume?: string;
}

/** Values that reach a program by a Kubernetes Secret, as environment variables or as files. */
export interface Secrets {
  /** Last part of the Secret's name in Pulumi. */
  name: string;
  /** Name of the program whose Secret it is; default: this program's. */
  of?: string;
  /** Key -> value, from the settings. None: the component generates them, or the Secret is the user's. */
  values?: Record<string, string>;
  /** A Secret of the user's own, of which these keys are mounted; `setting` names it. */
  existing?: { name: string; keys: string[]; setting: string };
  /** Environment variable -> key. */
  env?: Record<string, string>;
  /** Directory in which each key is a file, and the volume's name. */
  path?: string;
  volume?: string;
}

/** By what the callers of a server that speaks TLS know it. */
export interface Authority {
  /** What they mount. */
  secrets: Secrets[];
  /** The file in it: certificates of whoever signed the server's. */
  file: string;
}

/** A directory of the node. */
export interface HostPath {
  /** Name of the volume. */
  name: string;
  path: string;
  source: string;
  type?: "Directory" | "DirectoryOrCreate";
  readOnly?: boolean;
  /** What the node mounts below it later is seen as well. */
  seesLaterMounts?: boolean;
}

/** A volume and where it is mounted. */
export interface Data {
  path: string;
  /** Key of the settings that hold size and class, for messages. */
  setting: string;
  size: string;
  class: string | null;
}

/** GET on a port, or without a path a connection; delay and period in seconds. */
export interface Probe {
  path?: string;
  port: string;
  /** By https, whatever the certificate. */
  tls?: boolean;
  delay: number;
  period: number;
}

/** The same until it succeeds for the first time: the other probes wait for it, however long a start takes. */
export interface StartupProbe {
  path?: string;
  port: string;
  /** After these many minutes the container is restarted. */
  minutes: number;
}

/** A port that Prometheus scrapes. */
export interface Telemetry {
  port: string;
  /** Default /metrics. */
  path?: string;
  /** The series are about others, whose labels win over those of the pod. */
  aboutOthers?: boolean;
}

/** A user interface. */
export interface Pages {
  /** What people call it. */
  title: string;
  /** What one finds there: a few words. */
  what: string;
  /** Whether it asks who somebody is. For one that does not the edge asks, unless `edge.anonymous`. */
  login: boolean;
  /** Path that it has by itself and cannot be told; default: the edge gives it one, /api/monitoring/ and its name. */
  path?: string;
  /** Whether the edge leaves it out behind a load balancer that faces the internet; default false. */
  insideOnly?: boolean;
}

/** A host of users' that leads to the exposed port. */
export interface Ingress {
  className: string;
  host: string;
  annotations: Record<string, string>;
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/**
 * One program of the stack, complete: what it is told, how it runs, whom it calls. A plain object; functions take the
 * stack at hand. `components/kubernetes/run.ts` turns it into Kubernetes objects.
 */
export interface Program {
  /** Its name in the cluster: of the workload, the Service, the label `app`. */
  name: string;
  /** Which of the four components it belongs to. */
  component: "metrics" | "logs" | "tracing" | "grafana";
  /** A DaemonSet's pods are node agents: they live in the privileged namespace and run on every node. */
  workload: "StatefulSet" | "Deployment" | "DaemonSet" | "Job" | "CronJob";
  /** When a CronJob starts a pod: minute, hour, day, month, weekday. */
  schedule?: string;
  image: ImageName;
  /** User and group it runs as, which also own its volumes: those of the upstream's image. */
  user: number;
  /** Whether these settings deploy it; default: always. */
  enabled?(settings: Settings): boolean;
  /** Ports it listens on, by name. */
  ports(settings: Settings): Record<string, number>;
  /** Which of the ports Prometheus scrapes. */
  telemetry?(stack: Stack): Telemetry[];
  /** By what it is known on the port that others send to or ask, where it speaks TLS there. */
  authority?(settings: Settings): Authority | undefined;
  /** A port that people open; the number of its NodePort, or null for none. `ingress`: by an Ingress of theirs as well. */
  exposed?(settings: Settings): { port: string; nodePort: number | null; ingress?: true };
  /** An Ingress of our own in front of that port. */
  ingress?(settings: Settings): Ingress | undefined;
  /** Pages for people, on its port `http`: under the edge they live below a path of theirs. */
  pages?: Pages;
  /** Ports that the applications' pods connect to. */
  openToApplications?: string[];
  /** Whom it connects to. Scrapes, datasources and the Kubernetes API follow by themselves. */
  calls?(stack: Stack): Call[];
  /** What it may ask the Kubernetes API, in the whole cluster. Without any there is no token in its pod. */
  kubernetesApi?: Rule[];
  /** Annotations of a ServiceAccount of its own, such as the role of a cloud; undefined: it needs no account. */
  accountAnnotations?(settings: Settings): Record<string, string> | undefined;
  command?: string[];
  args?(stack: Stack): string[];
  env?(stack: Stack): Record<string, string>;
  /** Environment variables that come from the pod itself: name -> field path. */
  podEnv?(settings: Settings): Record<string, string>;
  /** Runs before the server, in the same image, with the same files and environment. */
  before?: { name: string; command: string[] };
  /** Those of these programs that are deployed must be ready before this one is made; they are made before it. */
  after?: string[];
  files?(stack: Stack): Files[];
  secrets?(stack: Stack): Secrets[];
  /** The volume that keeps its data; several replicas have one each. None: it keeps nothing of its own. */
  data?(settings: Settings): Data | undefined;
  /** How many pods; default 1. Several are spread over zones and nodes, and drained one at a time. */
  replicas?(settings: Settings): number;
  /** Seconds for which a replica must have been ready before the next one is replaced: it catches up meanwhile. */
  settles?: number;
  /**
   * Each of several replicas is complete by itself, and a workload of its own: the first keeps the name and the volume
   * that it had alone, they are updated one after the other, and whoever asks by the Service stays with one of them.
   */
  apart?: true;
  /** Its Service has no address of its own: whoever calls is told the replicas that are ready, and chooses one. */
  callersChoose?: true;
  /** Goes before all others: it can surge, so that a wrong mirror or placement is noticed while the others still run. */
  first?: boolean;
  host?(stack: Stack): HostPath[];
  /** Directories that are empty at each start: name -> path, with an optional size limit. */
  scratch?: Record<string, { path: string; sizeLimit?: string }>;
  /** Linux capabilities; default none. */
  capabilities?: string[];
  probes?(stack: Stack): { startup?: StartupProbe; ready: Probe; live: Probe };
  /** Written in Go: it is told its memory limit, so that it collects garbage before the kernel kills it. */
  go?: boolean;
  resources(settings: Settings): Settings["metrics"]["resources"];
  /** Scrape jobs beyond its own telemetry, as in Prometheus' configuration. */
  scrapeJobs?(stack: Stack): { job_name: string; [field: string]: unknown }[];
  /** Alerts on what it measures or does. */
  alerts?(stack: Stack): RuleGroup[];
  datasource?: Datasource;
  traces?: TracesBackend;
  logs?: LogsBackend;
}

/**
 * The deployed program of that name.
 *
 * @param asker who needs it, for the message
 * @throws Error with both names when these settings do not deploy it
 */
export function programOf(stack: Stack, name: string, asker = "a program"): Program {
  const found = stack.programs.find((program) => program.name === name);
  if (!found) throw new Error(`${asker} calls ${name}, which these settings do not deploy`);
  return found;
}

/** Whether these settings deploy it. */
export const isDeployed = (stack: Stack, name: string): boolean =>
  stack.programs.some((program) => program.name === name);

/** The user of that name, whom the images of the Prometheus family run as. */
export const nobody = 65534;

/** Leave to read objects of the Kubernetes API and to hear of their changes. */
export const watch = (apiGroup: string, resources: string[]): Rule => ({
  apiGroups: [apiGroup],
  resources,
  verbs: ["get", "list", "watch"],
});
