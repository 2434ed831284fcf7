import type * as pulumi from "@pulumi/pulumi";
import { urlOf } from "../config/addresses";
import { ALLOY_STORAGE, alloyArgs, alloyConfig, alloyEventsConfig } from "../config/alloy";
import { lokiConfig } from "../config/loki";
import { yaml } from "../config/yaml";
import { Part, type PartArgs } from "./kubernetes/part";
import { httpProbe, type Mount } from "./kubernetes/pod";

/**
 * Loki, an Alloy pod on every node that reads the containers' logs, and one Alloy pod for Kubernetes events.
 *
 * @example new LogsStack("logs", { settings, after: namespaces }, { provider })
 */
export class LogsStack extends Part {
  /** http://host:port of Loki inside the cluster. */
  readonly url: string;

  constructor(name: string, args: PartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("LogsStack", name, args, opts);
    this.url = urlOf(args.settings, "loki");
    this.loki();
    this.alloy();
    this.events();
    this.registerOutputs({ url: this.url });
  }

  private loki() {
    const { logs } = this.settings;
    const config = this.startFile("loki", "config", { "loki.yaml": yaml(lokiConfig(this.settings)) });
    this.statefulSet("loki", {
      image: "loki",
      user: 10001,
      args: ["-config.file=/etc/loki/loki.yaml", "-target=all"],
      mounts: [
        { name: "config", path: "/etc/loki", source: { configMap: { name: config.metadata.name } } },
        { name: "data", path: "/loki", source: this.claim("loki", logs.storage) },
      ],
      resources: logs.resources,
      readiness: httpProbe("/ready", "metrics", 30, 5),
      liveness: httpProbe("/ready", "metrics", 45, 10),
    });
    this.service("loki");
    this.allow("loki");
  }

  private alloy() {
    const account = this.account("alloy", [
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    ]);
    const host = (name: string, path: string, source: string, type: string): Mount => ({
      name,
      path,
      source: { hostPath: { path: source, type } },
    });
    this.daemonSet("alloy", {
      image: "alloy",
      // The log files belong to root and nobody else may read them.
      user: 0,
      args: alloyArgs(),
      fieldEnv: { NODE_NAME: "spec.nodeName" },
      serviceAccount: account,
      mounts: [
        this.alloyFile("alloy", alloyConfig(this.settings)),
        { ...host("logs", "/var/log/pods", "/var/log/pods", "Directory"), readOnly: true },
        host("positions", ALLOY_STORAGE, `/var/lib/observability/${this.stack}/alloy`, "DirectoryOrCreate"),
      ],
      resources: this.settings.logs.agent.resources,
      readiness: httpProbe("/-/ready", "metrics", 2, 5),
      liveness: httpProbe("/-/healthy", "metrics", 15, 10),
    });
    this.allow("alloy");
  }

  private events() {
    const account = this.account("alloy-events", [
      { apiGroups: [""], resources: ["events"], verbs: ["get", "list", "watch"] },
    ]);
    this.deployment("alloy-events", {
      image: "alloy",
      user: 473,
      args: alloyArgs(),
      serviceAccount: account,
      mounts: [
        this.alloyFile("alloy-events", alloyEventsConfig(this.settings)),
        // A new pod reads the last hour's events again; Loki keeps one of two equal entries.
        { name: "data", path: ALLOY_STORAGE, source: { emptyDir: { sizeLimit: "1Gi" } } },
      ],
      resources: this.settings.logs.events.resources,
      readiness: httpProbe("/-/ready", "metrics", 2, 5),
      liveness: httpProbe("/-/healthy", "metrics", 15, 10),
    });
    this.allow("alloy-events");
  }

  private alloyFile(program: "alloy" | "alloy-events", text: string): Mount {
    const config = this.startFile(program, "config", { "config.alloy": text });
    return { name: "config", path: "/etc/alloy", source: { configMap: { name: config.metadata.name } } };
  }
}
