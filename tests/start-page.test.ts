import fc from "fast-check";
import { type DefaultTreeAdapterMap, parse } from "parse5";
import { dashboardFiles } from "../dashboards";
import { edge } from "../programs/edge";
import { startPage } from "../programs/edge/page";
import { stackOf } from "../programs";
import { settingsOf } from "../config/settings";
import { stackWith } from "./support/servers";

/* The page at the edge's own address, read as a browser reads it. */
type Node = DefaultTreeAdapterMap["node"];
type Element = DefaultTreeAdapterMap["element"];

/** The page as its elements; a page that is not valid HTML throws. */
function elements(page: string): Element[] {
  const all: Element[] = [];
  const collect = (node: Node): void => {
    if ("tagName" in node) all.push(node);
    if ("childNodes" in node) node.childNodes.forEach(collect);
  };
  const wrong: string[] = [];
  collect(parse(page, { onParseError: ({ code }) => wrong.push(code) }));
  expect(wrong).toEqual([]);
  return all;
}

const textOf = (node: Node): string =>
  "value" in node ? node.value : "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
const words = (node: Node) => textOf(node).replace(/\s+/g, " ").trim();
const attribute = ({ attrs }: Element, name: string) => attrs.find((one) => one.name === name)?.value;
const named = (page: Element[], tag: string) => page.filter(({ tagName }) => tagName === tag);

const links = (page: Element[]) =>
  Object.fromEntries(named(page, "a").map((link) => [attribute(link, "href"), words(link)]));
const codes = (page: Element[]) => named(page, "code").map(words);

const EKS = {
  platform: "eks",
  alerting: { unattended: true },
  edge: { enabled: true, url: "https://ops.example.org" },
};

test("it says which stack it is about", () => {
  const page = elements(
    startPage(stackOf(settingsOf({ environment: "staging", region: "seoul" }, "shop"), "shop")),
  );
  expect(named(page, "title").map(words)).toEqual(["shop: observability"]);
  expect(named(page, "h1").map(words)).toEqual(["Observability: shop"]);
  expect(words(named(page, "body")[0])).toContain("Environment staging, region seoul");
});

test("it leads to every user interface that the edge serves", () => {
  expect(links(elements(startPage(stackWith())))).toMatchObject({
    "/api/monitoring/grafana/": "Grafana",
    "/api/monitoring/prometheus/": "Prometheus",
    "/api/monitoring/alertmanager/": "Alertmanager",
    "/runbook": "runbook",
  });
});

test("it says which of them ask for a login, and how to get the edge's password where it has one", () => {
  const asking = (given: Record<string, unknown>) => {
    const page = elements(startPage(stackWith(given)));
    const items = named(page, "li").map(words);
    return {
      pages: items.filter((item) => item.endsWith(". Asks for a login")).map((item) => item.split(":")[0]),
      password: codes(page).includes("pulumi stack output edgePassword --show-secrets --stack test"),
    };
  };
  expect(asking(EKS)).toEqual({ pages: ["Prometheus", "Alertmanager", "Grafana"], password: true });
  for (const open of [{}, { ...EKS, edge: { ...EKS.edge, anonymous: true } }])
    expect(asking(open)).toEqual({ pages: ["Grafana"], password: false });
});

test("it says how to get Kibana's password, where there is a Kibana", () => {
  const kibana = (enabled: boolean) =>
    elements(
      startPage(stackWith({ logs: { backend: "elasticsearch", elasticsearch: { kibana: { enabled } } } })),
    );
  const password = "pulumi stack output kibanaPassword --show-secrets --stack test";
  expect(codes(kibana(false))).not.toContain(password);
  expect(codes(kibana(true))).toContain(password);
  expect(links(kibana(true))).toMatchObject({ "/api/monitoring/kibana/": "Kibana" });
});

test("another program with pages appears by itself, under a path of its own where it has one", () => {
  const stack = stackWith();
  const other = {
    ...stack.programs.find(({ name }) => name === "tempo")!,
    name: "jaeger",
    ports: () => ({ http: 16686 }),
    pages: { title: "Jaeger", what: "traces", login: false },
  };
  const grown = { ...stack, programs: [...stack.programs, other] };
  expect(links(elements(startPage(grown)))).toMatchObject({ "/api/monitoring/jaeger/": "Jaeger" });
  expect(edge.calls!(grown)).toContainEqual(expect.objectContaining({ to: "jaeger", ports: ["http"] }));
  expect(edge.files!(grown)[0].files["caddy.json"]).toContain('"jaeger.observability.svc:16686"');
  const zipkin = stackWith({ tracing: { backend: "zipkin" } });
  expect(links(elements(startPage(zipkin)))).toMatchObject({ "/zipkin/": "Zipkin" });
});

test("each dashboard that it names is there under its title; the service's is among them", () => {
  const there = Object.fromEntries(
    Object.values(dashboardFiles(stackWith()))
      .flatMap((files) => Object.values(files))
      .map((text) => JSON.parse(text) as { uid: string; title: string })
      .map(({ uid, title }) => [`/api/monitoring/grafana/d/${uid}`, title]),
  );
  const page = links(elements(startPage(stackWith())));
  const named = Object.fromEntries(Object.entries(page).filter(([to]) => to.includes("/d/")));
  expect(there).toMatchObject(named);
  expect(Object.keys(named)).toContain("/api/monitoring/grafana/d/service");
});

test("it says where applications send to, and how to get the password, but no password", () => {
  expect(codes(elements(startPage(stackWith({ namespaces: { stack: "watch" } }))))).toEqual([
    "admin",
    "pulumi stack output grafanaPassword --show-secrets --stack test",
    "observability-tracing",
    "collector.watch.svc:4317",
    "http://collector.watch.svc:4318",
    "http://collector.watch.svc:9411",
    "collector.watch.svc:14250",
    "http://collector.watch.svc:14268",
  ]);
});

test("each line says what one finds behind it, and to what a dashboard is the answer", () => {
  const lines = named(elements(startPage(stackWith())), "li").map(words);
  expect(lines.filter((line) => /^[A-Z][^?]+\? [A-Z]/.test(line))).toHaveLength(10);
  expect(lines.filter((line) => !line.includes("?"))).toEqual([
    "Prometheus: queries, targets, rules",
    "Alertmanager: alerts that are on, silences",
    "Grafana: dashboards, logs, traces. Asks for a login",
    "OTLP by gRPC: collector.observability.svc:4317",
    "OTLP by HTTP: http://collector.observability.svc:4318",
    "Zipkin: http://collector.observability.svc:9411",
    "Jaeger by gRPC: collector.observability.svc:14250",
    "Jaeger by HTTP: http://collector.observability.svc:14268",
  ]);
});

test("it fits a phone, and is light or dark as its reader likes", () => {
  const page = elements(startPage(stackWith()));
  expect(named(page, "meta").map((meta) => attribute(meta, "content"))).toContain("width=device-width");
  expect(textOf(named(page, "style")[0])).toMatch(/color-scheme: light dark/);
});

test("it takes nothing from anywhere: no script, no frame, no resource but its own empty icon", () => {
  const page = elements(startPage(stackWith()));
  expect(
    page.map(({ tagName }) => tagName).filter((tag) => /script|img|iframe|form|object/.test(tag)),
  ).toEqual([]);
  expect(named(page, "link").map((link) => attribute(link, "href"))).toEqual(["data:,"]);
  expect(named(page, "a").filter((link) => !attribute(link, "href")!.startsWith("/"))).toEqual([]);
});

test("whatever a stack is called is text on it", () => {
  const settings = settingsOf({}, "test");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1 }), (name) => {
      const page = elements(startPage(stackOf(settings, `${name}<b>&amp;</h1>"'`)));
      expect(textOf(named(page, "h1")[0])).toBe(`Observability: ${name}<b>&amp;</h1>"'`);
    }),
    { numRuns: 50 },
  );
});
