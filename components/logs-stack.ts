import type * as pulumi from "@pulumi/pulumi";
import { urlOf } from "../programs/addresses";
import { logsBackend } from "../programs/program";
import { Component, type ComponentArgs } from "./component";

/**
 * Loki, an Alloy pod on every node that reads the containers' logs, and one Alloy pod for Kubernetes events.
 *
 * @example new LogsStack("logs", { settings, after: namespaces }, { provider })
 */
export class LogsStack extends Component {
  /** http://host:port of the logs' backend inside the cluster. */
  readonly url: string;

  constructor(name: string, args: ComponentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("LogsStack", "logs", name, args, opts);
    this.run();
    const backend = logsBackend(this.stack);
    this.url = urlOf(this.stack, backend.name, backend.logs.port);
    this.registerOutputs({ url: this.url });
  }
}
