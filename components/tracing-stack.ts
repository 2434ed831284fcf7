import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { givenNamespaces } from "../config/schema";
import { urlOf } from "../programs/addresses";
import { TRACING_CONFIG, tracingEnvironment } from "../programs/collector/config";
import { tracesBackend } from "../programs/backends";
import { LOGIN } from "../programs/elasticsearch/traces";
import { Component, type ComponentArgs } from "./component";
import { objectLabels } from "./kubernetes/labels";
import { WAIT } from "./kubernetes/objects";

interface TracingArgs extends ComponentArgs {
  /** What keeps traces logs in to Elasticsearch with, where it keeps them there: {@link LogsStack.tracesPassword}. */
  elasticsearchPassword?: pulumi.Output<string>;
}

/**
 * The OpenTelemetry Collector gateway, what keeps traces, and the ConfigMap that tells applications where to send and how much.
 *
 * @example new TracingStack("tracing", { settings, after: namespaces }, { provider })
 */
export class TracingStack extends Component {
  /** http://host:port of the traces' backend inside the cluster. */
  readonly url: string;
  /** http://host:port that applications send OTLP over HTTP to. */
  readonly otlpUrl: string;

  constructor(name: string, args: TracingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("TracingStack", "tracing", name, args, opts);
    const password = args.elasticsearchPassword;
    this.run(password && { [LOGIN]: { password } });
    this.applications(name);
    const backend = tracesBackend(this.stack);
    this.url = urlOf(this.stack, backend.name, backend.datasource!.port);
    this.otlpUrl = urlOf(this.stack, "collector", "otlp-http");
    this.registerOutputs({ url: this.url, otlpUrl: this.otlpUrl });
  }

  /** A fixed name, since applications refer to it by `envFrom`; they read it at their next start. */
  private applications(name: string) {
    const { settings } = this.stack;
    for (const namespace of givenNamespaces(settings))
      new core.ConfigMap(
        `${name}-applications-${namespace}`,
        {
          metadata: {
            name: TRACING_CONFIG,
            namespace,
            labels: objectLabels(settings, this.stack.name),
            annotations: settings.placement.annotations,
          },
          data: tracingEnvironment(this.stack),
        },
        { parent: this, customTimeouts: WAIT, dependsOn: this.after },
      );
  }
}
