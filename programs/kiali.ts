import type { Settings } from "../config/schema";
import { yaml } from "../config/yaml";
import { hasEdge, pathOf, urlOf, userUrl } from "./addresses";
import { tracesBackend, uidOf } from "./backends";
import { type Call, type Program, type Stack, watch } from "./program";

/** Shows Istio's mesh: who calls whom, what is wrong with it, how it is configured. It reads and changes nothing. */
export const kiali: Program = {
  name: "kiali",
  component: "metrics",
  workload: "Deployment",
  image: "kiali",
  go: true,
  user: 1000,
  enabled: ({ metrics }) => metrics.kiali.enabled,
  ports: () => ({ http: 20001, telemetry: 9090 }),
  telemetry: () => [{ port: "telemetry" }],
  pages: { title: "Kiali", what: "the mesh", login: false },
  calls: (stack) => [
    { to: "prometheus", ports: ["http"], why: "the mesh's metrics" },
    { to: "grafana", ports: ["http"], why: "its version" },
    ...tracesCall(stack),
  ],
  // No Secrets, no lines of containers, nothing written: neither do its pages offer what that would need.
  kubernetesApi: [
    watch("", ["configmaps", "endpoints", "namespaces", "pods", "replicationcontrollers", "services"]),
    watch("apps", ["daemonsets", "deployments", "replicasets", "statefulsets"]),
    watch("batch", ["cronjobs", "jobs"]),
    ...["networking", "security", "extensions", "telemetry"].map((group) =>
      watch(`${group}.istio.io`, ["*"]),
    ),
    // The mesh's revisions and their tags.
    watch("admissionregistration.k8s.io", ["mutatingwebhookconfigurations"]),
    // Where a kind is there and it may not read it, it gives up reading all others as well.
    ...["gateway", "inference"].map((group) => watch(`${group}.networking.k8s.io`, ["*"])),
  ],
  command: ["/opt/kiali/kiali"],
  args: () => ["-config", "/kiali-configuration/kiali.yaml"],
  env: () => ({ LOG_LEVEL: "warn", LOG_FORMAT: "json" }),
  files: (stack) => [
    { name: "config", path: "/kiali-configuration", files: { "kiali.yaml": yaml(kialiConfig(stack)) } },
  ],
  // components/metrics-stack.ts makes the key that its sessions are encrypted with.
  secrets: () => [
    { name: "session-key", path: "/kiali-override-secrets/login-token-signing-key", volume: "session-key" },
  ],
  probes: (stack) => {
    const health = { path: `${pathOf(stack, "kiali")}/healthz`, port: "http" };
    return {
      // It reads the whole mesh first.
      startup: { ...health, minutes: 5 },
      ready: { ...health, delay: 5, period: 10 },
      live: { ...health, delay: 15, period: 10 },
    };
  },
  resources: ({ metrics }) => metrics.kiali.resources,
};

/** What Kiali's configuration names by a key of its own; Zipkin is none. */
const READS = ["tempo", "jaeger"];

const readsTraces = (stack: Stack): boolean => READS.includes(tracesBackend(stack).name);

const tracesCall = (stack: Stack): Call[] =>
  readsTraces(stack)
    ? [{ to: tracesBackend(stack).name, ports: ["http"], why: "the traces of a service" }]
    : [];

/** Where everybody on this machine may look at everything; elsewhere with the rights of a token of Kubernetes. */
const strategy = ({ platform, edge }: Settings): string =>
  platform === "kind" && edge.enabled && edge.anonymous ? "anonymous" : "token";

const inside = (stack: Stack, program: string): string =>
  urlOf(stack, program, "http") + pathOf(stack, program);

export function kialiConfig(stack: Stack): object {
  return {
    auth: { strategy: strategy(stack.settings) },
    deployment: {
      cluster_wide_access: true,
      instance_name: "kiali",
      namespace: stack.settings.namespaces.stack,
      view_only_mode: true,
    },
    external_services: {
      // The cluster's own, also where metrics go to Amazon as well.
      prometheus: { url: inside(stack, "prometheus") },
      grafana: {
        // It is there for its links, which take an address that browsers reach.
        enabled: hasEdge(stack),
        internal_url: inside(stack, "grafana"),
        external_url: userUrl(stack, "grafana"),
        datasource_uid: uidOf(stack, "metrics"),
        // To look one up takes a login of Grafana's.
        dashboards: [],
      },
      tracing: tracing(stack),
      // It would ask istiod by a port of its pod, which takes leave to open ports of any pod.
      istio: { istio_api_enabled: false },
    },
    // Lines are in Grafana, with addresses masked.
    kiali_feature_flags: { disabled_features: ["logs-tab"] },
    server: {
      port: 20001,
      web_root: pathOf(stack, "kiali") || "/",
      observability: { metrics: { enabled: true, port: 9090 } },
    },
  };
}

function tracing(stack: Stack): object {
  if (!readsTraces(stack)) return { enabled: false };
  const { name } = tracesBackend(stack);
  // Tempo has no pages: Grafana shows its traces.
  const shows = name === "tempo" ? "grafana" : name;
  const common = {
    enabled: true,
    provider: name,
    internal_url: inside(stack, name),
    external_url: hasEdge(stack) ? userUrl(stack, shows) : "",
    use_grpc: false,
  };
  if (name === "jaeger") return common;
  return {
    ...common,
    health_check_url: `${inside(stack, name)}/ready`,
    tempo_config: { url_format: "grafana", datasource_uid: uidOf(stack, "traces"), org_id: "1" },
  };
}
