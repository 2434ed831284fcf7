import execa from "execa";
import {
  edgeHasLogin,
  hasEdge,
  namespaceOf,
  pagesUnderEdge,
  pathOf,
  portOf,
  userUrl,
} from "../programs/addresses";
import { PEOPLE } from "../programs/elasticsearch/access";
import { isDeployed, programOf, type Stack } from "../programs/program";
import type { Cluster } from "./cluster";
import type { Image } from "./images";
import type { Pulumi } from "./pulumi";

/** How to reach what `up` made, as text for people. The password is named, not shown. */
export function reachable(
  stack: Stack,
  { kind, name: context, hostPorts }: Cluster,
  outputs: Record<string, unknown>,
  { env }: Pick<Pulumi, "env">,
): string {
  const { grafana } = stack.settings;
  const directly = (nodePort: number | null) => hostPorts.find(({ node }) => node === nodePort)?.host;
  const rows: [string, string][] = [];
  if (hasEdge(stack)) {
    rows.push(["Start page", `${stack.settings.edge.url}/`]);
    for (const { name, pages } of pagesUnderEdge(stack)) rows.push([pages.title, `${userUrl(stack, name)}/`]);
  }
  for (const { pages, exposed } of stack.programs) {
    const port = directly(exposed?.(stack.settings).nodePort ?? null);
    if (pages && port) rows.push([`${pages.title}, directly`, `http://localhost:${port}`]);
  }
  if (kind === "context") {
    const program = programOf(stack, "grafana");
    const port = portOf(stack, program, "http");
    const forward = `kubectl --context ${context} -n ${namespaceOf(stack.settings, program)} port-forward svc/grafana ${port}`;
    rows.push([
      "Grafana, forwarded",
      `${forward}, then http://localhost:${port}${pathOf(stack, "grafana")}/`,
    ]);
    if (grafana.nodePort)
      rows.push([
        "Grafana, NodePort",
        `${grafana.nodePort}; localhost leads there only where the cluster maps it`,
      ]);
  }
  rows.push(["User", String(outputs.grafanaUser ?? "")]);
  rows.push(["Password", "pulumi stack output grafanaPassword --show-secrets"]);
  if (edgeHasLogin(stack.settings))
    rows.push(["Password of the edge", "pulumi stack output edgePassword --show-secrets"]);
  if (isDeployed(stack, "kibana"))
    rows.push(["Password of Kibana", `pulumi stack output kibanaPassword --show-secrets (user ${PEOPLE})`]);
  rows.push(["Applications send to", String(outputs.otlpEndpoint ?? "")]);
  const exports = Object.entries(env).map(([name, value]) =>
    value === undefined
      ? `  unset ${name}`
      : `  export ${name}="${value.replace(process.env.PATH ?? "", "$PATH")}"`,
  );
  return `\n${table(rows)}\n\nFor pulumi and kubectl in this shell:\n${exports.join("\n")}`;
}

/** Which images were built from pins, with the versions they really are and what they lack. */
export function imagesTable(images: Image[]): string {
  const built = images.filter((image) => image.built);
  if (built.length === 0) return "";
  const rows = built.map(({ ref, version, lacks }): [string, string] => [
    ref,
    lacks ? `${version}, without ${lacks}: its API alone answers` : version,
  ]);
  return `\nBuilt here (image, true version):\n${table(rows)}`;
}

/** What points kubectl at the cluster. */
export const targetOf = ({ kubeconfig }: Cluster): string[] => ["--kubeconfig", kubeconfig];

/** Pods of the stack's namespaces as kubectl shows them. */
export async function workloads(cluster: Cluster, { programs, settings }: Stack): Promise<string> {
  const namespaces = new Set(programs.map((program) => namespaceOf(settings, program)));
  const texts = [...namespaces].map(async (namespace) => {
    const args = [...targetOf(cluster), "get", "pods", "-n", namespace];
    const { stdout, stderr } = await execa(cluster.kubectl, args, { reject: false });
    return `${namespace}\n${stdout || stderr}`;
  });
  return (await Promise.all(texts)).join("\n\n");
}

function table(rows: [string, string][]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join("\n");
}
