import type * as pulumi from "@pulumi/pulumi";
import { pathOf, urlOf } from "../programs/addresses";
import { Component, type ComponentArgs } from "./component";

/**
 * Prometheus with its rules, Alertmanager, kube-state-metrics and node-exporter.
 *
 * @example new MetricsStack("metrics", { settings, after: namespaces }, { provider })
 */
export class MetricsStack extends Component {
  /** http://host:port of Prometheus inside the cluster. */
  readonly url: string;

  constructor(name: string, args: ComponentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("MetricsStack", "metrics", name, args, opts);
    this.run();
    this.url = urlOf(this.stack, "prometheus", "http") + pathOf(this.stack, "prometheus");
    this.registerOutputs({ url: this.url });
  }
}
