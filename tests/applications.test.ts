import { clusterOf, ofKind } from "./support/cluster";

test("in each of their namespaces applications are told how much to record and where to send, in every tongue", async () => {
  const objects = await clusterOf({
    services: [
      { name: "board-service", namespace: "shop", port: 8000 },
      { name: "chat-service", namespace: "chat", port: 8001 },
      { name: "noti-service", namespace: "chat", port: 8002 },
    ],
    namespaces: { stack: "watch" },
    tracing: { sampling: { probability: 0.25 } },
  });
  const told = ofKind(objects, "ConfigMap").filter(
    ({ metadata }) => metadata.name === "observability-tracing",
  );
  expect(told.map(({ metadata }) => metadata.namespace).sort()).toEqual(["chat", "shop"]);
  for (const { data, immutable } of told) {
    // It is changed in place: applications refer to it by its name.
    expect(immutable).toBeUndefined();
    expect(data).toEqual({
      TRACING_SAMPLING_PROBABILITY: "0.25",
      MANAGEMENT_TRACING_SAMPLING_PROBABILITY: "0.25",
      MANAGEMENT_METRICS_DISTRIBUTION_PERCENTILESHISTOGRAM_HTTP_SERVER_REQUESTS: "true",
      MANAGEMENT_METRICS_DISTRIBUTION_SLO_HTTP_SERVER_REQUESTS: "500ms",
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.25",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.watch.svc:4318",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      // The gateway answers 404 to both.
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      ZIPKIN_ENDPOINT: "http://collector.watch.svc:9411/api/v2/spans",
      MANAGEMENT_OTLP_TRACING_ENDPOINT: "http://collector.watch.svc:4318/v1/traces",
      MANAGEMENT_ZIPKIN_TRACING_ENDPOINT: "http://collector.watch.svc:9411/api/v2/spans",
    });
  }
});
