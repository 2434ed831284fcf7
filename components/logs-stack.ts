import * as pulumi from "@pulumi/pulumi";
import { tracesKeeper } from "../config/schema/elasticsearch";
import { urlOf } from "../programs/addresses";
import { KIBANA, LOGSTASH, PEOPLE, READER, usersOf, WRITER } from "../programs/elasticsearch/access";
import { logsBackend } from "../programs/backends";
import { Component, type ComponentArgs } from "./component";
import type { Generated } from "./kubernetes/run";
import { PROMTAIL_ENDED } from "../programs/promtail";
import { generatedKey, generatedPassword } from "./passwords";

/**
 * Loki, an Alloy pod on every node that reads the containers' logs, and one Alloy pod for Kubernetes events; or
 * Elasticsearch, Filebeat and where they are wanted Logstash and Kibana, with a generated password for each who asks it.
 *
 * @example new LogsStack("logs", { settings, after: namespaces }, { provider })
 */
export class LogsStack extends Component {
  /** URL of the logs' backend inside the cluster. */
  readonly url: string;
  /** What Grafana reads lines with; a secret. None where the backend asks nobody. */
  readonly readerPassword?: pulumi.Output<string>;
  /** What Jaeger or Zipkin keeps traces with; a secret. None where they are not kept here. */
  readonly tracesPassword?: pulumi.Output<string>;
  /** What people log in to Kibana with; a secret. None where there is no Kibana. */
  readonly kibanaPassword?: pulumi.Output<string>;

  constructor(name: string, args: ComponentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("LogsStack", "logs", name, args, opts);
    const {
      logs: { backend, collector, elasticsearch },
      protect,
    } = args.settings;
    if (collector === "promtail") void pulumi.log.warn(PROMTAIL_ENDED, this);
    const generated: Generated = {};
    if (backend === "elasticsearch") {
      const { rotation } = elasticsearch.logins;
      const passwords = Object.fromEntries(
        Object.keys(usersOf(args.settings)).map((user) => [
          user,
          generatedPassword(this, `${name}-elasticsearch-${user}`, rotation),
        ]),
      );
      const lines = Object.entries(passwords).map(
        ([user, { bcryptHash }]) => pulumi.interpolate`${user}:${bcryptHash}\n`,
      );
      generated.users = { users: pulumi.all(lines).apply((all) => all.join("")) };
      generated.writer = { password: passwords[WRITER].result };
      if (elasticsearch.logstash.enabled) generated.login = { password: passwords[LOGSTASH].result };
      this.readerPassword = passwords[READER].result;
      const keeper = tracesKeeper(args.settings.tracing);
      if (keeper) this.tracesPassword = passwords[keeper].result;
      // What people save in Kibana outlives it, in Elasticsearch: switched on again it needs the key of before.
      const objectsKey = generatedKey(this, `${name}-kibana-objects-key`, { protect });
      if (elasticsearch.kibana.enabled) {
        generated.kibana = {
          password: passwords[KIBANA].result,
          "session-key": generatedKey(this, `${name}-kibana-session-key`).result,
          "objects-key": objectsKey.result,
        };
        this.kibanaPassword = passwords[PEOPLE].result;
      }
    }
    this.run(generated);
    const { name: program, logs } = logsBackend(this.stack);
    this.url = urlOf(this.stack, program, logs.port);
    this.registerOutputs({ url: this.url });
  }
}
