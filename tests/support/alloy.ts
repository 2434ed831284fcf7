import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import protobuf from "protobufjs";
import { uncompress } from "snappyjs";
import { alloyArgs, alloyConfig, alloyEventsConfig } from "../../programs/alloy/config";
import type { Stack } from "../../programs/program";
import { eventually } from "./eventually";
import { binary } from "./programs";
import { listening } from "./receivers";
import { freePort } from "./free-port";
import { Server, stackWith } from "./servers";

/** A line as Loki is sent it. */
export interface Entry {
  /** Milliseconds since 1970. */
  time: number;
  line: string;
  labels: Record<string, string>;
  metadata: Record<string, string>;
}

/** A container whose log Alloy reads. */
export interface Container {
  namespace: string;
  pod: string;
  name: string;
  /** Of a static pod: of the file that it is made of. */
  configHash?: string;
}

/** Its log directory below that of all pods, as the kubelet names it. */
export const logDirectory = (pods: string, { namespace, pod, name, configHash }: Container): string =>
  join(pods, `${namespace}_${pod}_${configHash ?? `uid-${pod}`}`, name);

/** The node agent on this machine: its configuration with a list of containers where the cluster would be asked. */
export async function alloyServer(
  directory: string,
  containers: Container[],
  push: string,
  stack: Stack = stackWith(),
): Promise<Server> {
  const targets = containers.map(({ namespace, pod, name, configHash }) => ({
    __meta_kubernetes_namespace: namespace,
    __meta_kubernetes_pod_name: pod,
    __meta_kubernetes_pod_uid: `uid-${pod}`,
    __meta_kubernetes_pod_container_name: name,
    __meta_kubernetes_pod_label_app: pod,
    ...(configHash && { __meta_kubernetes_pod_annotation_kubernetes_io_config_hash: configHash }),
  }));
  const list = targets.map(
    (target) =>
      `{ ${Object.entries(target)
        .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
        .join(", ")} }`,
  );
  const text = alloyConfig(stack)
    .replace(/discovery\.kubernetes "pods" \{[^]*?\n\}\n/, "")
    .replace("discovery.kubernetes.pods.targets", `[${list.join(", ")}]`)
    .replaceAll("/var/log/pods", join(directory, "pods"));
  for (const container of containers)
    mkdirSync(logDirectory(join(directory, "pods"), container), { recursive: true });
  return serverWith(directory, text, push);
}

/** The agent of events on this machine: its configuration with a file of them where the cluster would be asked. */
async function eventsServer(directory: string, file: string, push: string, stack: Stack): Promise<Server> {
  const source = `loki.source.file "events" {
  targets    = [{ __path__ = ${JSON.stringify(file)}, namespace = "shop" }]
  forward_to = [loki.process.events.receiver]
}
`;
  const text = alloyEventsConfig(stack).replace(/loki\.source\.kubernetes_events [^]*?\n\}\n/, source);
  return serverWith(directory, text, push);
}

async function serverWith(directory: string, text: string, push: string): Promise<Server> {
  const file = join(directory, "config.alloy");
  writeFileSync(file, text.replace(/url( +)= ".+"/, `url$1= ${JSON.stringify(push)}`));
  const port = await freePort();
  const args = alloyArgs(join(directory, "alloy")).map((arg) =>
    arg.replace("/etc/alloy/config.alloy", file).replace(/0\.0\.0\.0:\d+/, `127.0.0.1:${port}`),
  );
  return new Server(binary("alloy", "alloy")!, args);
}

/** A line of a container as the runtime writes it into its log: long ones in parts. */
export function criLine(line: string, time = new Date()): string {
  const parts = line.match(/[^]{1,16384}/g) ?? [""];
  return parts
    .map((part, index) => `${time.toISOString()} stdout ${index < parts.length - 1 ? "P" : "F"} ${part}\n`)
    .join("");
}

const PushRequest = protobuf
  .parse(
    `syntax = "proto3";
     message Pair { string name = 1; string value = 2; }
     message Time { int64 seconds = 1; int32 nanos = 2; }
     message Entry { Time timestamp = 1; string line = 2; repeated Pair structuredMetadata = 3; }
     message Stream { string labels = 1; repeated Entry entries = 2; }
     message PushRequest { repeated Stream streams = 1; }`,
    { keepCase: true },
  )
  .root.lookupType("PushRequest");

interface Push {
  streams: {
    labels: string;
    entries: {
      timestamp: { seconds: number; nanos: number };
      line: string;
      structuredMetadata: { name: string; value: string }[];
    }[];
  }[];
}

export function entriesOf(body: Buffer): Entry[] {
  const push = PushRequest.toObject(PushRequest.decode(uncompress(body)), {
    arrays: true,
    longs: Number,
    defaults: true,
  }) as Push;
  return push.streams.flatMap(({ labels, entries }) => {
    const pairs = [...labels.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)].map(
      ([, name, value]): [string, string] => [name, JSON.parse(value) as string],
    );
    return entries.map(({ timestamp, line, structuredMetadata }) => ({
      time: timestamp.seconds * 1000 + timestamp.nanos / 1e6,
      line,
      labels: Object.fromEntries(pairs),
      metadata: Object.fromEntries(structuredMetadata.map(({ name, value }) => [name, value])),
    }));
  });
}

/** What Loki would be sent for each of these logs, each the log of a container of its own. */
export async function throughAlloy(
  logs: string[][],
  stack: Stack = stackWith(),
  more: Partial<Container> = {},
): Promise<Entry[][]> {
  const containers = logs.map((_, index) => ({
    namespace: "shop",
    pod: `log-${index}`,
    name: "server",
    ...more,
  }));
  const count = logs.flat().length;
  const received = await sent(count, async (directory, push) => {
    const server = await alloyServer(directory, containers, push, stack);
    logs.forEach((lines, index) =>
      writeFileSync(
        join(logDirectory(join(directory, "pods"), containers[index]), "0.log"),
        lines.map((line, at) => criLine(line, new Date(Date.now() + at))).join(""),
      ),
    );
    return server;
  });
  // Within one push Alloy orders by the labels, of which the level is one.
  received.sort((a, b) => a.time - b.time);
  return containers.map(({ pod }) => received.filter(({ labels }) => labels.pod === pod));
}

/** What Loki would be sent for these events of Kubernetes, each as JSON. */
export const eventsThroughAlloy = (lines: string[], stack: Stack = stackWith()): Promise<Entry[]> =>
  sent(lines.length, (directory, push) => {
    const file = join(directory, "events.log");
    writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
    return eventsServer(directory, file, push, stack);
  });

/** What an Alloy sends until so many lines have come. */
async function sent(
  count: number,
  prepare: (directory: string, push: string) => Promise<Server>,
): Promise<Entry[]> {
  const directory = mkdtempSync(join(tmpdir(), "alloy-"));
  const received: Entry[] = [];
  const loki = createServer((request, response) => {
    void buffer(request).then((body) => {
      received.push(...entriesOf(body));
      response.writeHead(204).end();
    });
  });
  const server = await prepare(directory, `http://${await listening(loki)}/loki/api/v1/push`);
  try {
    server.start();
    await eventually("all lines", 60, async () => {
      if (!server.running) throw new Error(`Alloy has ended: ${server.output}`);
      const lines = received.flatMap(({ line }) => line.split("\n")).length;
      if (lines < count) throw new Error(`${lines} of ${count} lines: ${server.output}`);
      return true;
    });
    return received;
  } finally {
    await server.end();
    loki.close();
    loki.closeAllConnections();
    rmSync(directory, { recursive: true, force: true });
  }
}
