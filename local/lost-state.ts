/** A stack that is up, and a state that does not know it: the shell or the machine asked another backend than made it. */
import type { Cluster } from "./cluster";
import { UserError } from "./errors";
import { ask } from "./listed";
import type { Options } from "./options";
import type { Pulumi } from "./pulumi";
import { type Manifest, ofStack } from "./render";

/**
 * Refuses to make a stack over itself, with new passwords, and to take nothing down. What counts is its volumes: they
 * come when the state has long been written, so that an `up` that was killed goes on, and they are what there is to lose.
 */
export async function refuseLostState(
  options: Options,
  cluster: Cluster,
  pulumi: Pick<Pulumi, "isEmpty" | "backend">,
): Promise<void> {
  const answer = await ask(cluster, "pvc", "-A", "-l", ofStack(options.stack), "-o", "json");
  const { items } = JSON.parse(answer || '{ "items": [] }') as { items: Pick<Manifest, "metadata">[] };
  // Pulumi does not wait until a volume is gone.
  const there = items.filter(({ metadata }) => !("deletionTimestamp" in metadata));
  if (there.length > 0 && (await pulumi.isEmpty())) throw lostState(options, there, pulumi.backend);
}

function lostState(
  { stack, context, cluster }: Options,
  there: Pick<Manifest, "metadata">[],
  backend: string,
): UserError {
  const namespaces = [...new Set(there.map(({ metadata }) => metadata.namespace))].join(", ");
  return new UserError(
    [
      `The stack ${stack} has volumes in the cluster (in ${namespaces}: ${there.length}), and the state that was asked knows nothing of it: ${backend}`,
      "Nothing was changed. Choose one:",
      "  - its state is elsewhere: set PULUMI_BACKEND_URL, or pulumi login, as where the stack was made, and run the command again;",
      "    export lines of another stack may still be in this shell: then open a new one",
      context
        ? '  - its state is lost for good: docs/configuration.md, "A state that is elsewhere, or lost", has the commands that remove the stack'
        : `  - its state is lost for good: npm run down -- --stack ${stack} --cluster ${cluster} removes that cluster, with all data`,
    ].join("\n"),
  );
}
