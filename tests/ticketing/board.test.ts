/** The service in Go as a process on loopback: what the stack and its callers get of it. */
import { once } from "node:events";
import { createServer } from "node:http";
import { freePort } from "../support/free-port";
import { binary, describeWith } from "../support/programs";
import { listening } from "../support/receivers";
import { Server } from "../support/servers";
import { throughAlloy } from "../support/alloy";

const TRACE = "6a3b8c9d2e1f0a4b6a3b8c9d2e1f0a4b";
const headers = { traceparent: `00-${TRACE}-3c5d7e9f1a2b4c6d-01` };

describeWith(["board-service", "board-service"], ["alloy", "alloy"])("board-service", () => {
  const spans: string[] = [];
  const collector = createServer((request, response) => {
    request.resume().on("end", () => response.end());
    spans.push(request.url!);
  });
  let server: Server;
  let url: string;
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = new Server(binary("board-service", "board-service")!, [], {
      PORT: String(port),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${await listening(collector)}`,
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "1",
    });
    server.start();
    await server.ready(`${url}/health`);
  });
  afterAll(async () => {
    await server.end();
    collector.close();
    await once(collector, "close");
  });

  test("answers as its callers know it", async () => {
    expect(await post("/api/boards", { title: "Hello" })).toEqual({
      status: 201,
      body: { boardId: expect.any(String) },
    });
    expect(await post("/api/boards", {})).toEqual({
      status: 400,
      body: { error: 'Request error: "title" is missing; expected text' },
    });
    expect(await post("/api/chat/messages", { text: "Hi" })).toMatchObject({ status: 201 });
    expect(await post("/api/nothing", {})).toMatchObject({ status: 404 });
  });

  test("counts requests of users only, under few paths", async () => {
    const page = await (await fetch(`${url}/metrics`)).text();
    const counted = page.split("\n").filter((line) => /^(http_requests_total|\w+_service_)/.test(line));
    expect(counted.sort()).toEqual([
      "board_service_boards_total 1",
      "chat_service_messages_total 1",
      'http_requests_total{method="POST",path="/api/boards",status="201"} 1',
      'http_requests_total{method="POST",path="/api/boards",status="400"} 1',
      'http_requests_total{method="POST",path="/api/chat/messages",status="201"} 1',
      'http_requests_total{method="POST",path="unknown",status="404"} 1',
    ]);
    expect(page).toMatch(
      /^http_request_duration_seconds_bucket\{method="POST",path="\/api\/boards",le="0\.5"\} 2$/m,
    );
    expect(page).toMatch(/^go_goroutines \d+$/m);
    expect(page).toMatch(/^go_memstats_alloc_bytes /m);
  });

  test("its lines carry level, trace and service through the agent", async () => {
    const lines = server.output.trim().split("\n");
    const [entries] = await throughAlloy([lines]);
    const of = (text: string) => entries.find(({ line }) => line.includes(text))!;
    const traced = {
      trace_id: TRACE,
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      service_name: "board-service",
    };
    expect(of("Board created: Hello")).toMatchObject({ labels: { level: "info" }, metadata: traced });
    expect(of("is missing")).toMatchObject({ labels: { level: "warn" }, metadata: traced });
    expect(JSON.parse(of("/api/boards 400").line)).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-/),
      method: "POST",
      path: "/api/boards",
      status: 400,
    });
  });

  test("sends the spans that wait when it is told to stop", async () => {
    const before = spans.length;
    await post("/api/boards", { title: "Last" });
    await server.end("SIGTERM");
    expect(spans.length).toBeGreaterThan(before);
    expect(new Set(spans)).toEqual(new Set(["/v1/traces"]));
  });
});
