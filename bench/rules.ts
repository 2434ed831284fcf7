import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ruleFiles } from "../alerts";
import { prometheusServer, stackWith } from "../tests/support/servers";
import { judge } from "./measure";

/*
 * npm run bench:rules, without a cluster: how long a round of all rules takes with 20 to 1,000 services of three pods, of
 * which a real Prometheus scrapes what services, cAdvisor and kube-state-metrics say.
 */
const COUNTS = [20, 100, 1000];
const [FEWEST] = COUNTS;
const MOST = COUNTS.at(-1)!;
const PODS = 3;
const WARM_MS = 120_000;

const namespaceOf = (service: number) => `team-${service % 10}`;

/** What a pod of a service says: three routes with a histogram of ten buckets each, all of which grow. */
function served(): string {
  const requests = Math.floor(Date.now() / 100);
  return ["/orders", "/orders/:id", "/users"]
    .flatMap((route) =>
      ["200", "500"].flatMap((status) => {
        const labels = `method="GET",route="${route}",status_code="${status}"`;
        const buckets = ["0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];
        return [
          ...buckets.map((le) => `http_request_duration_seconds_bucket{${labels},le="${le}"} ${requests}`),
          `http_request_duration_seconds_count{${labels}} ${requests}`,
        ];
      }),
    )
    .join("\n");
}

/** What Kubernetes says of all pods. */
const told = (count: number): string =>
  [...Array(count).keys()]
    .flatMap((service) => [
      `kube_deployment_spec_replicas{namespace="${namespaceOf(service)}",deployment="service-${service}"} 3`,
      `kube_deployment_status_replicas_available{namespace="${namespaceOf(service)}",deployment="service-${service}"} 3`,
      ...[...Array(PODS).keys()].flatMap((pod) => {
        const of = `namespace="${namespaceOf(service)}",pod="service-${service}-${pod}"`;
        return [
          `kube_pod_status_phase{${of},phase="Pending"} 0`,
          `kube_pod_container_status_restarts_total{${of},container="main"} 0`,
          `kube_pod_container_resource_limits{${of},container="main",resource="memory"} 1e9`,
          `kube_pod_container_resource_limits{${of},container="main",resource="cpu"} 1`,
          `container_memory_working_set_bytes{${of},container="main"} 1e8`,
          `container_cpu_usage_seconds_total{${of},container="main"} ${Date.now() / 1e5}`,
        ];
      }),
    ])
    .join("\n");

/** Milliseconds of a round. */
async function round(count: number, directory: string): Promise<number> {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(`${request.url === "/cluster" ? told(count) : served()}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const { port } = server.address() as AddressInfo;
  const names = [...Array(count).keys()];
  const stack = stackWith({
    services: names.map((index) => ({
      name: `service-${index}`,
      namespace: namespaceOf(index),
      port: 8080,
    })),
    metrics: { resources: { limits: { memory: "4Gi" } } },
  });
  const rules = join(directory, "rules");
  mkdirSync(rules);
  for (const [name, text] of Object.entries(ruleFiles(stack))) writeFileSync(join(rules, name), text);
  const prometheus = await prometheusServer(directory, stack);
  const origin = { env: "kind", region: "local" };
  const pods = names.flatMap((service) =>
    [...Array(PODS).keys()].map((pod) => ({
      targets: [`127.${1 + pod}.${service >> 8}.${service & 255}:${port}`],
      labels: {
        ...origin,
        namespace: namespaceOf(service),
        service: `service-${service}`,
        pod: `service-${service}-${pod}`,
      },
    })),
  );
  prometheus.scrape(
    [
      { job_name: "applications", static_configs: pods },
      {
        job_name: "cluster",
        metrics_path: "/cluster",
        honor_labels: true,
        static_configs: [{ targets: [`127.0.0.1:${port}`], labels: origin }],
      },
    ],
    { rule_files: [join(rules, "*.yaml")] },
  );
  const asked = async (query: string): Promise<number> => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1] ?? NaN);
  };
  prometheus.server.start();
  try {
    await prometheus.server.ready(prometheus.ready);
    await delay(WARM_MS);
    const services = await asked("count(count by (namespace, service) (service:http_requests:rate5m))");
    if (services !== count) throw new Error(`rules found ${services} of ${count} services`);
    const own = await (await fetch(`${prometheus.url}/metrics`)).text();
    const durations = [...own.matchAll(/^prometheus_rule_group_last_duration_seconds\{[^}]*\} (\S+)$/gm)];
    return 1000 * durations.reduce((sum, [, seconds]) => sum + Number(seconds), 0);
  } finally {
    await prometheus.server.end();
    server.close();
    server.closeAllConnections();
  }
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-rules-"));
  const took: Record<number, number> = {};
  try {
    for (const count of COUNTS) {
      took[count] = await round(count, mkdtempSync(join(directory, "round-")));
      judge(
        `a round of all rules with ${count} services`,
        took[count],
        count === FEWEST ? 50 : Infinity,
        "ms",
      );
    }
    judge(`${MOST} services / ${FEWEST}`, took[MOST] / took[FEWEST], MOST / FEWEST);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

void main();
