/** What `up` and `down` refuse before anything is made. */
import execa from "execa";
import type { Settings } from "../config/schema";
import { type Cluster, defaultHostPorts } from "./cluster";
import { UserError } from "./errors";
import type { Options } from "./options";
import { targetOf } from "./report";

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

export function refuseLocal({ stack, context }: Options, settings: Settings): void {
  if (settings.platform !== "kind" && !context)
    throw new UserError(
      `up --stack ${stack}: the stack is for ${settings.platform}, which is no local cluster.\nName its context: npm run up -- --stack ${stack} --context NAME; or look at it: npm run render -- --stack ${stack}`,
    );
}

/** Links, in alerts too, are made from this address: they would lead to the cluster that has the usual ports. */
export function refuseOtherPort({ stack, portOffset = 0, context }: Options, { edge }: Settings): void {
  const mapped = defaultHostPorts(portOffset).find(({ node }) => node === edge.nodePort);
  const { hostname, port } = new URL(edge.url);
  if (context || !portOffset || !mapped || hostname !== "localhost" || port === String(mapped.host)) return;
  throw new UserError(
    `up --port-offset ${portOffset}: observability:edge.url is ${edge.url}, which is another cluster's then.\n` +
      `In Pulumi.${stack}.yaml set observability:edge: { url: "http://localhost:${mapped.host}" }; a second cluster wants a ` +
      "stack of its own: --stack NAME takes Pulumi.NAME.yaml.",
  );
}

/** Before anything is made: an update without a preview would stop half-way. */
export async function refuseMissingNamespaces(
  { namespaces, services }: Settings,
  cluster: Cluster,
): Promise<void> {
  const wanted = new Map<string, string>();
  if (!namespaces.create) {
    wanted.set(namespaces.stack, "namespaces.create: true");
    wanted.set(namespaces.agents, "namespaces.create: true");
  }
  if (!namespaces.createApplications)
    for (const { namespace } of services) wanted.set(namespace, "namespaces.createApplications: true");
  const names = ["get", "namespaces", "-o", "jsonpath={.items[*].metadata.name}"];
  const { stdout } = await execa(cluster.kubectl, [...targetOf(cluster), ...names]);
  const missing = [...wanted].filter(([namespace]) => !stdout.split(" ").includes(namespace));
  if (missing.length === 0) return;
  throw new UserError(
    [
      "Namespaces that the settings name are not in the cluster:",
      ...missing.map(([namespace, setting]) => `  ${namespace}: make it, or set observability:${setting}`),
      "Nothing was changed.",
    ].join("\n"),
  );
}
