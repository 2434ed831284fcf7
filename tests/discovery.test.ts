import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prometheusConfig } from "../programs/prometheus/config";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { prometheusServer, stackWith } from "./support/servers";

/* What a real Prometheus makes of the pods and endpoints that it finds: they stand as static targets with Kubernetes' labels. */

const services = [
  { name: "board", namespace: "shop", port: 8000 },
  { name: "auth", namespace: "shop", port: 8080, path: "/actuator/prometheus" },
  { name: "chat", namespace: "chat", port: 8001, path: "/actuator/prometheus", interval: "30s" },
  { name: "noti", namespace: "chat", port: 8000, interval: "5s", alike: ["push"] },
  // dev and staging share a cluster
  { name: "board", namespace: "chat", port: 9000, path: "/m" },
];
const stack = stackWith({
  services,
  environment: "prod",
  region: "seoul",
  metrics: { scrapeInterval: "20s", annotatedNamespaces: ["garden"] },
});

type Labels = Record<string, string>;

/** A port of a pod behind a Service. */
const endpoint = (namespace: string, service: string, port: number, more: Labels = {}): [string, Labels] => [
  `10.0.0.1:${port}`,
  {
    __meta_kubernetes_namespace: namespace,
    __meta_kubernetes_endpointslice_label_kubernetes_io_service_name: service,
    __meta_kubernetes_endpointslice_port: String(port),
    __meta_kubernetes_endpointslice_address_target_kind: "Pod",
    __meta_kubernetes_pod_name: `${service}-1`,
    __meta_kubernetes_pod_container_name: "server",
    ...more,
  },
];

interface Port {
  container?: string;
  number?: number;
  name?: string;
  protocol?: string;
  init?: boolean;
}

/** A pod as Prometheus finds it: once for each port of each container, and once for a container without one. */
const pod = (
  name: string,
  annotations: Labels,
  ports: Port[] = [{}],
  { ip = "10.0.0.2", phase = "Running", namespace = "garden", app = name } = {},
): [string, Labels][] =>
  ports.map(({ container = "server", number, name: port = "", protocol = "TCP", init = false }) => [
    number === undefined ? ip : ip.includes(":") ? `[${ip}]:${number}` : `${ip}:${number}`,
    {
      ...Object.fromEntries(
        Object.entries(annotations).map(([key, value]) => [
          `__meta_kubernetes_pod_annotation_prometheus_io_${key}`,
          value,
        ]),
      ),
      __meta_kubernetes_namespace: namespace,
      __meta_kubernetes_pod_name: name,
      __meta_kubernetes_pod_ip: ip,
      __meta_kubernetes_pod_phase: phase,
      __meta_kubernetes_pod_label_app: app,
      __meta_kubernetes_pod_container_name: container,
      __meta_kubernetes_pod_container_init: String(init),
      ...(number === undefined
        ? {}
        : {
            __meta_kubernetes_pod_container_port_number: String(number),
            __meta_kubernetes_pod_container_port_name: port,
            __meta_kubernetes_pod_container_port_protocol: protocol,
          }),
    },
  ]);

/** An annotated pod behind a Service: Prometheus finds it twice. */
const bothWays = (
  namespace: string,
  service: string,
  port: number,
  annotations: Labels,
): [string, Labels][] => {
  const name = `${service}-both`;
  const asPod = pod(name, annotations, [{ number: port }], { ip: "10.0.0.4", namespace, app: service });
  const [[address, ofPod]] = asPod;
  const [, ofEndpoint] = endpoint(namespace, service, port);
  return [...asPod, [address, { ...ofPod, ...ofEndpoint, __meta_kubernetes_pod_name: name }]];
};

const yes = { scrape: "true" };
const found: [string, Labels][] = [
  endpoint("shop", "board", 8000),
  endpoint("shop", "auth", 8080),
  endpoint("chat", "chat", 8001),
  endpoint("chat", "noti", 8000),
  endpoint("chat", "push", 8000),
  endpoint("chat", "board", 9000),
  // of another Service, on another port, in the other's namespace, and a machine behind a Service
  endpoint("shop", "cart", 8000),
  endpoint("shop", "board", 9000),
  endpoint("shop", "noti", 8000),
  endpoint("shop", "board", 8000, { __meta_kubernetes_endpointslice_address_target_kind: "Node" }),
  ...pod("declared", { ...yes, port: "8000", path: "/m" }, [{ number: 8000 }]),
  ...pod("undeclared", { ...yes, port: "8000" }, [
    { number: 9000 },
    { number: 9001 },
    { container: "proxy" },
  ]),
  ...pod("without-ports", { ...yes, port: "8000" }),
  ...pod("six", { ...yes, port: "8000" }, [{}], { ip: "fd00::2" }),
  ...pod("six-declared", { ...yes, port: "8000" }, [{ number: 8000 }], { ip: "fd00::3" }),
  ...pod("unsaid", yes, [
    { number: 7000, name: "http-metrics" },
    { number: 7001, name: "grpc" },
  ]),
  ...pod("unnamed", yes, [{ number: 7000 }, { number: 53, protocol: "UDP" }]),
  ...pod("nothing", yes),
  ...pod("sidecar", yes, [{ number: 7000, name: "web" }, { container: "proxy" }]),
  ...pod("others", yes, [
    { number: 7000, name: "app-metrics" },
    { number: 7001, name: "https" },
    { number: 7002, name: "webhook" },
  ]),
  ...pod("starting", { ...yes, port: "8000" }, [{ container: "prepare", init: true }], {
    phase: "Pending",
  }),
  ...pod("done", { ...yes, port: "8000" }, [{}], { phase: "Succeeded" }),
  ...pod("silent", { scrape: "false", port: "8000" }),
  // behind no Service, with the label of one that is named
  ...pod("board-7f", { ...yes, port: "8000" }, [{}], { namespace: "shop", app: "board" }),
  ...pod("cart-7f", { ...yes, port: "8000" }, [{}], { namespace: "shop", app: "cart" }),
  // behind their Services and annotated: with all of the settings said again, with the least, and on a port of its own
  ...bothWays("shop", "auth", 8080, { ...yes, port: "8080", path: "/actuator/prometheus" }),
  ...bothWays("chat", "noti", 8000, yes),
  ...bothWays("shop", "board", 8000, { ...yes, port: "9102" }),
];

interface Target {
  scrapeUrl: string;
  scrapeInterval: string;
  scrapeTimeout: string;
  labels: Labels;
}

describeWith(["prometheus", "prometheus"])("what Prometheus finds of applications", () => {
  const directory = mkdtempSync(join(tmpdir(), "discovery-"));
  let targets: Target[];

  beforeAll(async () => {
    const prometheus = await prometheusServer(directory, stack);
    const { scrape_configs } = prometheusConfig(stack) as { scrape_configs: Job[] };
    prometheus.scrape(
      scrape_configs
        .filter(({ job_name }) => job_name === "applications")
        .map((job) => ({
          ...job,
          kubernetes_sd_configs: undefined,
          static_configs: found.map(([address, labels]) => ({ targets: [address], labels })),
        })),
    );
    prometheus.server.start();
    try {
      await prometheus.server.ready(prometheus.ready);
      targets = await eventually("the targets", 30, async () => {
        const answer = await fetch(`${prometheus.url}/api/v1/targets?state=active`);
        const { data } = (await answer.json()) as { data: { activeTargets: Target[] } };
        return data.activeTargets.length > 0 ? data.activeTargets : undefined;
      });
    } finally {
      await prometheus.server.end();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  /** By the pod's name: those found by a Service alone are called after it. */
  const of = (names: RegExp) => targets.filter(({ labels }) => names.test(labels.pod));
  const urls = (some: Target[]) => some.map(({ labels, scrapeUrl }) => [labels.pod, scrapeUrl]).sort();

  test("a service is its name, its namespace and its port, scraped where and as often as it says", () => {
    const seen = of(/-1$/).map(({ labels, scrapeUrl, scrapeInterval, scrapeTimeout }) => [
      `${labels.namespace}/${labels.service}`,
      scrapeUrl,
      scrapeInterval,
      scrapeTimeout,
    ]);
    expect(seen.sort()).toEqual([
      ["chat/board", "http://10.0.0.1:9000/m", "20s", "10s"],
      ["chat/chat", "http://10.0.0.1:8001/actuator/prometheus", "30s", "10s"],
      ["chat/noti", "http://10.0.0.1:8000/metrics", "5s", "5s"],
      ["chat/push", "http://10.0.0.1:8000/metrics", "5s", "5s"],
      ["shop/auth", "http://10.0.0.1:8080/actuator/prometheus", "10s", "10s"],
      ["shop/board", "http://10.0.0.1:8000/metrics", "20s", "10s"],
    ]);
  });

  test("its series say which service and pod they are of, its job is its name", () => {
    const [labels] = of(/-1$/)
      .map((target) => target.labels)
      .filter(({ service }) => service === "auth");
    expect(labels).toEqual({
      ...{ env: "prod", region: "seoul", namespace: "shop", service: "auth", job: "auth" },
      ...{ pod: "auth-1", container: "server", instance: "10.0.0.1:8080" },
    });
  });

  test("an annotated pod is scraped on the annotated port once, else on those that speak HTTP", () => {
    expect(urls(of(/(?<!-1|-both|board-7f)$/))).toEqual([
      ["cart-7f", "http://10.0.0.2:8000/metrics"],
      ["declared", "http://10.0.0.2:8000/m"],
      ["others", "http://10.0.0.2:7000/metrics"],
      ["sidecar", "http://10.0.0.2:7000/metrics"],
      ["six", "http://[fd00::2]:8000/metrics"],
      ["six-declared", "http://[fd00::3]:8000/metrics"],
      ["undeclared", "http://10.0.0.2:8000/metrics"],
      ["unnamed", "http://10.0.0.2:7000/metrics"],
      ["unsaid", "http://10.0.0.2:7000/metrics"],
      ["without-ports", "http://10.0.0.2:8000/metrics"],
    ]);
  });

  test("its series say which pod they are of, and its service by its label", () => {
    const [{ labels }] = of(/^cart-7f$/);
    expect(labels).toEqual({
      ...{ env: "prod", region: "seoul", namespace: "shop", service: "cart", job: "annotated-pods" },
      ...{ pod: "cart-7f", instance: "10.0.0.2:8000" },
    });
  });

  test("a pod that its Service and its annotations both lead to is one target; of two ports each is", () => {
    expect(urls(of(/-both$/))).toEqual([
      ["auth-both", "http://10.0.0.4:8080/actuator/prometheus"],
      ["board-both", "http://10.0.0.4:8000/metrics"],
      ["board-both", "http://10.0.0.4:9102/metrics"],
      ["noti-both", "http://10.0.0.4:8000/metrics"],
    ]);
  });

  test("an annotated pod with a named service's label counts for it, also behind no Service of its own", () => {
    const [{ labels, scrapeUrl }] = of(/^board-7f$/);
    expect([scrapeUrl, labels]).toEqual([
      "http://10.0.0.2:8000/metrics",
      expect.objectContaining({ namespace: "shop", service: "board", job: "board" }),
    ]);
  });
});

test("in every namespace but the stack's own, where the settings say so", () => {
  const jobs = (annotatedNamespaces: string[]) =>
    (
      prometheusConfig(stackWith({ metrics: { annotatedNamespaces } })) as { scrape_configs: Job[] }
    ).scrape_configs.filter(({ job_name }) => job_name === "applications");
  const [job] = jobs(["*"]);
  expect(job.kubernetes_sd_configs).toEqual([{ role: "pod" }]);
  expect(job.relabel_configs[1]).toMatchObject({
    action: "drop",
    regex: ";(?:observability|observability-agents)",
  });
  expect(jobs([])).toEqual([]);
});

interface Job {
  job_name: string;
  kubernetes_sd_configs: object[];
  relabel_configs: object[];
}
