import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Stack } from "../../programs/program";
import { promtailArgs, promtailConfig, promtailFile, PROMTAIL_STORAGE } from "../../programs/promtail/config";
import { type Container, criLine, entriesOf, type Entry, logDirectory } from "./alloy";
import { eventually } from "./eventually";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { listening } from "./receivers";
import { Server, stackWith } from "./servers";

interface Config {
  server: object;
  clients: { url: string }[];
  scrape_configs: { kubernetes_sd_configs?: object[]; static_configs?: object[] }[];
}

export const withPromtail = (given: Record<string, unknown> = {}): Stack =>
  stackWith({ ...given, logs: { collector: "promtail", ...(given.logs as object) } });

/** The node agent on this machine: its configuration with a list of containers where the cluster would be asked. */
export async function promtailServer(
  directory: string,
  containers: Container[],
  push: string,
  stack: Stack = withPromtail(),
): Promise<Server> {
  const config = promtailConfig(stack) as Config;
  const port = await freePort();
  Object.assign(config.server, { http_listen_address: "127.0.0.1", http_listen_port: port });
  Object.assign(config.server, { grpc_listen_address: "127.0.0.1" });
  config.clients[0].url = push;
  delete config.scrape_configs[0].kubernetes_sd_configs;
  config.scrape_configs[0].static_configs = containers.map(({ namespace, pod, name, configHash }) => ({
    targets: ["localhost"],
    labels: {
      __meta_kubernetes_namespace: namespace,
      __meta_kubernetes_pod_name: pod,
      __meta_kubernetes_pod_uid: `uid-${pod}`,
      __meta_kubernetes_pod_container_name: name,
      __meta_kubernetes_pod_label_app: pod,
      ...(configHash && { __meta_kubernetes_pod_annotation_kubernetes_io_config_hash: configHash }),
    },
  }));
  for (const container of containers)
    mkdirSync(logDirectory(join(directory, "pods"), container), { recursive: true });
  const file = join(directory, "promtail.yml");
  const text = promtailFile(config)
    .replaceAll("/var/log/pods", join(directory, "pods"))
    .replaceAll(PROMTAIL_STORAGE, directory);
  writeFileSync(file, text);
  return new Server(binary("promtail", "promtail")!, promtailArgs(file));
}

/** What Loki would be sent for each of these logs, each the log of a container of its own. */
export async function throughPromtail(
  logs: string[][],
  stack: Stack = withPromtail(),
  more: Partial<Container> = {},
): Promise<Entry[][]> {
  const containers = logs.map((_, index): Container => ({
    ...{ namespace: "shop", pod: `log-${index}`, name: "server" },
    ...more,
  }));
  const directory = mkdtempSync(join(tmpdir(), "promtail-"));
  const received: Entry[] = [];
  const loki = createServer((request, response) => {
    void buffer(request).then((body) => {
      received.push(...entriesOf(body));
      response.writeHead(204).end();
    });
  });
  const push = `http://${await listening(loki)}/loki/api/v1/push`;
  const server = await promtailServer(directory, containers, push, stack);
  // Hundreds of logs at once on a busy machine: the lines of an entry come further apart than any program writes them.
  const file = join(directory, "promtail.yml");
  const patient = readFileSync(file, "utf8")
    .replace(/\b700ms\b/, "4s")
    .replace(/\b1300ms\b/, "8s");
  writeFileSync(file, patient);
  containers.forEach((container, index) => {
    const text = logs[index].map((line, at) => criLine(line, new Date(Date.now() + at))).join("");
    writeFileSync(join(logDirectory(join(directory, "pods"), container), "0.log"), text);
  });
  const count = logs.flat().length;
  try {
    server.start();
    await eventually("all lines", 60, async () => {
      if (!server.running) throw new Error(`Promtail has ended: ${server.output}`);
      const lines = received.flatMap(({ line }) => line.split("\n")).length;
      if (lines < count) throw new Error(`${lines} of ${count} lines: ${server.output}`);
      return true;
    });
  } finally {
    await server.end();
    loki.close();
    loki.closeAllConnections();
    rmSync(directory, { recursive: true, force: true });
  }
  received.sort((a, b) => a.time - b.time);
  return containers.map(({ pod }) => received.filter(({ labels }) => labels.pod === pod));
}
