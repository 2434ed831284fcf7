import { ports } from "../../programs/collector/common";
import { type Context, STACK } from "./start";
import { eventually } from "../support/eventually";
import { forwarded, kubectl, npm } from "./support/stack";
import { clients } from "./support/tracing-clients";
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

    test.each(Object.keys(clients))("way in: %s", async (port) => {
      const number = String(ports[port as keyof typeof ports]);
      const traceId = await forwarded("observability", "service/collector", number, (address) =>
        clients[port](`${port}-client`, address),
      );
      const spans = await eventually("its span in Tempo", 30, () => context.grafana.trace(traceId));
      expect(spans).toMatchObject([
        { name: "sent", resource: { "service.name": `${port}-client`, env: "kind", region: "local" } },
      ]);
    });

    test("status of one service says that its metrics, lines and spans arrive, of another what is missing", async () => {
      const of = async (service: string) => (await npm("status", STACK, "--service", service)).output;
      const ticket = await of(`${NAMESPACE}/ticket-service`);
      expect(ticket).toMatch(/metrics +1 of 1 pods are scraped, first within a day at \d{4}-/);
      expect(ticket).toMatch(/logs +\d+ lines within 15m$/m);
      expect(ticket).toMatch(/traces +[1-9]\d* spans within 15m$/m);
      expect(ticket).toMatch(/settings +ConfigMap .* is there; 1 of 1 pods take it$/m);
      const nobody = await of(`${NAMESPACE}/nobody`);
      expect(nobody).toContain("nobody scrapes it: name it in observability:services");
      expect(nobody).toContain("no lines within 15m");
    });
  });
}
