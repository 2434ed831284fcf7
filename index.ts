import { Config, getStack } from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider";
import { GrafanaStack } from "./components/grafana-stack";
import { LogsStack } from "./components/logs-stack";
import { MetricsStack } from "./components/metrics-stack";
import { Namespaces } from "./components/namespaces";
import { TracingStack } from "./components/tracing-stack";
import { loadSettings } from "./config/load";
import { pathOf, userUrl } from "./programs/addresses";
import { stackOf } from "./programs";
import { ADMIN } from "./programs/grafana/server";
import { logsBackend, tracesBackend } from "./programs/backends";

const settings = loadSettings();

// ConfigMaps that programs re-read by themselves are changed in place; the others are marked immutable.
const kubernetes = new Provider("kubernetes", {
  enableServerSideApply: true,
  enableConfigMapMutable: true,
  context: new Config("kubernetes").get("context"),
});
const namespaces = new Namespaces("namespaces", settings, { provider: kubernetes });

const options = { provider: kubernetes };
const metrics = new MetricsStack("metrics", { settings, after: namespaces.all }, options);
const args = { settings, after: namespaces.all, first: metrics.first };
const logs = new LogsStack("logs", args, options);
const tracing = new TracingStack("tracing", { ...args, elasticsearchPassword: logs.tracesPassword }, options);
const grafana = new GrafanaStack("grafana", { ...args, logsPassword: logs.readerPassword }, options);

const stack = stackOf(settings, getStack());
const pages = (program: string) => userUrl(stack, program) + (pathOf(stack, program) && "/");
export const grafanaUrl = pages("grafana");
export const prometheusUrl = pages("prometheus");
export const grafanaUser = ADMIN;
export const grafanaPassword = grafana.password;
export const otlpEndpoint = tracing.otlpUrl;
export const inCluster = {
  prometheus: metrics.url,
  [logsBackend(stack).name]: logs.url,
  [tracesBackend(stack).name]: tracing.url,
};
// Pulumi warns of an output that has no value.
if (grafana.edgePassword) Object.assign(exports, { edgePassword: grafana.edgePassword });
if (logs.kibanaPassword) Object.assign(exports, { kibanaPassword: logs.kibanaPassword });
