import { ruleFiles } from "../../alerts";
import { ampAccount, ampCalls } from "../amp";
import { prometheusAlerts } from "./alerts";
import { pathOf } from "../addresses";
import { configFile } from "../overrides";
import { uidOf } from "../backends";
import { nobody, type Program, watch } from "../program";
import { hasCopies, prometheusArgs, prometheusConfig } from "./config";
import { meshCalls } from "./istio";

/** Scrapes, keeps metrics, evaluates the rules. */
export const prometheus: Program = {
  name: "prometheus",
  component: "metrics",
  workload: "StatefulSet",
  image: "prometheus",
  go: true,
  user: nobody,
  ports: () => ({ http: 9090 }),
  telemetry: (stack) => [{ port: "http", path: `${pathOf(stack, "prometheus")}/metrics` }],
  exposed: ({ metrics }) => ({ port: "http", nodePort: metrics.nodePort }),
  // One query can take all of its memory.
  pages: { title: "Prometheus", what: "queries, targets, rules", login: false, insideOnly: true },
  calls: ({ settings }) => [
    { to: "kubelets", ports: [10250], why: "scrapes kubelet and cAdvisor" },
    { to: "applications", why: "scrapes them, on whichever port they say" },
    ...meshCalls(settings),
    { to: "alertmanager", ports: ["http"], why: "sends alerts" },
    ...ampCalls(settings),
  ],
  accountAnnotations: ampAccount,
  kubernetesApi: [
    watch("", ["pods", "nodes", "services"]),
    watch("discovery.k8s.io", ["endpointslices"]),
    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
  ],
  replicas: ({ metrics }) => metrics.replicas,
  // Both scrape all and evaluate all; what one has missed, the other has.
  apart: true,
  podEnv: (settings): Record<string, string> => (hasCopies(settings) ? { POD_NAME: "metadata.name" } : {}),
  args: (stack) => prometheusArgs(stack),
  files: (stack) => [
    {
      name: "config",
      path: "/etc/prometheus/config",
      reloaded: true,
      files: { "prometheus.yml": configFile(stack, "prometheus", prometheusConfig(stack)) },
    },
    { name: "rules", path: "/etc/prometheus/rules", reloaded: true, files: ruleFiles(stack) },
  ],
  data: ({ metrics }) => ({ path: "/prometheus", setting: "metrics.storage", ...metrics.storage }),
  probes: (stack) => {
    const at = (path: string) => ({ path: `${pathOf(stack, "prometheus")}/-/${path}`, port: "http" });
    return {
      // It answers 503 while it replays its log.
      startup: { ...at("ready"), minutes: 15 },
      ready: { ...at("ready"), delay: 5, period: 5 },
      live: { ...at("healthy"), delay: 15, period: 10 },
    };
  },
  resources: ({ metrics }) => metrics.resources,
  alerts: ({ settings }) => [prometheusAlerts(settings)],
  datasource: {
    signal: "metrics",
    name: "Prometheus",
    type: "prometheus",
    port: "http",
    path: (stack) => pathOf(stack, "prometheus"),
    isDefault: true,
    jsonData: (stack) => ({
      httpMethod: "POST",
      prometheusType: "Prometheus",
      timeInterval: stack.settings.metrics.scrapeInterval,
      exemplarTraceIdDestinations: [{ name: "trace_id", datasourceUid: uidOf(stack, "traces") }],
    }),
  },
};
