import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import execa from "execa";
import { ruleFiles } from "../alerts";
import { watchedServices } from "../config/schema";
import { renderManifests } from "../local/render";
import { prometheusConfig } from "../programs/prometheus/config";
import { binary } from "../tests/support/programs";
import { type Prometheus, prometheusServer, stackWith } from "../tests/support/servers";
import { inTurns, judge } from "./measure";
import { emptyProgram, forget, neverUp } from "./previews";
import { type Bench, bench } from "./stack";

/*
 * npm run bench:services, on a running stack, of which nothing is changed: what ten to two thousand services cost the
 * preview, the generated objects, the API server and Prometheus.
 */
const COUNTS = { 10: 3, 100: 4, 1000: 8, 2000: 12 };
const [FEWEST, MOST] = [10, 2000];
const PODS = 3;

/** In ten namespaces, half of them Spring. */
const services = (count: number) =>
  [...Array(10).keys()].map((team) => {
    const [name, ...alike] = [...Array(count / 10).keys()].map((index) => `service-of-team-${team}-${index}`);
    const path = team % 2 === 0 ? "/actuator/prometheus" : "/metrics";
    return { name, namespace: `team-${team}`, port: 8080 + (team % 3), path, alike };
  });

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-services-"));
  try {
    const stack = await bench();
    await previews(stack, directory);
    await sizes();
    await loads(directory);
    await watches(stack, directory);
    await memory(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function previews(stack: Bench, directory: string): Promise<void> {
  const empty = await emptyProgram(stack, join(directory, "empty"));
  const all: Record<string, () => Promise<unknown>> = {
    empty: () => stack.pulumi(["preview", "--stack", "empty"], empty),
  };
  for (const count of Object.keys(COUNTS)) {
    const args = await neverUp(stack, join(directory, count), services(Number(count)));
    all[count] = () => stack.pulumi(["preview", ...args]);
  }
  const seconds = await inTurns(3, all);
  await forget(stack, "empty", empty);
  for (const count of Object.keys(COUNTS)) await forget(stack, `never-up-${count}`);
  for (const [count, limit] of Object.entries(COUNTS))
    judge(`preview with ${count} services / empty program`, seconds[count] / seconds.empty, limit);
}

async function sizes(): Promise<void> {
  const manifests = await renderManifests("never-up", { "observability:services": services(MOST) });
  const largest = Math.max(...manifests.map((manifest) => JSON.stringify(manifest).length));
  judge(`largest object with ${MOST} services`, largest / 1024, 1024, "KiB");
}

async function loads(directory: string): Promise<void> {
  const stack = stackWith({ services: services(MOST) });
  const config = { ...prometheusConfig(stack), rule_files: [join(directory, "*.rules.yaml")] };
  writeFileSync(join(directory, "prometheus.yml"), JSON.stringify(config));
  for (const [name, text] of Object.entries(ruleFiles(stack)))
    writeFileSync(join(directory, `${name.replace(/yaml$/, "rules.yaml")}`), text);
  const { stdout } = await execa(binary("prometheus", "promtool")!, [
    "check",
    "config",
    "--syntax-only",
    join(directory, "prometheus.yml"),
  ]);
  console.log(`promtool with ${MOST} services: ${stdout.trim().split("\n").at(-1)}`);
}

/** A Prometheus on this machine watches the cluster; the API server counts. */
async function watches(stack: Bench, directory: string): Promise<void> {
  const counted: Record<number, number> = {};
  for (const count of [FEWEST, MOST]) {
    const before = await watchers(stack);
    const prometheus = await prometheusServer(
      mkdtempSync(join(directory, "watching-")),
      stackWith({ services: services(count) }),
    );
    prometheus.scrape(
      jobsOf(count).map((job) => ({
        ...job,
        kubernetes_sd_configs: job.kubernetes_sd_configs!.map((sd) => ({
          ...sd,
          kubeconfig_file: stack.cluster.kubeconfig,
        })),
      })),
    );
    await running(prometheus, async () => {
      await delay(15_000);
      counted[count] = (await watchers(stack)) - before;
    });
  }
  if (!counted[FEWEST]) throw new Error("The API server counts no watch: was the cluster reached?");
  judge(
    `watches for ${MOST} services / for ${FEWEST} (${counted[FEWEST]})`,
    counted[MOST] / counted[FEWEST],
    1,
  );
}

async function watchers({ kubectl }: Bench): Promise<number> {
  const text = await kubectl(["get", "--raw", "/metrics"]);
  const found = text.matchAll(
    /^apiserver_longrunning_requests\{[^}]*resource="(?:pods|services|endpointslices)"[^}]*\} (\d+)$/gm,
  );
  return [...found].reduce((sum, [, value]) => sum + Number(value), 0);
}

interface Job {
  job_name: string;
  kubernetes_sd_configs?: object[];
}
const jobsOf = (count: number): Job[] =>
  (
    prometheusConfig(stackWith({ services: services(count) })) as { scrape_configs: Job[] }
  ).scrape_configs.filter(({ job_name }) => job_name === "applications");

/** A thousand services of three pods, each of which has fifty series: every pod is an address of this machine. */
async function memory(directory: string): Promise<void> {
  const count = 1000;
  const text = [...Array(50).keys()].map((n) => `http_requests_total{n="${n}"} 1\n`).join("");
  const pods = createServer((_, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(text);
  });
  await new Promise<void>((resolve) => pods.listen(0, "0.0.0.0", resolve));
  const { port: own } = pods.address() as AddressInfo;
  const stack = stackWith({
    services: services(count),
    metrics: { resources: { limits: { memory: "4Gi" } } },
  });
  const prometheus = await prometheusServer(mkdtempSync(join(directory, "memory-")), stack);
  const [job] = jobsOf(count);
  const targets = watchedServices(stack.settings).flatMap(({ name, namespace, port }, index) =>
    [...Array(PODS).keys()].map((pod) => ({
      targets: [`127.${1 + pod}.${index >> 8}.${index & 255}:${own}`],
      labels: {
        __meta_kubernetes_namespace: namespace,
        __meta_kubernetes_endpointslice_label_kubernetes_io_service_name: name,
        __meta_kubernetes_endpointslice_port: String(port),
        __meta_kubernetes_endpointslice_address_target_kind: "Pod",
        __meta_kubernetes_pod_name: `${name}-${pod}`,
      },
    })),
  );
  prometheus.scrape([{ ...job, kubernetes_sd_configs: undefined, static_configs: targets }]);
  await running(prometheus, async () => {
    await delay(90_000);
    const answer = await fetch(
      `${prometheus.url}/api/v1/query?${new URLSearchParams({ query: "sum(up{service!=''})" })}`,
    );
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    judge("pods not scraped", count * PODS - Number(data.result[0]?.value[1] ?? 0), 0, "");
    judge(
      `memory at ${count} services of ${PODS} pods and 50 series`,
      prometheus.server.peakMemory,
      Infinity,
      "MiB",
    );
  });
  pods.close();
  pods.closeAllConnections();
}

async function running(prometheus: Prometheus, use: () => Promise<void>): Promise<void> {
  prometheus.server.start();
  try {
    await prometheus.server.ready(prometheus.ready);
    await use();
  } finally {
    await prometheus.server.end();
  }
}

void main();
