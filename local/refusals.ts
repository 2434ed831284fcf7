/** What `up` and `down` refuse before anything is made. */
import type { Settings } from "../config/schema";
import { type Cluster, defaultHostPorts } from "./cluster";
import { UserError } from "./errors";
import { refuseExamples } from "./examples-left";
import { ask } from "./listed";
import { refuseNamespaces } from "./namespaces";
import type { Options } from "./options";
import { type Manifest, nodePortsOf, stackOfThis } from "./render";
import { fileNamed } from "./stack-config";

/** Pulumi shows a preview then and asks: a cluster of the user's holds more than this stack. */
export const asks = ({ context, yes }: Options): boolean => context !== undefined && !yes;

export function refuseUnasked(command: "up" | "down", options: Options): void {
  // Pulumi asks only where it can both show and read.
  if (!asks(options) || (process.stdin.isTTY && process.stdout.isTTY)) return;
  throw new UserError(
    `${command} --context ${options.context}: it shows what would change and asks, and there is no terminal to ask on. ` +
      `Look with npm run preview, then give --yes.`,
  );
}

/** A stack of a cloud, where there is none, or with examples in it. */
export function refuseUnready(
  { stack, context }: Options,
  { platform }: Settings,
  given: Record<string, unknown>,
): void {
  if (platform === "kind") return;
  if (!context)
    throw new UserError(
      `up --stack ${stack}: the stack is for ${platform}, which is no local cluster.\nName its context: npm run up -- --stack ${stack} --context NAME; or look at it: npm run render -- --stack ${stack}`,
    );
  refuseExamples(stack, given);
}

/** Links, in alerts too, are made from this address: they would lead to the cluster that has the usual ports. */
export function refuseOtherPort(options: Options, { edge }: Settings): void {
  const { portOffset = 0, context } = options;
  const mapped = defaultHostPorts(portOffset).find(({ node }) => node === edge.nodePort);
  const { hostname, port } = new URL(edge.url);
  if (context || !portOffset || !mapped || hostname !== "localhost" || port === String(mapped.host)) return;
  throw new UserError(
    `up --port-offset ${portOffset}: observability:edge.url is ${edge.url}, which is another cluster's then.\n` +
      `In ${fileNamed(options)} set observability:edge: { url: "http://localhost:${mapped.host}" }; a second cluster wants a ` +
      "stack of its own: --stack NAME takes Pulumi.NAME.yaml.",
  );
}

/** NodePorts on every node, and pods that mount its directories, are for a laptop. */
async function refuseOtherPlatform(
  options: Options,
  { platform }: Settings,
  cluster: Cluster,
): Promise<void> {
  const { stack, context } = options;
  if (!context || platform !== "kind") return;
  const answer = await ask(cluster, "nodes", "-o", "jsonpath={.items[*].spec.providerID}");
  const ids = answer?.split(" ").filter(Boolean);
  // Others may be a laptop's as well: minikube, k3d, Docker Desktop.
  const cloud = ids?.find((id) => /^(aws|gce|azure):/.test(id));
  if (!cloud) return;
  throw new UserError(
    `--context ${context}: the stack ${stack} is for a laptop (observability:platform: kind), and the nodes there are a cloud's ` +
      `(${cloud}). Nothing was changed.\n` +
      `Take a stack for that cluster, as --stack prod is for EKS, or set observability:platform in ${fileNamed(options)}.`,
  );
}

/** The API server would refuse the second Service of a port when half of the stack is made. */
async function refuseTakenNodePorts(
  { stack, context, cluster: name }: Options,
  settings: Settings,
  manifests: Manifest[],
  cluster: Cluster,
): Promise<void> {
  const wanted = nodePortsOf(manifests);
  if (wanted.length === 0) return;
  // Those of before may have the port, and lose it by this very update.
  const isOurs = (service: Manifest) => stackOfThis(service) === stack;
  const { items = [] } = JSON.parse((await ask(cluster, "services", "-A", "-o", "json")) || "{}") as {
    items?: Manifest[];
  };
  const taken = items
    .filter((service) => !isOurs(service))
    .flatMap((service) => nodePortsOf([service]).map((port) => ({ port, service })))
    .filter(({ port }) => wanted.includes(port));
  if (taken.length === 0) return;
  const there = context ? `--context ${context}` : `--cluster ${name}`;
  const { edge, grafana, metrics, tracing } = settings;
  const keys = Object.entries({ edge, grafana, metrics, "tracing.zipkin": tracing.zipkin }).map(
    ([key, { nodePort }]) => ({ key, port: nodePort }),
  );
  const keyOf = (port: number) => keys.find((one) => one.port === port)?.key;
  throw new UserError(
    [
      "NodePorts that the settings name are taken in the cluster:",
      ...taken.map(
        ({ port, service }) =>
          `  ${port}, by the Service ${nameOf(service)}: set observability:${keyOf(port)}.nodePort to another, or to null`,
      ),
      ...[...new Set(taken.flatMap(({ service }) => stackOfThis(service) ?? []))].map(
        (other) =>
          `The stack ${other} is up there. To have ${stack} in its place, remove it with its data: npm run down -- --stack ${other} ${there}`,
      ),
      "Nothing was changed.",
    ].join("\n"),
  );
}

const nameOf = ({ metadata }: Manifest): string => `${metadata.namespace}/${metadata.name}`;

/** What a cluster lacks for this stack, or has too much; asked before anything is made. */
export async function refuseUnfit(
  options: Options,
  settings: Settings,
  manifests: Manifest[],
  cluster: Cluster,
): Promise<void> {
  await refuseOtherPlatform(options, settings, cluster);
  await refuseNamespaces(options.stack, settings, manifests, cluster);
  await refuseTakenNodePorts(options, settings, manifests, cluster);
}
