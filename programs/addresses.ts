import type { Settings } from "../config/schema";
import {
  type Authority,
  isDeployed,
  type Pages,
  type Program,
  programOf,
  type Secrets,
  type Stack,
} from "./program";

export const namespaceOf = ({ namespaces }: Settings, { workload }: Program): string =>
  workload === "DaemonSet" ? namespaces.agents : namespaces.stack;

export const replicasOf = ({ settings }: Stack, { replicas }: Program): number => replicas?.(settings) ?? 1;

/** Names of its workloads: one for all pods, or one for each replica that stands apart. */
export const workloadsOf = (stack: Stack, program: Program): string[] =>
  Array.from({ length: program.apart ? replicasOf(stack, program) : 1 }, (_, index) =>
    index === 0 ? program.name : `${program.name}-${index}`,
  );

/** Name of the Service that gives each replica an address of its own. */
export const headless = (program: string): string => `${program}-headless`;

/** Whether its replicas are told apart by that second Service. */
export const hasHeadless = (stack: Stack, program: Program): boolean =>
  program.workload === "StatefulSet" && !program.callersChoose && replicasOf(stack, program) > 1;

/** Number of a program's port. */
export function portOf(stack: Stack, { name, ports }: Program, port: string): number {
  const number = ports(stack.settings)[port];
  if (number === undefined) throw new Error(`${name} has no port ${port}`);
  return number;
}

/** host:port inside the cluster. */
export function addressOf(stack: Stack, name: string, port: string): string {
  const program = programOf(stack, name);
  return `${name}.${namespaceOf(stack.settings, program)}.svc:${portOf(stack, program, port)}`;
}

/** host:port of each replica that stands apart; of an only one its Service's. */
export function addressesOf(stack: Stack, name: string, port: string): string[] {
  const program = programOf(stack, name);
  if (replicasOf(stack, program) === 1) return [addressOf(stack, name, port)];
  const domain = `${headless(name)}.${namespaceOf(stack.settings, program)}.svc`;
  return workloadsOf(stack, program).map(
    (workload) => `${workload}-0.${domain}:${portOf(stack, program, port)}`,
  );
}

/** By what callers know it, who ask it by https then. */
export const authorityOf = (stack: Stack, name: string): Authority | undefined =>
  programOf(stack, name).authority?.(stack.settings);

/** What a caller of it mounts for that. */
export const trustOf = (stack: Stack, name: string): Secrets[] => authorityOf(stack, name)?.secrets ?? [];

/** http://host:port inside the cluster, or https://. */
export const urlOf = (stack: Stack, name: string, port: string): string =>
  `${authorityOf(stack, name) ? "https" : "http"}://${addressOf(stack, name, port)}`;

export const hasEdge = (stack: Stack): boolean => isDeployed(stack, "edge");

/** Programs whose pages the edge proxy serves. */
export const pagesUnderEdge = (stack: Stack): (Program & { pages: Pages })[] =>
  stack.programs.filter(
    (program): program is Program & { pages: Pages } =>
      hasEdge(stack) && program.pages !== undefined && !(program.pages.insideOnly && facesInternet(stack)),
  );

const facesInternet = ({ settings }: Stack): boolean => settings.edge.ingress?.scheme === "internet-facing";

/** Whether the edge proxy has a login, for the pages that ask nobody for one themselves. */
export const edgeHasLogin = ({ edge }: Settings): boolean => edge.enabled && !edge.anonymous;

/** Whether the edge proxy asks for its login before it serves these pages. */
export const edgeAsks = ({ settings }: Stack, { pages }: { pages: Pages }): boolean =>
  edgeHasLogin(settings) && !pages.login;

/** Under the edge proxy a user interface lives below its path, on every way in; elsewhere at the root. */
export function pathOf(stack: Stack, program: string): string {
  const served = pagesUnderEdge(stack).find(({ name }) => name === program);
  return served ? (served.pages.path ?? `/api/monitoring/${program}`) : "";
}

/** What users and links in messages open. Not under the edge proxy: the address inside the cluster. */
export function userUrl(stack: Stack, program: string): string {
  const path = pathOf(stack, program);
  return path ? stack.settings.edge.url + path : urlOf(stack, program, "http");
}
