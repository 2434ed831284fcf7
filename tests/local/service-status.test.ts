import { type Facts, serviceName, serviceReport } from "../../local/service-status";

const at = (hour: number) => Date.UTC(2026, 10, 22, hour) / 1000;
const url = "http://10.0.0.1:3002/metrics";
const up = { up: true, url, error: "" };
const all: Facts = {
  namespace: "shop",
  name: "tickets",
  port: 3002,
  targets: [up, up],
  first: at(11),
  last: at(12),
  lines: 12,
  spans: 3,
  configMap: true,
  pods: [true, true],
};
const said = (given: Partial<Facts>) => serviceReport({ ...all, ...given });

test("a service whose signals all arrive", () =>
  expect(said({}).split("\n")).toEqual([
    "shop/tickets",
    "  metrics   2 of 2 pods are scraped, first within a day at 2026-11-22T11:00Z",
    "  logs      12 lines within 15m",
    "  traces    3 spans within 15m",
    "  settings  ConfigMap observability-tracing is there; 2 of 2 pods take it",
  ]));

test.each<[string, Partial<Facts>, string]>([
  [
    "a pod that does not answer",
    { targets: [up, { up: false, url, error: "connection refused" }] },
    `1 of 2 pods are scraped, first within a day at 2026-11-22T11:00Z; ${url}: connection refused`,
  ],
  [
    "a service that has died",
    { targets: [{ up: false, url, error: "connection refused" }] },
    `0 of 1 pods are scraped, last within a day at 2026-11-22T12:00Z; ${url}: connection refused`,
  ],
  [
    "a pod that was found just now",
    { targets: [{ up: false, url, error: "" }], first: undefined, last: undefined },
    `0 of 1 pods are scraped; ${url}: not scraped yet`,
  ],
  ["a store that is away", { lines: "loki: does not answer" }, "logs      not known: loki: does not answer"],
  [
    "a watched service without pods",
    { targets: [] },
    "no pod is found behind port 3002: kubectl get endpointslices -n shop -l kubernetes.io/service-name=tickets",
  ],
  [
    "a service that nobody watches",
    { targets: [], port: undefined },
    "nobody scrapes it: name it in observability:services, or annotate its pods with prometheus.io/scrape",
  ],
  [
    "no lines",
    { lines: 0 },
    "no lines within 15m: it writes to standard output, and its pods have the label app or app.kubernetes.io/name: tickets",
  ],
  ["no spans", { spans: 0 }, "no spans within 15m: see the next line"],
  ["no ConfigMap", { configMap: false }, "no ConfigMap observability-tracing in shop"],
  ["pods that do not take it", { pods: [true, false] }, "1 of 2 pods take it: envFrom, as the README says"],
  ["no pods", { pods: [] }, "ConfigMap observability-tracing is there; no pod is"],
])("%s", (_, given, line) => expect(said(given)).toContain(line));

test.each(["", "tickets", "shop/", "/tickets", "shop/tickets/x", "Shop/tickets"])(
  "--service %j is refused, with what is allowed",
  (given) => expect(() => serviceName(given)).toThrow("Allowed: NAMESPACE/NAME"),
);
