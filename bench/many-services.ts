import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ruleFiles } from "../alerts";
import { prometheusServer, type Server, stackWith } from "../tests/support/servers";

const PODS = 3;
/** One service in so many fails: half of its requests. */
const FAILING = 10;

const namespaceOf = (service: number) => `team-${service % 10}`;

/** What a pod of a service says: three routes with a histogram of ten buckets each, all of which grow. */
function served(service: number): string {
  const requests = Math.floor(Date.now() / 100);
  const errors = service % FAILING === 0 ? requests : 1;
  return ["/orders", "/orders/:id", "/users"]
    .flatMap((route) =>
      Object.entries({ 200: requests, 500: errors }).flatMap(([status, count]) => {
        const labels = `method="GET",route="${route}",status_code="${status}"`;
        const buckets = ["0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];
        return [
          ...buckets.map((le) => `http_request_duration_seconds_bucket{${labels},le="${le}"} ${count}`),
          `http_request_duration_seconds_count{${labels}} ${count}`,
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

export interface ManyServices {
  server: Server;
  url: string;
  /** Value of the first series of an answer. */
  ask(query: string): Promise<number>;
  end(): Promise<void>;
}

/**
 * A real Prometheus that scrapes so many services of three pods each, and what cAdvisor and kube-state-metrics say of
 * them; with all rules of the stack, or with none.
 */
export async function manyServices(
  count: number,
  directory: string,
  { rules }: { rules: boolean },
): Promise<ManyServices> {
  const server = createServer((request, response) => {
    const [, , high, low] = request.headers.host!.split(/[.:]/).map(Number);
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(`${request.url === "/cluster" ? told(count) : served(256 * high + low)}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const { port } = server.address() as AddressInfo;
  const names = [...Array(count).keys()];
  const stack = stackWith({
    services: names.map((index) => ({ name: `service-${index}`, namespace: namespaceOf(index), port: 8080 })),
    metrics: { resources: { limits: { memory: "4Gi" } } },
  });
  const written = join(directory, "rules");
  mkdirSync(written);
  if (rules)
    for (const [name, text] of Object.entries(ruleFiles(stack))) writeFileSync(join(written, name), text);
  const prometheus = await scraping(directory, stack, port, names);
  const { url } = prometheus;
  prometheus.server.start();
  await prometheus.server.ready(prometheus.ready);
  return {
    server: prometheus.server,
    url,
    async ask(query) {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      return Number(data.result[0]?.value[1] ?? NaN);
    },
    async end() {
      await prometheus.server.end();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Each pod at an address of its own, all of which are this machine. */
async function scraping(
  directory: string,
  stack: ReturnType<typeof stackWith>,
  port: number,
  names: number[],
) {
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
  const prometheus = await prometheusServer(directory, stack);
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
    { rule_files: [join(directory, "rules", "*.yaml")] },
  );
  return prometheus;
}
