import type * as pulumi from "@pulumi/pulumi";
import { urlOf } from "../config/addresses";
import { alertmanagerArgs, alertmanagerConfig, alertmanagerSecrets, SECRETS } from "../config/alertmanager";
import { ruleFiles } from "../config/alerts";
import { prometheusArgs, prometheusConfig } from "../config/prometheus";
import { yaml } from "../config/yaml";
import { Part, type PartArgs } from "./kubernetes/part";
import { httpProbe } from "./kubernetes/pod";

/** User `nobody`, whom the images of the Prometheus family run as. */
const NOBODY = 65534;

/**
 * Prometheus with its rules, Alertmanager, kube-state-metrics and node-exporter.
 *
 * @example new MetricsStack("metrics", { settings, after: namespaces }, { provider })
 */
export class MetricsStack extends Part {
  /** http://host:port of Prometheus inside the cluster. */
  readonly url: string;

  constructor(name: string, args: PartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("MetricsStack", name, args, opts);
    this.url = urlOf(args.settings, "prometheus");
    this.prometheus();
    this.alertmanager();
    this.kubeStateMetrics();
    if (args.settings.metrics.nodeExporter.enabled) this.nodeExporter();
    this.registerOutputs({ url: this.url });
  }

  private prometheus() {
    const { metrics } = this.settings;
    const account = this.account("prometheus", [
      read("", ["pods", "nodes", "services"]),
      read("discovery.k8s.io", ["endpointslices"]),
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    ]);
    const config = this.reloadedFile("prometheus", "config", {
      "prometheus.yml": yaml(prometheusConfig(this.settings, this.stack)),
    });
    const rules = this.reloadedFile("prometheus", "rules", ruleFiles(this.settings));
    this.statefulSet("prometheus", {
      image: "prometheus",
      user: NOBODY,
      args: prometheusArgs(this.settings),
      serviceAccount: account,
      mounts: [
        {
          name: "config",
          path: "/etc/prometheus/config",
          source: { configMap: { name: config.metadata.name } },
        },
        {
          name: "rules",
          path: "/etc/prometheus/rules",
          source: { configMap: { name: rules.metadata.name } },
        },
        { name: "data", path: "/prometheus", source: this.claim("prometheus", metrics.storage) },
      ],
      resources: metrics.resources,
      readiness: httpProbe("/-/ready", "metrics", 5, 5),
      liveness: httpProbe("/-/healthy", "metrics", 15, 10),
    });
    this.service("prometheus", metrics.nodePort);
    this.allow("prometheus");
  }

  private alertmanager() {
    const { alerting } = this.settings;
    const config = this.startFile("alertmanager", "config", {
      "alertmanager.yml": yaml(alertmanagerConfig(this.settings)),
    });
    const files = alertmanagerSecrets(this.settings);
    const secrets =
      Object.keys(files).length > 0 ? this.secret("alertmanager", "receivers", files) : undefined;
    this.statefulSet("alertmanager", {
      image: "alertmanager",
      user: NOBODY,
      args: alertmanagerArgs(this.settings),
      mounts: [
        {
          name: "config",
          path: "/etc/alertmanager/config",
          source: { configMap: { name: config.metadata.name } },
        },
        ...(secrets
          ? [{ name: "secrets", path: SECRETS, source: { secret: { secretName: secrets.metadata.name } } }]
          : []),
        { name: "data", path: "/alertmanager", source: this.claim("alertmanager", alerting.storage) },
      ],
      resources: alerting.resources,
      readiness: httpProbe("/-/ready", "metrics", 2, 5),
      liveness: httpProbe("/-/healthy", "metrics", 15, 10),
    });
    this.service("alertmanager");
    this.allow("alertmanager");
  }

  private kubeStateMetrics() {
    const account = this.account("kube-state-metrics", [
      read("", ["pods", "nodes", "namespaces", "persistentvolumeclaims", "resourcequotas"]),
      read("apps", ["deployments", "statefulsets", "daemonsets", "replicasets"]),
      read("batch", ["jobs", "cronjobs"]),
      read("autoscaling", ["horizontalpodautoscalers"]),
    ]);
    this.deployment("kube-state-metrics", {
      image: "kube-state-metrics",
      user: NOBODY,
      args: [
        "--port=8080",
        "--telemetry-port=8081",
        "--resources=pods,nodes,namespaces,persistentvolumeclaims,resourcequotas,deployments,statefulsets,daemonsets,replicasets,jobs,cronjobs,horizontalpodautoscalers",
      ],
      serviceAccount: account,
      resources: this.settings.metrics.kubeStateMetrics.resources,
      readiness: httpProbe("/", "metrics", 1, 5),
      liveness: httpProbe("/healthz", "samples", 10, 10),
    });
    this.allow("kube-state-metrics");
  }

  private nodeExporter() {
    const host = (name: string, path: string) => ({
      name,
      path: `/host/${name}`,
      readOnly: true,
      source: { hostPath: { path } },
    });
    this.daemonSet("node-exporter", {
      image: "node-exporter",
      user: NOBODY,
      args: [
        "--path.procfs=/host/proc",
        "--path.sysfs=/host/sys",
        "--path.rootfs=/host/root",
        // Only what rules and dashboards read. Network figures would be the pod's own: it does not join the host's
        // network, so that two stacks can share a node. cAdvisor has the node's.
        "--collector.disable-defaults",
        ...[
          "cpu",
          "diskstats",
          "filesystem",
          "loadavg",
          "meminfo",
          "pressure",
          "stat",
          "time",
          "uname",
          "vmstat",
        ].map((name) => `--collector.${name}`),
        "--collector.filesystem.mount-points-exclude=^/(dev|proc|run|sys)($|/)|^/var/lib/(containerd|docker|kubelet)/.+",
        "--collector.filesystem.fs-types-exclude=^(autofs|bpf|cgroup2?|devpts|devtmpfs|fuse.*|mqueue|nsfs|overlay|proc|squashfs|sysfs|tmpfs|tracefs)$",
      ],
      mounts: [
        host("proc", "/proc"),
        host("sys", "/sys"),
        {
          ...host("root", "/"),
          source: { hostPath: { path: "/" } },
          mountPropagation: "HostToContainer" as const,
        },
      ],
      resources: this.settings.metrics.nodeExporter.resources,
      readiness: httpProbe("/", "metrics", 1, 5),
      liveness: httpProbe("/", "metrics", 10, 10),
    });
    this.allow("node-exporter");
  }
}

const read = (apiGroup: string, resources: string[]) => ({
  apiGroups: [apiGroup],
  resources,
  verbs: ["get", "list", "watch"],
});
