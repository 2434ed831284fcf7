import "./own-state";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { settingsOf } from "../config/settings";
import { repoDir } from "../local/paths";
import { resourcesOf } from "../local/review/resources";
import { type StackConfig, stackConfig, stackFile } from "../local/stack-config";
import { provideStandIns } from "../tests/cluster/support/stand-ins";
import { once } from "./measure";
import { onOwnCluster, type OwnCluster } from "./own-cluster";
import type { Bench } from "./stack";

/*
 * npm run bench:stacks: what other backends cost beside the usual ones. Each stack file in turn on one cluster, with the
 * services of the sample workload: seconds of a `pulumi up` from nothing to ready with all images there, memory at rest
 * and under traffic, as ratios to the first, the default. About a quarter of an hour each.
 */
const STACKS: Record<string, () => StackConfig> = {
  default: () => stackConfig(stackFile("kind")),
  "elk-jaeger": () => ({
    ...stackConfig(stackFile("elk-jaeger")),
    // Neither Logstash nor Kibana can be built where nothing is pulled.
    "observability:logs": { backend: "elasticsearch" },
  }),
  tiketi: () => stackConfig(stackFile("tiketi")),
  "wealist-kind": () => ({
    ...stackConfig(stackFile("wealist-kind")),
    // No Kiali can be built where nothing is pulled, and there is no such Redis.
    "observability:metrics": { istio: { enabled: true } },
  }),
  "prod-local": () => stackConfig(example("prod-local/Pulumi.kind.yaml")),
};
const REST_S = 180;
const TRAFFIC_S = 180;

const example = (path: string) => join(repoDir, "examples", path);
const { stack: stores, agents } = settingsOf({}, "kind").namespaces;
const NAMESPACES = [stores, agents];
const watched = stackConfig(stackFile("ticketing"));

interface Row {
  name: string;
  objects: number;
  /** Bytes. */
  requests: number;
  seconds: number;
  /** Bytes of all pods' working sets. */
  rest: number;
  traffic: number;
}

async function main(only: string[]): Promise<void> {
  const rows: Row[] = [];
  await onOwnCluster(async (own) => {
    for (const name of only) {
      // A namespace of one stack would be another's.
      const { "observability:namespaces": namespaces, "observability:services": services } = watched;
      own.write({
        ...STACKS[name](),
        "observability:namespaces": namespaces,
        "observability:services": services,
      });
      rows.push({ name, ...(await measure(own)) });
      print(rows);
    }
  });
}

async function measure(own: OwnCluster): Promise<Omit<Row, "name">> {
  await own.up();
  const stack = await own.stack();
  const pulumi = (command: string, ...args: string[]) =>
    stack.pulumi([command, "--yes", ...args, ...stack.arguments]);
  await pulumi("destroy");
  // prod-local needs them, the first time as the stack before it left them; beside all, so that the machine is the same for each.
  await provideStandIns(stack.cluster);
  const seconds = await once(() => pulumi("up", "--skip-preview"));
  await delay(REST_S * 1000);
  const rest = await memoryOf(stack);
  await own.ticketing("--duration", String(TRAFFIC_S));
  const traffic = await memoryOf(stack);
  await pulumi("destroy");
  const manifests = await own.manifests();
  const { memory, memoryPerNode } = resourcesOf(manifests);
  return { objects: manifests.length, requests: memory + memoryPerNode, seconds, rest, traffic };
}

/** Of all pods of the stack, from the kubelet itself: no stack has to be asked about itself. */
async function memoryOf({ kubectl }: Bench): Promise<number> {
  const nodes = (await kubectl(["get", "nodes", "-o", "name"])).trim().split("\n");
  const summaries = await Promise.all(
    nodes.map(async (node) => {
      const path = `/api/v1/nodes/${node.split("/")[1]}/proxy/stats/summary`;
      return JSON.parse(await kubectl(["get", "--raw", path])) as Summary;
    }),
  );
  return summaries
    .flatMap(({ pods }) => pods)
    .filter(({ podRef }) => NAMESPACES.includes(podRef.namespace))
    .reduce((sum, { memory }) => sum + (memory?.workingSetBytes ?? 0), 0);
}

interface Summary {
  pods: { podRef: { namespace: string }; memory?: { workingSetBytes?: number } }[];
}

function print(rows: Row[]): void {
  const [first] = rows;
  const mebibytes = (value: number) => `${Math.round(value / 2 ** 20)} MiB`;
  const beside = (one: Row, figure: (row: Row) => number, shown: (value: number) => string) =>
    `${shown(figure(one))} (${(figure(one) / figure(first)).toFixed(2)} x)`.padStart(20);
  console.log(
    [
      "stack".padEnd(12),
      ...["objects", "requests", "ready", "rest", "traffic"].map((head) => head.padStart(20)),
    ].join(""),
  );
  for (const row of rows)
    console.log(
      [
        row.name.padEnd(12),
        beside(row, ({ objects }) => objects, String),
        beside(row, ({ requests }) => requests, mebibytes),
        beside(
          row,
          ({ seconds }) => seconds,
          (value) => `${value.toFixed(0)} s`,
        ),
        beside(row, ({ rest }) => rest, mebibytes),
        beside(row, ({ traffic }) => traffic, mebibytes),
      ].join(""),
    );
}

function names(text: string): string[] {
  const given = text.split(",");
  if (given.every((name) => name in STACKS)) return given;
  throw new InvalidArgumentError(`Allowed: ${Object.keys(STACKS).join(", ")}, with commas between.`);
}

void new Command("bench:stacks")
  .description("Brings up each stack file in turn, and compares it with the first: objects, time, memory.")
  .option("--only <names>", "these, in this order", names, Object.keys(STACKS))
  .action(({ only }: { only: string[] }) => main(only))
  .parseAsync();
