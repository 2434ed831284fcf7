/** The Node services as they are bundled, with Redis and PostgreSQL, as processes on loopback: broken by name and for a time. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import execa from "execa";
import { ticketingDirectory } from "../../local/ticketing-bundle";
import { databasesAreHere, postgresServer, redisServer } from "../support/databases";
import { eventually } from "../support/eventually";
import { freePort } from "../support/free-port";
import { listening } from "../support/receivers";
import { Server } from "../support/servers";

const installed = existsSync(join(ticketingDirectory, "node_modules/pg"));
const here = databasesAreHere && installed ? describe : describe.skip;

here("the workload's Node services", () => {
  const scratch = mkdtempSync(join(tmpdir(), "faults-"));
  const services: Record<string, { server: Server; url: string }> = {};
  let redis: Awaited<ReturnType<typeof redisServer>>;
  let postgres: Awaited<ReturnType<typeof postgresServer>>;
  let seat = 0;

  /** The bank by its cards, as payment-service has it. */
  const payment = createServer((request, response) => {
    void (json(request) as Promise<{ card: string }>).then(({ card }) => {
      response.statusCode = { "0000": 402, "5000": 503 }[card.slice(-4)] ?? 201;
      response.end("{}");
    });
  });
  let spans = "";
  const collector = createServer((request, response) => {
    request.on("data", (part: Buffer) => (spans += part.toString("latin1"))).on("end", () => response.end());
  });

  beforeAll(async () => {
    await execa("npx", ["tsx", "build.ts", scratch], { cwd: ticketingDirectory });
    redis = await redisServer();
    postgres = await postgresServer({ TICKETING_PASSWORD: "of-the-service", EXPORTER_PASSWORD: "other" });
    const ports = { gateway: await freePort(), auth: await freePort(), queue: await freePort() };
    const all = { ...ports, ticket: await freePort() };
    const urls = Object.entries(all).map(([role, port]) => [role, `http://127.0.0.1:${port}`]);
    const env = {
      REDIS_URL: redis.url,
      PGHOST: "127.0.0.1",
      PGPORT: String(postgres.port),
      PGPASSWORD: "of-the-service",
      PAYMENT_URL: `http://${await listening(payment)}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${await listening(collector)}`,
      OTEL_BSP_SCHEDULE_DELAY: "200",
      ...Object.fromEntries(urls.map(([role, url]) => [`${role.toUpperCase()}_URL`, url])),
    };
    for (const [role, url] of urls) {
      const args = ["--max-old-space-size=64", join(scratch, "service.js")];
      const server = new Server(process.execPath, args, { ...env, ROLE: role, PORT: url.split(":")[2] });
      server.start();
      services[role] = { server, url };
    }
    for (const { server, url } of Object.values(services)) await server.ready(`${url}/health`, 30);
  });
  afterAll(async () => {
    for (const { server } of Object.values(services)) await server.end();
    await redis?.stop();
    await postgres?.stop();
    for (const server of [payment, collector]) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(scratch, { recursive: true });
  });

  const ask = async (role: string, path: string, body?: object) => {
    const request = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const answer = await fetch(`${services[role].url}${path}`, request);
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  };
  const user = async (): Promise<string> => (await ask("auth", "/api/users", {})).body.userId;
  /** Has it bought by somebody who is in already; every time another seat. */
  const buy = async () => {
    await redis.tell("SET queue:admitted:user-1a2b3 1");
    const wanted = { userId: "user-1a2b3", seat: `A${(seat++ % 50) + 1}`, card: "4000-1234" };
    return ask("ticket", "/api/tickets", wanted);
  };
  /** Begins a fault as the generator does, and waits until the service knows. */
  const begin = async (name: string, role: string, seconds = 30) => {
    await redis.tell(`SET fault:${name} on EX ${seconds}`);
    await eventually(`${role} is broken`, 5, async () => told(role, `Fault ${name}: `));
  };
  const end = async (name: string, role: string) => {
    await redis.tell(`DEL fault:${name}`);
    await eventually(`${role} is well again`, 5, async () => told(role, `Fault ${name} has ended`));
  };
  const told = (role: string, text: string) => services[role].server.output.includes(text) || undefined;
  const metric = async (role: string, pattern: RegExp) =>
    Number(pattern.exec(await (await fetch(`${services[role].url}/metrics`)).text())?.[1] ?? 0);

  test("start while there is no database: a purchase is refused with 503, nothing else is", async () => {
    expect(await buy()).toMatchObject({
      status: 503,
      body: { error: expect.stringMatching(/^PostgreSQL /) },
    });
    expect((await ask("ticket", "/health")).status).toBe(200);
    expect((await ask("ticket", "/api/tickets/remaining")).body).toEqual({ remaining: 1000 });
  });

  test("sell as soon as it is there, with a span that names the statement and no value", async () => {
    await postgres.start();
    expect((await buy()).status).toBe(201);
    await eventually("spans of Redis and PostgreSQL", 10, async () =>
      ["INSERT INTO tickets", "postgresql", "zadd"].every((part) => spans.includes(part)) ? true : undefined,
    );
    expect(spans).not.toContain("of-the-service");
  });

  test("go on with a database that is another one after a while", async () => {
    await postgres.lose();
    expect((await buy()).status).toBe(503);
    await postgres.start();
    expect((await buy()).status).toBe(201);
  });

  test("latency: every other purchase takes 3 s, until the time is over, though the generator was killed", async () => {
    const args = ["--url", services.gateway.url, "--users", "1", "--fault", "latency", "--for", "12"];
    const traffic = execa(process.execPath, [join(scratch, "traffic.js"), ...args], {
      env: { REDIS_URL: redis.url },
      reject: false,
    });
    await eventually("it is broken", 10, async () => told("ticket", "Fault latency: "));
    traffic.kill("SIGKILL");
    await traffic;
    // Its visitor bought seats from a random one on, which the tests below would find taken.
    await redis.tell("DEL seats:taken");
    const timed = async () => {
      const began = performance.now();
      expect((await buy()).status).toBe(201);
      return performance.now() - began;
    };
    const [first, second] = [await timed(), await timed()];
    expect(Math.max(first, second)).toBeGreaterThan(3000);
    expect(Math.min(first, second)).toBeLessThan(2000);
    await eventually("it ends by itself", 15, async () => told("ticket", "Fault latency has ended"));
    expect(Math.max(await timed(), await timed())).toBeLessThan(2000);
  });

  test("errors: logins are answered with 500", async () => {
    const login = async () => (await ask("auth", "/api/auth/login", { userId: "nobody", key: "x" })).status;
    expect(await login()).toBe(401);
    await begin("errors", "auth");
    expect(await login()).toBe(500);
    await end("errors", "auth");
    expect(await login()).toBe(401);
  });

  test("payment-failures: the bank declines every other card; breaker: it does not answer", async () => {
    await begin("payment-failures", "ticket");
    expect([await buy(), await buy()].map(({ status }) => status).sort()).toEqual([201, 402]);
    await end("payment-failures", "ticket");
    await begin("breaker", "ticket");
    expect((await buy()).status).toBe(503);
    await end("breaker", "ticket");
    expect((await buy()).status).toBe(201);
  });

  test("seat-conflicts: everybody gets the same seat, and it counts as a conflict", async () => {
    await begin("seat-conflicts", "ticket");
    const conflicts = () => metric("ticket", /^seat_lock_conflicts_total (\d+)/m);
    const before = await conflicts();
    await buy();
    expect((await buy()).status).toBe(409);
    expect(await conflicts()).toBeGreaterThan(before);
    await end("seat-conflicts", "ticket");
    expect((await buy()).status).toBe(201);
  });

  test("queue-wait: nobody comes in while it is on and 40 s are not over", async () => {
    const waited = (le: number) =>
      metric("queue", new RegExp(`^queue_wait_seconds_bucket{le="${le}"} (\\d+)`, "m"));
    const before = { short: await waited(30), all: await waited(60) };
    await begin("queue-wait", "queue");
    const userId = await user();
    await ask("queue", "/api/queue/join", { userId });
    const admitted = async () => (await ask("queue", `/api/queue/status?userId=${userId}`)).body.admitted;
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await admitted()).toBe(false);
    // Of somebody who has waited long enough it measures how long.
    await redis.tell(`ZADD queue:waiting ${Date.now() - 41_000} ${userId}`);
    await eventually("let in", 5, async () => ((await admitted()) ? true : undefined));
    expect({ short: await waited(30), all: await waited(60) }).toEqual({ ...before, all: before.all + 1 });
    await end("queue-wait", "queue");
  });

  test("memory: nearly as much as the limit, and less again afterwards", async () => {
    const resident = () => metric("auth", /^process_resident_memory_bytes (\d+)/m);
    const before = await resident();
    await begin("memory", "auth");
    await eventually("it holds memory", 10, async () =>
      (await resident()) > before + 20 * 2 ** 20 ? true : undefined,
    );
    await end("memory", "auth");
    expect((await ask("auth", "/health")).status).toBe(200);
  });

  test("crash-loop: ends with an exception, and again 10 s after the next start", async () => {
    const { server } = services.gateway;
    await redis.tell("SET fault:crash-loop on EX 60");
    await eventually("it has crashed", 20, async () => (server.running ? undefined : true));
    expect(server.output).toContain("The fault crash-loop is on");
    await server.end();
    server.start();
    const began = Date.now();
    await server.ready(`${services.gateway.url}/health`, 10);
    await eventually("it has crashed again", 30, async () => (server.running ? undefined : true));
    expect(Date.now() - began).toBeGreaterThan(9000);
  });
});
