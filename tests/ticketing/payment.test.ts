/** The service in Spring Boot as a process on loopback: what the stack and its callers get of it. */
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { builtJava, JAVA_HOME, PAYMENT } from "../../local/offline/java";
import { tracingEnvironment } from "../../programs/collector/config";
import { throughAlloy } from "../support/alloy";
import { freePort } from "../support/free-port";
import { binary } from "../support/programs";
import { listening } from "../support/receivers";
import { Server, stackWith } from "../support/servers";

const TRACE = "6a3b8c9d2e1f0a4b6a3b8c9d2e1f0a4b";
const headers = {
  traceparent: `00-${TRACE}-3c5d7e9f1a2b4c6d-01`,
  "content-type": "application/json",
};
const directory = builtJava(PAYMENT)!;
const here = directory && binary("alloy", "alloy") ? describe : describe.skip;

here("payment-service", () => {
  const spans: string[] = [];
  const collector = createServer((request, response) => {
    request.resume().on("end", () => response.end());
    spans.push(request.url!);
  });
  let server: Server;
  let url: string;
  const pay = async (card: string | object) => {
    const body = JSON.stringify(typeof card === "string" ? { userId: "user-1a2b3", card } : card);
    const answer = await fetch(`${url}/api/payments`, { method: "POST", headers, body });
    return { status: answer.status, body: (await answer.json()) as { error?: string } };
  };
  const metrics = async (pattern: RegExp) =>
    (await (await fetch(`${url}/actuator/prometheus`)).text())
      .split("\n")
      .filter((line) => pattern.test(line))
      .sort();

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const args = [
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-Xmx64m",
      "-jar",
      join(directory, PAYMENT.jar),
    ];
    server = new Server(join(directory, JAVA_HOME, "bin/java"), args, {
      PORT: String(port),
      ...tracingEnvironment(stackWith({ slo: { latency: { seconds: 0.0075 } } })),
      MANAGEMENT_OTLP_TRACING_ENDPOINT: `http://${await listening(collector)}/v1/traces`,
    });
    server.start();
    await server.ready(`${url}/actuator/health/readiness`);
  }, 120_000);
  afterAll(async () => {
    await server.end();
    collector.close();
    await once(collector, "close");
  });

  test("approves, declines and refuses as its callers know it", async () => {
    expect(await pay("4000-1234")).toEqual({ status: 201, body: { paymentId: expect.any(String) } });
    expect(await pay("4000-0000")).toEqual({ status: 402, body: { error: "Card of user-1a2b3 declined" } });
    expect(await pay({ userId: "user-1a2b3" })).toEqual({
      status: 400,
      body: { error: 'Request error: "card" is missing; expected text' },
    });
    expect(await pay([])).toMatchObject({ status: 400 });
  });

  test("a bank that does not answer is asked three times, until the circuit breaker opens", async () => {
    const began = Date.now();
    expect(await pay("4000-5000")).toEqual({ status: 503, body: { error: "The bank does not answer" } });
    // 500 ms, then twice as long.
    expect(Date.now() - began).toBeGreaterThanOrEqual(1500);
    for (let calls = 0; calls < 2; calls++) await pay("4000-5000");
    const { body } = await pay("4000-1234");
    expect(body.error).toBe("CircuitBreaker 'bank' is OPEN and does not permit further calls");
    // Of ten calls eight failed; the third payment's last try and the fourth payment were not let through.
    expect(
      await metrics(
        /^resilience4j_circuitbreaker_(not_permitted|state.*"open"|calls_seconds_count.*"failed")/,
      ),
    ).toEqual([
      'resilience4j_circuitbreaker_calls_seconds_count{kind="failed",name="bank"} 8',
      'resilience4j_circuitbreaker_not_permitted_calls_total{kind="not_permitted",name="bank"} 2.0',
      'resilience4j_circuitbreaker_state{name="bank",state="open"} 1.0',
    ]);
    expect((await metrics(/^resilience4j_retry_calls_total/)).length).toBeGreaterThan(0);
  }, 30_000);

  test("its lines carry level, trace and service through the agent", async () => {
    const lines = server.output.trim().split("\n");
    const [entries] = await throughAlloy([lines]);
    const of = (text: string) => entries.find(({ line }) => line.includes(text))!;
    const metadata = {
      trace_id: TRACE,
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      service_name: "payment-service",
    };
    expect(of("approved")).toMatchObject({ labels: { level: "info" }, metadata });
    expect(of("Payment failed")).toMatchObject({ labels: { level: "error" }, metadata });
    expect(of("declined")).toMatchObject({ labels: { level: "warn" }, metadata });
    // An exception is part of the line that it was logged with.
    const [failure, ...others] = entries.filter(({ line }) => line.includes("\n\tat "));
    expect(failure.line).toMatch(
      /ERROR \[payment-service,.*: Payment failed\n[^]*ResourceAccessException: The bank does not/,
    );
    expect(others).toHaveLength(3);
  });

  test("counts payments by outcome, and requests of users only, in buckets", async () => {
    expect(await metrics(/^payments_total/)).toEqual([
      'payments_total{outcome="approved"} 1.0',
      'payments_total{outcome="declined"} 1.0',
      'payments_total{outcome="failed"} 4.0',
    ]);
    const counts = await metrics(/^http_server_requests_seconds_count/);
    const told = /exception="(\w+)".*(status="\d+",uri="[^"]+").* (\d+)$/;
    expect(counts.map((line) => told.exec(line)!.slice(1).join(" "))).toEqual([
      'CallNotPermittedException status="503",uri="/api/payments" 2',
      'ResourceAccessException status="503",uri="/api/payments" 2',
      'none status="400",uri="/api/payments" 2',
      'none status="402",uri="/api/payments" 1',
      'none status="201",uri="/api/payments" 1',
    ]);
    const buckets = await metrics(
      /^http_server_requests_seconds_bucket.*status="201".*le="0\.5"|^http_server_requests_seconds_bucket.*le="\+Inf"/,
    );
    expect(buckets.length).toBeGreaterThan(1);
    expect(await metrics(/^jvm_memory_used_bytes\{area="heap"/)).not.toEqual([]);
  });

  test("has a bucket that ends where the objective does, however short it is", async () => {
    const bucket = /^http_server_requests_seconds_bucket.*status="201".*le="0\.0075"/;
    expect(await metrics(bucket)).toHaveLength(1);
  });

  test("sends the spans that wait when it is told to stop", async () => {
    const before = spans.length;
    await pay({});
    await server.end("SIGTERM");
    expect(spans.length).toBeGreaterThan(before);
    expect(new Set(spans)).toEqual(new Set(["/v1/traces"]));
  });
});
