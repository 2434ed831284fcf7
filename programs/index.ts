import type { Settings } from "../config/schema";
import { alertmanager } from "./alertmanager";
import { alloy, alloyEvents } from "./alloy";
import { blackboxExporter } from "./blackbox-exporter";
import { collector } from "./collector";
import { sampler } from "./collector/sampler";
import { edge } from "./edge";
import { elasticsearch } from "./elasticsearch";
import { filebeat } from "./filebeat";
import { filebeatSetup } from "./filebeat/setup";
import { grafana } from "./grafana";
import { grafanaRotation } from "./grafana/rotation";
import { indexCleaner } from "./index-cleaner";
import { jaeger } from "./jaeger";
import { kiali } from "./kiali";
import { kibana } from "./kibana";
import { kubeStateMetrics } from "./kube-state-metrics";
import { logstash } from "./logstash";
import { loki } from "./loki";
import { nodeExporter } from "./node-exporter";
import { postgresExporter } from "./postgres-exporter";
import type { Program, Stack } from "./program";
import { prometheus } from "./prometheus";
import { promtail } from "./promtail";
import { redisExporter } from "./redis-exporter";
import { tempo } from "./tempo";
import { zipkin } from "./zipkin";

/** Every program there is. Names, ports, flows, policies, images and datasources are derived from this list. */
export const programs: readonly Program[] = [
  edge,
  prometheus,
  alertmanager,
  kubeStateMetrics,
  nodeExporter,
  redisExporter,
  postgresExporter,
  blackboxExporter,
  kiali,
  grafana,
  grafanaRotation,
  loki,
  elasticsearch,
  filebeatSetup,
  logstash,
  kibana,
  alloy,
  alloyEvents,
  promtail,
  filebeat,
  collector,
  sampler,
  tempo,
  jaeger,
  zipkin,
  indexCleaner,
];

/** A stack of these settings, with the programs that they deploy. */
export const stackOf = (settings: Settings, name: string): Stack => ({
  name,
  settings,
  programs: programs.filter(({ enabled }) => enabled?.(settings) ?? true),
});
