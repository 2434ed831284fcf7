import { createServer, type Server as HttpServer } from "node:http";
import { ruleGroups } from "../alerts";
import { startPage } from "../programs/edge/page";
import { type Edge, edgeServer } from "./support/edge";
import { describeWith } from "./support/programs";
import { listening } from "./support/receivers";
import { stackWith } from "./support/servers";

/* A real Caddy with the stack's configuration, before stand-ins for the programs behind it. */
const PROGRAMS = ["grafana", "prometheus", "alertmanager"];

describeWith(["caddy", "caddy"])("the edge proxy", () => {
  const behind: HttpServer[] = [];
  const upstreams: Record<string, string> = {};
  let edge: Edge;

  beforeAll(async () => {
    for (const name of PROGRAMS) {
      // Answers with its name and the path that it was asked for.
      const server = createServer((request, response) => response.end(`${name} ${request.url}`));
      behind.push(server);
      upstreams[name] = await listening(server);
    }
    edge = await edgeServer(stackWith(), upstreams);
  });

  afterAll(async () => {
    await edge.end();
    behind.forEach((server) => server.close());
  });

  const ask = (path: string, { url } = edge) => fetch(`${url}${path}`, { redirect: "manual" });

  test.each([
    ["/api/monitoring/grafana", "grafana"],
    ["/api/monitoring/grafana/d/services?from=now-1h", "grafana"],
    ["/api/monitoring/prometheus/api/v1/query?query=up", "prometheus"],
    ["/api/monitoring/alertmanager/api/v2/alerts", "alertmanager"],
  ])("%s is answered by %s under the same path", async (path, name) => {
    const answer = await ask(path);
    expect([answer.status, await answer.text()]).toEqual([200, `${name} ${path}`]);
  });

  test("the root is the start page, as HTML, and asked for again each time", async () => {
    const answer = await ask("/");
    expect([answer.status, await answer.text()]).toEqual([200, startPage(stackWith())]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "content-security-policy": expect.stringMatching(/^default-src 'none'; style-src 'sha256-[^']+'; /),
      "x-content-type-options": "nosniff",
    });
  });

  test.each([
    "/api/monitoring/grafanas",
    "/loki/api/v1/query",
    "/index.html",
    "/caddy.json",
    "/../etc/edge/caddy.json",
  ])("%s is not found, and the answer leads back", async (path) => {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
    expect(await answer.text()).toMatch(/Nothing is here[^]*<a href="\/">/);
  });

  test("the runbook has each heading that alerts lead to", async () => {
    const answer = await ask("/runbook");
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const page = await answer.text();
    for (const { rules } of ruleGroups(stackWith()))
      for (const { alert, annotations } of rules)
        if (alert) expect(page).toContain(`<h2 id="${annotations!.runbook_url.split("#")[1]}">${alert}</h2>`);
  });

  test("outside of kind nothing without a login is reached", async () => {
    const outside = await edgeServer(
      stackWith({ platform: "eks", alerting: { unattended: true }, edge: { enabled: true } }),
      upstreams,
    );
    try {
      const statuses = PROGRAMS.map(async (name) => (await ask(`/api/monitoring/${name}/`, outside)).status);
      expect(await Promise.all(statuses)).toEqual([200, 404, 404]);
    } finally {
      await outside.end();
    }
  });
});
