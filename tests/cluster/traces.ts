import { urlOf } from "../../config/addresses";
import { settingsOf } from "../../config/settings";
import type { Context } from "./start";
import { eventually, kubectl } from "./support/stack";
import { NAMESPACE } from "./support/workload";

export function traces(context: Context): void {
  describe("traces", () => {
    test("the trace of a log line has spans of four services and Redis, with the pod they ran in", async () => {
      const [{ labels }] = await context.grafana.loki('{app="ticket-service"} |= "Ticket created"');
      const spans = await eventually("the trace", 60, () => context.grafana.trace(labels.trace_id));
      const services = new Set(spans.map(({ resource }) => resource["service.name"]));
      expect([...services]).toEqual(
        expect.arrayContaining(["gateway-service", "auth-service", "ticket-service", "payment-service"]),
      );
      expect(spans.some(({ attributes }) => attributes["db.system.name"] === "redis")).toBe(true);
      const ticket = spans.find(({ resource }) => resource["service.name"] === "ticket-service")!;
      expect(ticket.resource).toMatchObject({
        env: "kind",
        region: "local",
        namespace: labels.namespace,
        pod: labels.pod,
        container: labels.container,
      });
    });

    test("applications are told the probability and where to send", async () => {
      const config = await kubectl([
        "get",
        "configmap",
        "observability-tracing",
        "-n",
        NAMESPACE,
        "-o",
        "json",
      ]);
      expect(JSON.parse(config).data).toMatchObject({
        TRACING_SAMPLING_PROBABILITY: "1",
        MANAGEMENT_TRACING_SAMPLING_PROBABILITY: "1",
        OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "1",
        ZIPKIN_ENDPOINT: expect.stringMatching(/:9411\/api\/v2\/spans$/),
        OTEL_EXPORTER_OTLP_ENDPOINT: expect.stringMatching(/:4318$/),
      });
    });

    const id = (digits: number) =>
      Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join("");

    test("Zipkin's way in: POST /api/v2/spans", async () => {
      const traceId = id(32);
      const span = {
        traceId,
        id: id(16),
        name: "by-zipkin",
        kind: "SERVER",
        timestamp: Date.now() * 1000,
        duration: 1000,
        localEndpoint: { serviceName: "zipkin-client" },
      };
      await post("zipkin", "/api/v2/spans", JSON.stringify([span]));
      const spans = await eventually("the Zipkin span", 30, () => context.grafana.trace(traceId));
      expect(spans).toMatchObject([
        { name: "by-zipkin", resource: { "service.name": "zipkin-client", env: "kind" } },
      ]);
    });

    test("OTLP over HTTP with JSON", async () => {
      const traceId = id(32);
      const now = BigInt(Date.now()) * 1_000_000n;
      const span = {
        traceId,
        spanId: id(16),
        name: "by-otlp",
        kind: 2,
        startTimeUnixNano: String(now),
        endTimeUnixNano: String(now + 1000n),
      };
      const service = { key: "service.name", value: { stringValue: "otlp-client" } };
      const body = {
        resourceSpans: [{ resource: { attributes: [service] }, scopeSpans: [{ spans: [span] }] }],
      };
      await post("otlp-http", "/v1/traces", JSON.stringify(body));
      const spans = await eventually("the OTLP span", 30, () => context.grafana.trace(traceId));
      expect(spans).toMatchObject([
        { name: "by-otlp", resource: { "service.name": "otlp-client", region: "local" } },
      ]);
    });

    /** From a pod, as applications send: the gateway is reachable inside the cluster only. */
    const post = async (port: string, path: string, body: string) => {
      const url = JSON.stringify(urlOf(settingsOf({}, "kind"), "collector", port) + path);
      const init = JSON.stringify({ method: "POST", headers: { "content-type": "application/json" }, body });
      const script = `fetch(${url}, ${init}).then((r) => { if (!r.ok) throw new Error(r.status) })`;
      await kubectl([
        "exec",
        "deployment/receiver",
        "-n",
        NAMESPACE,
        "--",
        "/usr/local/bin/node",
        "-e",
        script,
      ]);
    };
  });
}
