import type { Settings } from "../config/schema";
import { replicasOf } from "../programs/addresses";
import type { Stack } from "../programs/program";

interface Taint {
  key: string;
  value?: string;
  effect: string;
}

/** What is asked of a node. */
export interface Node {
  metadata: { labels?: Record<string, string> };
  spec: { unschedulable?: boolean; taints?: Taint[] };
}

/** Replicas are spread over nodes as far as there are any: a sentence for each program of which one lost node takes several. */
export function sharedNodes(stack: Stack, nodes: Node[]): string[] {
  const { platform, placement } = stack.settings;
  // One machine by its nature.
  if (platform === "kind") return [];
  const count = nodes.filter((node) => takes(node, placement)).length;
  return stack.programs
    .map((program) => ({ name: program.name, replicas: replicasOf(stack, program) }))
    .filter(({ replicas }) => replicas > Math.max(1, count))
    .map(
      ({ name, replicas }) =>
        `${name}: its ${replicas} replicas have ${count} ${count === 1 ? "node" : "nodes"} that may take them, so that some share one and are lost with it. Add nodes, or look at observability:placement.nodeSelector and placement.tolerations.`,
    );
}

const takes = ({ metadata, spec }: Node, { nodeSelector, tolerations }: Settings["placement"]): boolean =>
  !spec.unschedulable &&
  Object.entries(nodeSelector).every(([name, value]) => metadata.labels?.[name] === value) &&
  (spec.taints ?? [])
    .filter(({ effect }) => effect !== "PreferNoSchedule")
    .every((taint) => tolerations.some((toleration) => tolerates(toleration, taint)));

/** As the scheduler reads them. */
const tolerates = (
  { key, operator = "Equal", value = "", effect }: Settings["placement"]["tolerations"][number],
  taint: Taint,
): boolean =>
  (effect === undefined || effect === taint.effect) &&
  (key === undefined || key === taint.key) &&
  (operator === "Exists" || value === (taint.value ?? ""));
