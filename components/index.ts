import { getStack } from "@pulumi/pulumi";
import type { Provider } from "@pulumi/kubernetes/provider";
import type { Settings } from "../config/schema";
import { pathOf, userUrl } from "../programs/addresses";
import { stackOf } from "../programs";
import { ADMIN } from "../programs/grafana/server";
import { logsBackend, tracesBackend } from "../programs/backends";
import { GrafanaStack } from "./grafana-stack";
import { LogsStack } from "./logs-stack";
import { MetricsStack } from "./metrics-stack";
import { Namespaces } from "./namespaces";
import { TracingStack } from "./tracing-stack";

/** The namespaces and the four stacks, every object by the provider of these options. Returns what `pulumi up` prints. */
export function deploy(settings: Settings, options: { provider?: Provider }) {
  const namespaces = new Namespaces("namespaces", settings, options);
  const common = { settings, after: namespaces.all, running: new Map() };
  const metrics = new MetricsStack("metrics", common, options);
  const args = { ...common, first: metrics.first };
  const logs = new LogsStack("logs", args, options);
  const tracing = new TracingStack(
    "tracing",
    { ...args, elasticsearchPassword: logs.tracesPassword },
    options,
  );
  const grafana = new GrafanaStack("grafana", { ...args, logsPassword: logs.readerPassword }, options);

  const stack = stackOf(settings, getStack());
  const pages = (program: string) => userUrl(stack, program) + (pathOf(stack, program) && "/");
  return {
    grafanaUrl: pages("grafana"),
    prometheusUrl: pages("prometheus"),
    grafanaUser: ADMIN,
    grafanaPassword: grafana.password,
    otlpEndpoint: tracing.otlpUrl,
    inCluster: {
      prometheus: metrics.url,
      [logsBackend(stack).name]: logs.url,
      [tracesBackend(stack).name]: tracing.url,
    },
    // Pulumi warns of an output that has no value.
    ...(grafana.edgePassword ? { edgePassword: grafana.edgePassword } : {}),
    ...(logs.kibanaPassword ? { kibanaPassword: logs.kibanaPassword } : {}),
  };
}
