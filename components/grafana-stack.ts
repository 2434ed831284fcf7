import type * as pulumi from "@pulumi/pulumi";
import { edgeHasLogin } from "../programs/addresses";
import { ADMIN } from "../programs/grafana/server";
import { Component, type ComponentArgs } from "./component";
import { generatedKey, generatedPassword } from "./passwords";

interface GrafanaArgs extends ComponentArgs {
  /** What it reads lines with, where their backend asks for a password: {@link LogsStack.readerPassword}. */
  logsPassword?: pulumi.Output<string>;
}

/**
 * Grafana with a generated administrator, datasources, dashboards, and the edge proxy in front.
 *
 * A rotation is another text in `grafana.admin.rotation`. It makes a new password and so a new Secret, whose name
 * is in the pod: the pod is replaced, and before Grafana starts `grafana cli` writes the Secret's password into the
 * database, whatever it held. Then a Job, which names the same Secret, ends the sessions. Each step follows from
 * the Secret's name alone, so that a rotation killed half-way goes on with the next `pulumi up`.
 *
 * The edge's own login, where it has one, rotates by `edge.login.rotation`: another Secret, another pod, and no session to end.
 *
 * @example new GrafanaStack("grafana", { settings, after: namespaces }, { provider })
 */
export class GrafanaStack extends Component {
  /** The administrator's password; a secret. */
  readonly password: pulumi.Output<string>;
  /** The password of the edge's login; a secret. None where the edge asks nobody. */
  readonly edgePassword?: pulumi.Output<string>;

  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("GrafanaStack", "grafana", name, args, opts);
    const { grafana, edge, protect } = args.settings;
    const password = generatedPassword(this, `${name}-admin`, grafana.admin.rotation);
    const login = edgeHasLogin(args.settings)
      ? generatedPassword(this, `${name}-edge-password`, edge.login.rotation)
      : undefined;
    // Encrypts secrets in Grafana's database: it must be there before the first start and never change.
    const key = generatedKey(this, `${name}-secret-key`, { protect });
    this.password = password.result;
    this.edgePassword = login?.result;
    this.run({
      credentials: { user: ADMIN, password: password.result, key: key.result },
      ...(login ? { login: { hash: login.bcryptHash } } : {}),
      ...(args.logsPassword ? { "elasticsearch-login": { password: args.logsPassword } } : {}),
    });
    this.registerOutputs({ password: this.password, edgePassword: this.edgePassword });
  }
}
