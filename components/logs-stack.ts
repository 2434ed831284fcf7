import * as pulumi from "@pulumi/pulumi";
import { urlOf } from "../programs/addresses";
import { READER, WRITER } from "../programs/elasticsearch/access";
import { logsBackend } from "../programs/backends";
import { Component, type ComponentArgs } from "./component";
import type { Generated } from "./kubernetes/run";
import { generatedPassword } from "./passwords";

/**
 * Loki, an Alloy pod on every node that reads the containers' logs, and one Alloy pod for Kubernetes events; or
 * Elasticsearch and Filebeat, with a generated password for each who asks it.
 *
 * @example new LogsStack("logs", { settings, after: namespaces }, { provider })
 */
export class LogsStack extends Component {
  /** http://host:port of the logs' backend inside the cluster. */
  readonly url: string;
  /** What Grafana reads lines with; a secret. None where the backend asks nobody. */
  readonly readerPassword?: pulumi.Output<string>;

  constructor(name: string, args: ComponentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("LogsStack", "logs", name, args, opts);
    const { backend, elasticsearch } = args.settings.logs;
    let generated: Generated = {};
    if (backend === "elasticsearch") {
      const { rotation } = elasticsearch.logins;
      const [writer, reader] = [WRITER, READER].map((user) =>
        generatedPassword(this, `${name}-elasticsearch-${user}`, rotation),
      );
      const users = pulumi.interpolate`${WRITER}:${writer.bcryptHash}\n${READER}:${reader.bcryptHash}\n`;
      generated = { users: { users }, writer: { password: writer.result } };
      this.readerPassword = reader.result;
    }
    this.run(generated);
    const { name: program, logs } = logsBackend(this.stack);
    this.url = urlOf(this.stack, program, logs.port);
    this.registerOutputs({ url: this.url });
  }
}
