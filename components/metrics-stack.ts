import type * as pulumi from "@pulumi/pulumi";
import { pathOf, urlOf } from "../programs/addresses";
import { Component, type ComponentArgs } from "./component";
import { generatedKey } from "./passwords";

/**
 * Prometheus with its rules, Alertmanager, kube-state-metrics and node-exporter; Kiali, where there is a mesh to show.
 *
 * @example new MetricsStack("metrics", { settings, after: namespaces }, { provider })
 */
export class MetricsStack extends Component {
  /** http://host:port of Prometheus inside the cluster. */
  readonly url: string;

  constructor(name: string, args: ComponentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("MetricsStack", "metrics", name, args, opts);
    // Kiali takes 16, 24 or 32 letters.
    const key = args.settings.metrics.kiali.enabled ? generatedKey(this, `${name}-kiali-key`) : undefined;
    this.run(key && { "session-key": { "value.txt": key.result } });
    this.url = urlOf(this.stack, "prometheus", "http") + pathOf(this.stack, "prometheus");
    this.registerOutputs({ url: this.url });
  }
}
