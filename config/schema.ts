import { z } from "zod";
import { alerting } from "./schema/alerting";
import { edge, grafana, namespaces, placement, service } from "./schema/access";
import { logs, metrics, tracing } from "./schema/signals";
import { bytes } from "./units";

/**
 * Every key that a stack file may hold under `observability:`, with its default, unit and allowed values. One file
 * a topic in `schema/`; the checks that need more than one key are here. `stack.schema.json` is made from this one.
 */
export const settingsSchema = z
  .strictObject({
    platform: z
      .enum(["kind", "eks"], { error: "allowed: kind, eks" })
      .default("kind")
      .describe("What the cluster is; default kind. Sets exposure and storage, see config/platforms."),
    environment: z
      .string()
      .min(1)
      .default("kind")
      .describe("Label env on every series, log and span; default kind."),
    region: z
      .string()
      .min(1)
      .default("local")
      .describe("Label region on every series, log and span; default local."),
    protect: z
      .boolean()
      .default(false)
      .describe("Refuses to delete namespaces and volumes; kind: false, eks: true."),
    namespaces,
    placement,
    services: z.array(service).default([]).describe("Services that are scraped and watched."),
    metrics,
    alerting,
    logs,
    tracing,
    grafana,
    edge,
  })
  .superRefine((settings, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });

    if (bytes(settings.metrics.retention.size) >= bytes(settings.metrics.storage.size))
      refuse(
        ["metrics", "retention", "size"],
        `allowed: less than metrics.storage.size (${settings.metrics.storage.size}); the write-ahead log needs room too`,
      );

    repeated(settings.services, (s) => s.name).forEach(({ index, value }) =>
      refuse(["services", index, "name"], `${value} is named twice; allowed: each name once`),
    );

    const nodePorts = (["metrics", "grafana", "edge"] as const)
      .map((key) => ({ key, port: settings[key].nodePort }))
      .filter(({ port }) => port !== null);
    repeated(nodePorts, ({ port }) => port).forEach(({ index, value }) =>
      refuse(
        [nodePorts[index].key, "nodePort"],
        `${value} is taken by another key; allowed: each NodePort once`,
      ),
    );

    if (settings.namespaces.stack === settings.namespaces.agents)
      refuse(
        ["namespaces", "agents"],
        "allowed: another namespace than namespaces.stack, since it is privileged",
      );

    for (const exporter of ["redis", "postgres"] as const)
      repeated(settings.metrics[exporter].targets, ({ name }) => name).forEach(({ index, value }) =>
        refuse(
          ["metrics", exporter, "targets", index, "name"],
          `${value} is named twice; allowed: each name once`,
        ),
      );

    const { receivers, routes, smtp } = settings.alerting;
    repeated(receivers, (r) => r.name).forEach(({ index, value }) =>
      refuse(["alerting", "receivers", index, "name"], `${value} is named twice; allowed: each name once`),
    );
    receivers.forEach((r, index) => {
      if (r.email && !smtp)
        refuse(["alerting", "receivers", index, "email"], "needs a mail server; set alerting.smtp as well");
    });
    routes.forEach((route, index) => {
      if (!receivers.some((r) => r.name === route.receiver))
        refuse(
          ["alerting", "routes", index, "receiver"],
          `is no receiver; allowed: ${receivers.map((r) => r.name).join(", ") || "none, since alerting.receivers is empty"}`,
        );
    });
  });

/** A stack's settings, complete: every default filled in. */
export type Settings = z.output<typeof settingsSchema>;
export type Service = Settings["services"][number];

/** Namespaces of the watched services, each once. */
export const applicationNamespaces = (settings: Settings): string[] =>
  [...new Set(settings.services.map((s) => s.namespace))].sort();

function repeated<T, V>(items: T[], value: (item: T) => V): { index: number; value: V }[] {
  return items
    .map((item, index) => ({ index, value: value(item) }))
    .filter((item, index, all) => all.findIndex((other) => other.value === item.value) < index);
}
