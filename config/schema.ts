import { z } from "zod";
import { grafana, namespaces, placement, service } from "./schema/access";
import { alerting } from "./schema/alerting";
import { checkTogether } from "./schema/checks";
import { edge } from "./schema/edge";
import { overrides } from "./schema/free";
import { EVERY, labelValue } from "./schema/kubernetes";
import { logs, metrics, tracing } from "./schema/signals";
import { slo } from "./schema/slo";

/**
 * Every key that a stack file may hold under `observability:`, with its default, unit and allowed values. One file
 * a topic in `schema/`; the checks that need more than one key are in `schema/checks.ts`. `stack.schema.json` and
 * `docs/settings.md` are made from this one.
 */
export const settingsSchema = z
  .strictObject({
    platform: z
      .enum(["kind", "eks"])
      .default("kind")
      .describe("What the cluster is; default kind. Sets exposure and storage, see config/platforms."),
    environment: labelValue()
      .default("kind")
      .describe("Label env on every series, log and span; default kind."),
    region: labelValue()
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
    slo,
    alerting,
    logs,
    tracing,
    grafana,
    edge,
    overrides,
  })
  .superRefine(checkTogether);

/** A stack's settings, complete: every default filled in. */
export type Settings = z.output<typeof settingsSchema>;
export type Service = Settings["services"][number];

/** The watched services, each for itself. */
export const watchedServices = (settings: Settings): Service[] =>
  settings.services.flatMap((service) =>
    [service.name, ...service.alike].map((name) => ({ ...service, name, alike: [] })),
  );

/** Namespaces of the watched services, each once. */
export const applicationNamespaces = (settings: Settings): string[] =>
  [...new Set(settings.services.map((s) => s.namespace))].sort();

/** Namespaces that the settings name besides the stack's own: they must be there, and applications find the stack in them. */
export const givenNamespaces = (settings: Settings): string[] =>
  openNamespaces(settings) ?? applicationNamespaces(settings);

/** Namespaces whose pods may ask to be scraped and may send traces; undefined: every one. */
export function openNamespaces(settings: Settings): string[] | undefined {
  const { annotatedNamespaces } = settings.metrics;
  if (annotatedNamespaces.includes(EVERY)) return undefined;
  return [...new Set([...applicationNamespaces(settings), ...annotatedNamespaces])].sort();
}
