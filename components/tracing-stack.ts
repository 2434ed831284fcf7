import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { urlOf } from "../config/addresses";
import { collectorConfig, TRACING_CONFIG, tracingEnvironment } from "../config/collector";
import { applicationNamespaces } from "../config/schema";
import { tempoConfig } from "../config/tempo";
import { yaml } from "../config/yaml";
import { objectLabels } from "./kubernetes/labels";
import { Part, type PartArgs } from "./kubernetes/part";
import { httpProbe } from "./kubernetes/pod";

/**
 * The OpenTelemetry Collector gateway, Tempo, and the ConfigMap that tells applications where to send and how much.
 *
 * @example new TracingStack("tracing", { settings, after: namespaces }, { provider })
 */
export class TracingStack extends Part {
  /** http://host:port of Tempo inside the cluster. */
  readonly url: string;
  /** http://host:port that applications send OTLP over HTTP to. */
  readonly otlpUrl: string;

  constructor(name: string, args: PartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("TracingStack", name, args, opts);
    this.url = urlOf(args.settings, "tempo");
    this.otlpUrl = urlOf(args.settings, "collector", "otlp-http");
    this.collector();
    this.tempo();
    this.applications(name);
    this.registerOutputs({ url: this.url, otlpUrl: this.otlpUrl });
  }

  private collector() {
    const account = this.account("collector", [
      { apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["get", "list", "watch"] },
    ]);
    const config = this.startFile("collector", "config", {
      "config.yaml": yaml(collectorConfig(this.settings)),
    });
    this.deployment("collector", {
      image: "collector",
      user: 10001,
      args: ["--config=/etc/collector/config.yaml"],
      serviceAccount: account,
      mounts: [
        { name: "config", path: "/etc/collector", source: { configMap: { name: config.metadata.name } } },
      ],
      resources: this.settings.tracing.collector.resources,
      readiness: httpProbe("/", "health", 2, 5),
      liveness: httpProbe("/", "health", 15, 10),
    });
    this.service("collector");
    this.allow("collector");
  }

  private tempo() {
    const { tracing } = this.settings;
    const config = this.startFile("tempo", "config", { "tempo.yaml": yaml(tempoConfig(this.settings)) });
    this.statefulSet("tempo", {
      image: "tempo",
      user: 10001,
      args: ["-config.file=/etc/tempo/tempo.yaml", "-target=all"],
      mounts: [
        { name: "config", path: "/etc/tempo", source: { configMap: { name: config.metadata.name } } },
        { name: "data", path: "/var/tempo", source: this.claim("tempo", tracing.storage) },
      ],
      resources: tracing.resources,
      readiness: httpProbe("/ready", "metrics", 5, 5),
      liveness: httpProbe("/ready", "metrics", 60, 10),
    });
    this.service("tempo");
    this.allow("tempo");
  }

  /** A fixed name, since applications refer to it by `envFrom`; they read it at their next start. */
  private applications(name: string) {
    for (const namespace of applicationNamespaces(this.settings))
      new core.ConfigMap(
        `${name}-applications-${namespace}`,
        {
          metadata: {
            name: TRACING_CONFIG,
            namespace,
            labels: objectLabels(this.settings, this.stack),
            annotations: this.settings.placement.annotations,
          },
          data: tracingEnvironment(this.settings),
        },
        this.options(),
      );
  }
}
