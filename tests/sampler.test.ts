import { clusterOf, configOf, fileOf, type KubernetesObject, ofKind, podOf } from "./support/cluster";

/* What the cluster is told about tail sampling; tests/tail-sampling.test.ts runs the programs. */

interface Collector {
  processors: Record<string, object>;
  receivers: Record<string, unknown>;
  connectors?: object;
  exporters: Record<string, Exporter>;
  service: { pipelines: Record<string, Pipeline> };
}
interface Exporter {
  resolver: { dns: { hostname: string; port: string } };
  sending_queue: { storage: string; block_on_overflow?: boolean };
}
interface Pipeline {
  processors: string[];
  exporters: string[];
}

let objects: KubernetesObject[];
let gateway: Collector;
let sampler: Collector;
beforeAll(async () => {
  const tracing = {
    tailSampling: { enabled: true, replicas: 3, decisionWait: "7s", longestTrace: "90s" },
  };
  objects = await clusterOf({ tracing, namespaces: { stack: "watch" } });
  gateway = configOf(objects, "collector", "/etc/collector/config.yaml");
  sampler = configOf(objects, "sampler", "/etc/sampler/config.yaml");
});
const named = (kind: string, name: string) =>
  ofKind(objects, kind).find(({ metadata }) => metadata.name === name)!;

test("the gateway finds each sampler that is ready by the name of their Service", () => {
  const { hostname, port } = gateway.exporters.load_balancing.resolver.dns;
  expect(hostname).toBe("sampler.watch.svc");
  const { spec, metadata } = named("Service", "sampler");
  expect([metadata.namespace, spec]).toEqual(["watch", expect.objectContaining({ clusterIP: "None" })]);
  expect(spec).not.toHaveProperty("publishNotReadyAddresses");
  expect(named("StatefulSet", "sampler").spec).toMatchObject({ replicas: 3, serviceName: "sampler" });
  expect(ofKind(objects, "Service").map(({ metadata }) => metadata.name)).not.toContain("sampler-headless");
  expect(podOf(objects, "sampler").spec.containers[0].ports).toContainEqual({
    name: "otlp-grpc",
    containerPort: Number(port),
  });
});

test("all spans of a trace go to one sampler, and are tried again until one takes them", () => {
  expect(gateway.exporters.load_balancing).toMatchObject({
    routing_key: "traceID",
    retry_on_failure: { enabled: true, initial_interval: "1s", max_interval: "10s", max_elapsed_time: "0s" },
    // Behind the choice nothing waits for a sampler that is gone. Inside of the cluster nobody has a certificate.
    protocol: { otlp: { retry_on_failure: { enabled: false }, tls: { insecure: true } } },
  });
});

test("a trace is decided soon after its root, or when it takes too long, and a late span shares its fate", () => {
  expect(sampler.processors.tail_sampling).toMatchObject({
    decision_wait_after_root_received: "7s",
    decision_wait: "90s",
    // What is one too many waits in the gateway.
    num_traces: 50_000,
    block_on_overflow: true,
    // Longer than traces are held.
    decision_cache: { sampled_cache_size: 100_000, non_sampled_cache_size: 100_000 },
  });
});

test("gateway to sampler, sampler to Tempo, Prometheus to both: no other way is open", () => {
  const peers = (name: string, side: "ingress" | "egress") => {
    const { spec } = named("NetworkPolicy", name) as unknown as { spec: Record<string, Rule[]> };
    return spec[side].flatMap(({ from, to, ports = [] }) =>
      (from ?? to ?? []).flatMap(({ podSelector }) =>
        podSelector
          ? ports.map(({ port }) => `${podSelector.matchLabels!["app.kubernetes.io/name"]}:${port}`)
          : [],
      ),
    );
  };
  expect(peers("sampler", "ingress").sort()).toEqual([
    "collector:4317",
    "prometheus:8888",
    "prometheus:8889",
  ]);
  expect(peers("sampler", "egress")).toEqual(["tempo:4317"]);
  expect(peers("collector", "egress")).toEqual(["sampler:4317"]);
  expect(peers("tempo", "ingress")).toContain("sampler:4317");
  expect(peers("tempo", "ingress")).not.toContain("collector:4317");
});
interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port: number }[];
}
interface Peer {
  podSelector?: { matchLabels?: Record<string, string> };
}

test("metrics of spans come from the samplers, of all spans and each under its pod's name", () => {
  const { pipelines } = sampler.service;
  expect(gateway.connectors).toBeUndefined();
  expect(gateway.service.pipelines.traces.exporters).toEqual(["load_balancing"]);
  expect(pipelines["traces/all"]).toMatchObject({
    processors: ["memory_limiter"],
    exporters: ["span_metrics", "service_graph"],
  });
  expect(pipelines["traces/kept"].processors).toEqual(["memory_limiter", "tail_sampling"]);
  expect(sampler.exporters.prometheus).toMatchObject({ const_labels: { replica: "${env:POD_NAME}" } });
  expect(podOf(objects, "sampler").spec.containers[0].env).toContainEqual({
    name: "POD_NAME",
    valueFrom: { fieldRef: { fieldPath: "metadata.name" } },
  });
  const { scrape_configs: jobs } = configOf<{ scrape_configs: { job_name: string }[] }>(
    objects,
    "prometheus",
    "/etc/prometheus/config/prometheus.yml",
  );
  const told = (name: string) => JSON.stringify(jobs.find(({ job_name }) => job_name === name));
  expect(told("stack-samples")).toContain("sampler;span-metrics");
  expect(told("stack-samples")).not.toContain("collector;span-metrics");
  expect(told("stack")).toContain("sampler;telemetry");
});

test("spans wait on both disks; the sampler waits rather than lose what it has decided to keep", () => {
  expect(gateway.exporters.load_balancing).toMatchObject({
    sending_queue: { storage: "file_storage" },
    retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
    protocol: { otlp: { sending_queue: { enabled: false } } },
  });
  const [exporter] = sampler.service.pipelines["traces/kept"].exporters;
  expect(sampler.exporters[exporter].sending_queue).toMatchObject({
    storage: "file_storage",
    block_on_overflow: true,
  });
  for (const app of ["collector", "sampler"])
    expect(podOf(objects, app).spec.containers[0]).toMatchObject({
      startupProbe: { httpGet: { port: "health" } },
      readinessProbe: { httpGet: { port: "health" } },
      livenessProbe: { httpGet: { port: "health" } },
    });
});

test("a sampler that is down is an alert, and every port it opens is one that it listens on", () => {
  const rules = ofKind(objects, "ConfigMap").find(({ metadata }) => metadata.name === "prometheus-rules")!;
  expect(Object.values(rules.data!).join()).toContain('absent(up{job="sampler"})');
  const text = fileOf(objects, "sampler", "/etc/sampler/config.yaml");
  const listens = [...text.matchAll(/(?:endpoint: "?0\.0\.0\.0:|^ +port: )(\d+)/gm)].map(([, port]) =>
    Number(port),
  );
  const open = podOf(objects, "sampler").spec.containers[0].ports!.map(({ containerPort }) => containerPort);
  expect(listens.sort()).toEqual(open.sort());
});
