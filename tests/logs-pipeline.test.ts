import type { Entry } from "./support/alloy";
import { describeCollectors } from "./support/log-collectors";

const trace = "6a3b8c9d2e1f0a4b6a3b8c9d2e1f0a4b";
const span = "3c5d7e9f1a2b4c6d";
const ids = { trace_id: trace, span_id: span, service_name: "ticket-service" };

/** What is known of a line besides itself: its level, a label, and what is kept beside it. */
const parsed: [string, string, string | undefined, Record<string, string>][] = [
  ["Spring with ids of 32 digits", `ERROR [ticket-service,${trace},${span}] c.t.T : failed`, "error", ids],
  [
    "Spring with ids of 16 digits",
    ` INFO [ticket-service,${span},${span}] c.t.T : Ticket created`,
    "info",
    { ...ids, trace_id: span },
  ],
  [
    "Spring with a time in front",
    `2026-11-21T05:12:44.123Z  WARN [ticket-service,${trace},${span}] c.t.T : slow`,
    "warn",
    ids,
  ],
  [
    "Spring without a trace",
    " WARN [ticket-service,,] o.a.c.C : Starting",
    "warn",
    { service_name: "ticket-service" },
  ],
  ["Spring with ids of another length", " INFO [ticket-service,abc,def] c.t.T : x", "info", {}],
  ["Spring without ids", " INFO [main] c.t.T : x", "info", {}],
  ["a level inside a word", "INFORMAL [a,,] x", undefined, {}],
  [
    "JSON",
    `{"level":"INFO","service-name":"ticket-service","trace-id":"${trace}","span-id":"${span}"}`,
    "info",
    ids,
  ],
  [
    "JSON as OpenTelemetry spells it",
    `{"severity":"Error","service_name":"ticket-service","trace_id":"${trace}","span_id":"${span}"}`,
    "error",
    ids,
  ],
  [
    "JSON as pino spells it",
    `{"level":"warn","service":"ticket-service","traceId":"${trace}","spanId":"${span}"}`,
    "warn",
    ids,
  ],
];

const stackTrace = [
  "ERROR [payment-service,6a3b8c9d2e1f0a4b,8e0f2a4b6c8d0e2f] c.t.p.PaymentService : Payment failed",
  "java.lang.IllegalStateException: card was declined",
  "\tat com.tiketi.payment.PaymentService.pay(PaymentService.java:88)",
  "\tat java.base/java.lang.Thread.run(Thread.java:1583)",
  "\tSuppressed: java.io.IOException: closed",
  "Caused by: java.net.SocketTimeoutException: Read timed out",
  "\tat com.tiketi.payment.Client.call(Client.java:31)",
  "\t... 2 more",
  "",
  "com.tiketi.payment.DeclinedException: card was declined",
];
const ordinary = [
  " INFO [payment-service,,] c.t.p.PaymentService : Payment started",
  "10.0.0.x - - [21/Nov/2026:05:12:44 +0000] GET / 200",
  "2001:db8::x GET /",
  "2026-11-21T05:12:44Z listening on 8080",
  '{"level":"info","message":"JSON"}',
  "[Nest] 17 - LOG",
  "level=info msg=logfmt",
  "listening on 8080",
  "started",
  "redis: connected",
  "Connected to the database",
  "Called /tickets",
  "Could not connect",
  "Cache miss",
  "Caution: hot",
  "GET /tickets 200",
  "<html>",
  "*** stopped",
  "example.com refused the connection",
  "done.",
  "redis.2 is gone",
  "가 시작됨",
];

const masks: [string, string][] = [
  ["10.1.2.3", "10.1.2.x"],
  ["from 192.168.10.254:8080 to 10.0.0.1", "from 192.168.10.x:8080 to 10.0.0.x"],
  ['{"ip":"10.1.2.3"}', '{"ip":"10.1.2.x"}'],
  ["2001:db8:1:2:a:b:c:d", "2001:db8:1:2:x"],
  ["2001:DB8:1:2:A:B:C:D", "2001:DB8:1:2:x"],
  ["fe80::1ff:fe23:4567:890a", "fe80::x"],
  ["client [2001:db8::7]:443 and fe80::1", "client [2001:db8::x]:443 and fe80::x"],
  ["::ffff:10.1.2.3", "::ffff:10.1.2.x"],
];
const noAddresses = [
  "at 12:34:56 or 2026-11-21T12:34:56.789Z",
  "trace 6a3b8c9d2e1f0a4b6a3b8c9d2e1f0a4b",
  "version 1.19.0",
  "mac 00:1a:2b:3c:4d:5e",
  "std::vector and Foo::bar",
  "at com.a.B.c(B.java:88)",
  '{"a":1,"b":"c:d"}',
  "image sha256:abcdef0123456789",
  "uuid 123e4567-e89b-12d3-a456-426614174000",
];

/** Longer than Loki takes, as the runtime writes them: in parts. */
const long = `${" INFO [ticket-service,,] "}${"x".repeat(1_000_000)}`;
const longLevel = JSON.stringify({ level: "l".repeat(5000), service: "s".repeat(100_000) });

/** What a stack file may hold and Alloy could take for something else: a number, or an operation. */
const odd = { environment: "2026", region: "a.b_c-d" };

describeCollectors("lines", (through) => {
  const cases: Record<string, string[]> = {
    ...Object.fromEntries(parsed.map(([what, line]) => [what, [line]])),
    ...Object.fromEntries([...masks.map(([line]) => line), ...noAddresses].map((line) => [line, [line]])),
    trace: stackTrace,
    traces: [...stackTrace, ordinary[0], ...stackTrace],
    ...Object.fromEntries(ordinary.map((line) => [`after: ${line}`, [...stackTrace, line]])),
    long: [long, " INFO [ticket-service,,] the next"],
    longLevel: [longLevel],
  };
  let seen: Record<string, Entry[]>;
  const lines = (name: string) => seen[name].map(({ line }) => line);
  beforeAll(async () => {
    const entries = await through(Object.values(cases), odd);
    seen = Object.fromEntries(Object.keys(cases).map((name, index) => [name, entries[index]]));
  });

  test("a static pod's log is found, whose directory has the hash of its file", async () => {
    const [[entry]] = await through(
      [["listening"]],
      {},
      {
        pod: "kube-apiserver-node",
        configHash: "8f2d1c",
      },
    );
    expect([entry.line, entry.labels.pod]).toEqual(["listening", "kube-apiserver-node"]);
  });

  test.each(parsed)("%s: level and ids", (what, _, level, metadata) => {
    const [{ labels, metadata: kept }] = seen[what];
    expect(labels.level).toBe(level);
    expect(kept).toEqual({ ...metadata, env: odd.environment, region: odd.region });
  });

  test("the labels are these and no others", () => {
    for (const { labels } of Object.values(seen).flat()) {
      expect(labels).toMatchObject({ namespace: "shop", container: "server", app: labels.pod });
      expect(Object.keys(labels).filter((name) => name !== "level")).toHaveLength(4);
    }
  });

  test("a stack trace with its cause is one entry", () => {
    expect(lines("trace")).toEqual([stackTrace.join("\n")]);
    expect(lines("traces")).toEqual([stackTrace.join("\n"), ordinary[0], stackTrace.join("\n")]);
  });

  test.each(ordinary)("an ordinary line begins an entry, even after a stack trace: %s", (line) => {
    expect(lines(`after: ${line}`)).toEqual([stackTrace.join("\n"), line]);
  });

  test.each(masks)("an address loses its last part: %s -> %s", (line, expected) =>
    expect(lines(line)).toEqual([expected]),
  );

  test.each(noAddresses)("is no address: %s", (line) => expect(lines(line)).toEqual([line]));

  test("with maskIps: false addresses stay", async () => {
    const all = masks.map(([line]) => line);
    const [entries] = await through([all], { logs: { maskIps: false } });
    expect(entries.map(({ line }) => line)).toEqual(all);
  });

  test("a line above Loki's limit is cut and says so", () => {
    const [{ line, labels, metadata }, next] = seen.long;
    expect(line).toMatch(/^ INFO \[ticket-service,,\] x+ \[cut at 256 KiB\]$/);
    expect(line).toHaveLength(256 * 1024);
    expect(labels.level).toBe("info");
    expect(metadata).toMatchObject({ truncated: "line" });
    expect(next.line).toBe(" INFO [ticket-service,,] the next");
    expect(next.metadata).not.toHaveProperty("truncated");
  });

  test("what Loki would refuse as a label or beside the line is cut as well", () => {
    const [{ labels, metadata }] = seen.longLevel;
    expect(labels).not.toHaveProperty("level");
    expect(metadata.service_name).toBe("s".repeat(1024));
  });
});
