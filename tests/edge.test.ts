import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ruleGroups } from "../alerts";
import { edge as program } from "../programs/edge";
import { startPage } from "../programs/edge/page";
import { type Edge, EDGE_PASSWORD, edgeServer } from "./support/edge";
import { binary, describeWith, output } from "./support/programs";
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
      // Answers with its name, the path that it was asked for, and the login that it was sent.
      const server = createServer(({ url, headers: { authorization } }, response) =>
        response.end(`${name} ${url} ${authorization ? `with ${authorization}` : "without a login"}`),
      );
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
    expect([answer.status, await answer.text()]).toEqual([200, `${name} ${path} without a login`]);
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

  describe("with a login of its own", () => {
    const stack = stackWith({ edge: { anonymous: false } });
    let asking: Edge;
    beforeAll(async () => {
      asking = await edgeServer(stack, upstreams);
    });
    afterAll(() => asking.end());

    const basic = (user: string, password: string) =>
      `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const answered = async (path: string, authorization?: string) => {
      const headers: Record<string, string> = authorization ? { authorization } : {};
      const answer = await fetch(`${asking.url}${path}`, { redirect: "manual", headers });
      return { status: answer.status, text: await answer.text(), headers: answer.headers };
    };

    test.each(["prometheus", "alertmanager"])("%s is served with its password alone", async (name) => {
      const path = `/api/monitoring/${name}/api?x=y`;
      const open = await answered(path);
      expect([open.status, open.headers.get("www-authenticate")]).toEqual([
        401,
        expect.stringMatching(/^Basic realm=/),
      ]);
      expect(open.text).not.toContain(name);
      for (const wrong of [
        basic("admin", "wrong"),
        basic("admin", ""),
        basic("somebody", EDGE_PASSWORD),
        `Bearer ${EDGE_PASSWORD}`,
        "Basic",
      ])
        expect([wrong, (await answered(path, wrong)).status]).toEqual([wrong, 401]);
      expect(await answered(path, basic("admin", EDGE_PASSWORD))).toMatchObject({
        status: 200,
        // The password stays here.
        text: `${name} ${path} without a login`,
      });
    });

    test.each([
      "/api/monitoring/PROMETHEUS/api/v1/query",
      "/api/monitoring/prometheus//api/v1/query",
      "/api/monitoring//prometheus/api/v1/query",
      "/api/monitoring/%70rometheus/api/v1/query",
      "/api/monitoring/grafana/..%2fprometheus/api/v1/query",
      "/api/monitoring/prometheus/../prometheus/api",
    ])("nor does %s lead around it", async (path) => {
      expect((await answered(path)).text).not.toMatch(/^prometheus/);
    });

    test("Grafana is not challenged, and gets the login that it is sent", async () => {
      const path = "/api/monitoring/grafana/api/user";
      expect(await answered(path)).toMatchObject({ status: 200, text: `grafana ${path} without a login` });
      const own = basic("admin", "of Grafana");
      expect((await answered(path, own)).text).toBe(`grafana ${path} with ${own}`);
    });

    test("no challenge is made beside Grafana's pages, or a browser would send its answer there", async () => {
      const { status, headers } = await answered("/api/monitoring/prometheus");
      expect([status, headers.get("location")]).toEqual([308, "/api/monitoring/prometheus/"]);
    });

    test("the start page and the probe ask nobody", async () => {
      expect(await answered("/")).toMatchObject({ status: 200, text: startPage(stack) });
      expect((await answered("/healthz")).status).toBe(200);
    });

    test("forty requests of a page take less than forty hashes: the first answer is remembered", async () => {
      const path = "/api/monitoring/prometheus/api";
      const time = async (password: string) => {
        const start = performance.now();
        await answered(path, basic("admin", password));
        return performance.now() - start;
      };
      const slow = await time("never sent before");
      await time(EDGE_PASSWORD);
      let all = 0;
      for (let count = 0; count < 40; count++) all += await time(EDGE_PASSWORD);
      expect(all).toBeLessThan(20 * slow);
    });
  });

  test("without its password it does not start, rather than let everybody in", async () => {
    const directory = mkdtempSync(join(tmpdir(), "edge-"));
    const config = join(directory, "caddy.json");
    const { files } = program.files!(stackWith({ edge: { anonymous: false } }))[0];
    writeFileSync(config, files["caddy.json"]);
    const validated = output(binary("caddy", "caddy")!, ["validate", "--config", config]);
    await expect(validated).rejects.toThrow(/username and password are required/);
    rmSync(directory, { recursive: true });
  });

  test("outside of kind the login is on unless the settings say otherwise", async () => {
    const eks = { platform: "eks", alerting: { unattended: true }, edge: { enabled: true } };
    const statuses = async (given: Record<string, unknown>) => {
      const outside = await edgeServer(stackWith(given), upstreams);
      try {
        const all = PROGRAMS.map(async (name) => (await ask(`/api/monitoring/${name}/`, outside)).status);
        return await Promise.all(all);
      } finally {
        await outside.end();
      }
    };
    expect(await statuses(eks)).toEqual([200, 401, 401]);
    expect(await statuses({ ...eks, edge: { enabled: true, anonymous: true } })).toEqual([200, 200, 200]);
  });

  test("Zipkin is answered under the path that it has by itself, after the login where there is one", async () => {
    expect((await ask("/zipkin/")).status).toBe(404);
    const answers = async (given: object, path: string, authorization?: string) => {
      const zipkin = await edgeServer(stackWith({ tracing: { backend: "zipkin" }, edge: given }), {
        zipkin: upstreams.grafana,
      });
      try {
        const headers: Record<string, string> = authorization ? { authorization } : {};
        const answer = await fetch(zipkin.url + path, { headers });
        return [answer.status, await answer.text()];
      } finally {
        await zipkin.end();
      }
    };
    const api = "/zipkin/api/v2/services";
    const served = [200, `grafana ${api} without a login`];
    expect(await answers({}, api)).toEqual(served);
    // What takes spans is not below it.
    expect((await answers({}, "/api/v2/spans"))[0]).toBe(404);
    expect((await answers({ anonymous: false }, api))[0]).toBe(401);
    const login = `Basic ${Buffer.from(`admin:${EDGE_PASSWORD}`).toString("base64")}`;
    expect(await answers({ anonymous: false }, api, login)).toEqual(served);
  });
});
