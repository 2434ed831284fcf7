import type * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { ADMIN } from "../programs/grafana/server";
import { Component, type ComponentArgs } from "./component";

/**
 * Grafana with a generated administrator, datasources, dashboards, and the edge proxy in front.
 *
 * A rotation is another text in `grafana.admin.rotation`. It makes a new password and so a new Secret, whose name
 * is in the pod: the pod is replaced, and before Grafana starts `grafana cli` writes the Secret's password into the
 * database, whatever it held. Then a Job, which names the same Secret, ends the sessions. Each step follows from
 * the Secret's name alone, so that a rotation killed half-way goes on with the next `pulumi up`.
 *
 * @example new GrafanaStack("grafana", { settings, after: namespaces }, { provider })
 */
export class GrafanaStack extends Component {
  /** The administrator's password; a secret. */
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: ComponentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("GrafanaStack", "grafana", name, args, opts);
    const password = new RandomPassword(
      `${name}-admin`,
      { length: 24, special: false, keepers: { rotation: args.settings.grafana.admin.rotation } },
      { parent: this, additionalSecretOutputs: ["result"] },
    );
    // Encrypts secrets in Grafana's database: it must be there before the first start and never change.
    const key = new RandomPassword(
      `${name}-secret-key`,
      { length: 32, special: false },
      { parent: this, additionalSecretOutputs: ["result"], protect: args.settings.protect },
    );
    this.password = password.result;
    this.run({ credentials: { user: ADMIN, password: password.result, key: key.result } });
    this.registerOutputs({ password: this.password });
  }
}
