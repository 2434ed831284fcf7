import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { urlOf } from "../config/addresses";
import { dashboards } from "../config/dashboards";
import { edgeConfig } from "../config/edge";
import { datasources } from "../config/grafana/datasources";
import { DASHBOARDS, dashboardProviders, grafanaEnvironment, grafanaPath } from "../config/grafana/server";
import { json, yaml } from "../config/yaml";
import { Part, type PartArgs } from "./kubernetes/part";
import { httpProbe, type Mount } from "./kubernetes/pod";

/** Grafana takes another name at its first start only, so that it could not be changed later. */
export const ADMIN = "admin";

const GRAFANA = "/usr/share/grafana/bin/grafana";

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
export class GrafanaStack extends Part {
  /** The administrator's password; a secret. */
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: PartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("GrafanaStack", name, args, opts);
    const { grafana } = args.settings;
    const password = new RandomPassword(
      `${name}-admin`,
      { length: 24, special: false, keepers: { rotation: grafana.admin.rotation } },
      { parent: this, additionalSecretOutputs: ["result"] },
    );
    // Encrypts secrets in Grafana's database: it must be there before the first start and never change.
    const key = new RandomPassword(
      `${name}-secret-key`,
      { length: 32, special: false },
      { parent: this, additionalSecretOutputs: ["result"], protect: args.settings.protect },
    );
    this.password = password.result;
    const secret = this.secret("grafana", "credentials", {
      user: ADMIN,
      password: password.result,
      key: key.result,
    }).metadata.name;
    this.endSessions(secret, this.server(secret));
    if (args.settings.edge.nodePort !== null) this.edge();
    this.registerOutputs({ password: this.password });
  }

  private server(secret: pulumi.Output<string>) {
    const { grafana } = this.settings;
    const provisioning = this.startFile("grafana", "provisioning", {
      "datasources.yaml": yaml(datasources(this.settings)),
      "dashboards.yaml": yaml(dashboardProviders(this.settings)),
    });
    const provided = (name: string): Mount => ({
      name,
      path: `/etc/grafana/provisioning/${name}`,
      source: {
        configMap: {
          name: provisioning.metadata.name,
          items: [{ key: `${name}.yaml`, path: `${name}.yaml` }],
        },
      },
    });
    const files = Object.entries(dashboards()).map(([uid, text]) =>
      this.reloadedFile("grafana", `dashboard-${uid}`, { [`${uid}.json`]: text }),
    );
    const path = grafanaPath(this.settings);
    const server = this.statefulSet("grafana", {
      image: "grafana",
      user: 472,
      command: [GRAFANA, "server", "--homepath=/usr/share/grafana"],
      before: {
        name: "set-password",
        command: [
          GRAFANA,
          "cli",
          "--homepath=/usr/share/grafana",
          "admin",
          "reset-admin-password",
          "$(GF_SECURITY_ADMIN_PASSWORD)",
        ],
      },
      env: grafanaEnvironment(this.settings),
      secretEnv: {
        GF_SECURITY_ADMIN_USER: [secret, "user"],
        GF_SECURITY_ADMIN_PASSWORD: [secret, "password"],
        GF_SECURITY_SECRET_KEY: [secret, "key"],
      },
      mounts: [
        provided("datasources"),
        provided("dashboards"),
        {
          name: "dashboard-files",
          path: DASHBOARDS,
          source: {
            projected: { sources: files.map(({ metadata }) => ({ configMap: { name: metadata.name } })) },
          },
        },
        { name: "data", path: "/var/lib/grafana", source: this.claim("grafana", grafana.storage) },
        { name: "tmp", path: "/tmp", source: { emptyDir: {} } },
      ],
      resources: grafana.resources,
      annotations: { "prometheus.io/path": `${path}/metrics` },
      readiness: httpProbe(`${path}/api/health`, "metrics", 10, 5),
      liveness: httpProbe(`${path}/api/health`, "metrics", 30, 10),
    });
    this.service("grafana", grafana.nodePort);
    this.allow("grafana");
    return server;
  }

  private endSessions(secret: pulumi.Output<string>, server: pulumi.Resource) {
    const script = this.startFile("grafana-rotation", "script", {
      "end-sessions.mjs": readFileSync(join(__dirname, "../config/grafana/end-sessions.mjs"), "utf8"),
    });
    const amount = { cpu: "10m", memory: "64Mi" };
    this.job(
      "grafana-rotation",
      {
        image: "node",
        user: 1000,
        command: ["/usr/local/bin/node", "/scripts/end-sessions.mjs"],
        env: { GRAFANA_URL: urlOf(this.settings, "grafana") + grafanaPath(this.settings) },
        secretEnv: { GRAFANA_USER: [secret, "user"], GRAFANA_PASSWORD: [secret, "password"] },
        mounts: [{ name: "script", path: "/scripts", source: { configMap: { name: script.metadata.name } } }],
        resources: { requests: amount, limits: { cpu: "500m", memory: "128Mi" } },
      },
      [server],
    );
    this.allow("grafana-rotation");
  }

  private edge() {
    const config = this.startFile("edge", "config", { "caddy.json": json(edgeConfig(this.settings)) });
    this.deployment("edge", {
      image: "caddy",
      user: 1000,
      command: ["/usr/bin/caddy", "run", "--config=/etc/edge/caddy.json"],
      // Caddy keeps state under these; there is none worth keeping.
      env: { XDG_DATA_HOME: "/tmp", XDG_CONFIG_HOME: "/tmp" },
      // The image's binary carries this one as a file capability and does not start where it is denied.
      capabilities: ["NET_BIND_SERVICE"],
      mounts: [
        { name: "config", path: "/etc/edge", source: { configMap: { name: config.metadata.name } } },
        { name: "tmp", path: "/tmp", source: { emptyDir: {} } },
      ],
      resources: this.settings.edge.resources,
      readiness: httpProbe("/healthz", "http", 1, 5),
      liveness: httpProbe("/healthz", "http", 10, 10),
    });
    this.service("edge", this.settings.edge.nodePort, "http");
    this.allow("edge");
  }
}
