/** When certificates end: a real Caddy shows one, a real blackbox exporter sees it, a real Prometheus asks that and alerts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ruleFiles } from "../alerts";
import { type BlackboxExporter, blackboxServer } from "./support/blackbox-exporter";
import { selfSignedUntil } from "./support/certificate";
import { type Edge, edgeServer } from "./support/edge";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { type Prometheus, prometheusServer, stackWith } from "./support/servers";

jest.setTimeout(120_000);

const HOST = "ops.example.org";
const stack = stackWith({
  edge: { url: `https://${HOST}`, tls: { secretName: "ops-certificate" } },
  metrics: { scrapeInterval: "1s", evaluationInterval: "1s" },
  alerting: { rules: { certificateAboutToEnd: { for: "1s" } } },
});

/** To the second, as certificates have it. */
const inDays = (days: number) => new Date(Math.floor(Date.now() / 1000 + days * 86_400) * 1000);
const endingIn = (days: number) => selfSignedUntil(inDays(days), HOST);

describeWith(
  ["caddy", "caddy"],
  ["blackbox-exporter", "blackbox_exporter"],
  ["prometheus", "prometheus"],
)("the certificate of the edge", () => {
  const directory = mkdtempSync(join(tmpdir(), "certificates-"));
  const soon = inDays(10);
  let edge: Edge;
  let exporter: BlackboxExporter;
  let prometheus: Prometheus;
  beforeAll(async () => {
    edge = await edgeServer(stack, {}, await selfSignedUntil(soon, HOST));
    exporter = await blackboxServer(stack, [["edge", "https", new URL(edge.url).host]]);
    const rules = join(directory, "certificates.yaml");
    writeFileSync(rules, ruleFiles(stack)["certificates.yaml"]);
    prometheus = await prometheusServer(directory, stack);
    prometheus.scrape([exporter.job], { rule_files: [rules] });
    prometheus.server.start();
    await prometheus.server.ready(prometheus.ready);
  });
  afterAll(async () => {
    await prometheus?.server.end();
    await exporter?.end();
    await edge?.end();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Label instance -> value. */
  async function asked(query: string): Promise<Record<string, number>> {
    const response = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data } = (await response.json()) as {
      data: { result: { metric: { instance: string }; value: [number, string] }[] };
    };
    return Object.fromEntries(data.result.map(({ metric, value }) => [metric.instance, Number(value[1])]));
  }
  const alerts = () => asked('ALERTS{alertname="CertificateAboutToEnd", alertstate="firing"}');
  const isSeen = (ends: Date) =>
    eventually(`an end at ${ends.toISOString()}`, 30, async () => {
      const seen = await asked('probe_ssl_earliest_cert_expiry{job="certificates"}');
      return seen.edge === ends.getTime() / 1000 || undefined;
    });
  const isFiring = (wanted: boolean) =>
    eventually(`the alert fires: ${wanted}`, 30, async () => {
      const firing = await alerts();
      return JSON.stringify(firing) === JSON.stringify(wanted ? { edge: 1 } : {}) || undefined;
    });

  test("ends in ten days: its date is known, and somebody is told", async () => {
    await isSeen(soon);
    await isFiring(true);
  });

  test("is still said to end while the edge answers nobody, since its key is another's", async () => {
    const [one, other] = [await endingIn(90), await endingIn(90)];
    edge.renew({ cert: one.cert, key: other.key });
    await eventually("no certificate is shown", 30, async () => {
      const { edge: seen } = await asked('probe_success{job="certificates"}');
      return seen === 0 || undefined;
    });
    expect(await exporter.ends("edge")).toBeUndefined();
    // The rule is evaluated every second.
    await sleep(3000);
    expect(await alerts()).toEqual({ edge: 1 });
  });

  test("is renewed: the new date is known without a restart, and nobody is told any more", async () => {
    const later = inDays(90);
    edge.renew(await selfSignedUntil(later, HOST));
    await isSeen(later);
    await isFiring(false);
  });

  test("has ended: its date is known all the same", async () => {
    const past = inDays(-1);
    edge.renew(await selfSignedUntil(past, HOST));
    await isSeen(past);
    await isFiring(true);
  });
});
