/** A real Jaeger behind a real Caddy that asks for the edge's login. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Edge, EDGE_PASSWORD, edgeServer } from "./support/edge";
import { describeWith } from "./support/programs";
import { type Jaeger, jaegerServer, stackWith } from "./support/servers";

jest.setTimeout(60_000);

describeWith(["caddy", "caddy"], ["jaeger", "jaeger"])("Jaeger behind the login", () => {
  const directory = mkdtempSync(join(tmpdir(), "edge-jaeger-"));
  const PATH = "/api/monitoring/jaeger";
  const SCRIPT = "console.log('of the page')";
  let jaeger: Jaeger;
  let edge: Edge;
  beforeAll(async () => {
    // In place of its own pages, which no Go module holds; Jaeger serves them, below its path, as it does its own.
    const pages = join(directory, "pages");
    mkdirSync(join(pages, "static"), { recursive: true });
    const base = '<base href="/" data-inject-target="BASE_URL"/>';
    writeFileSync(join(pages, "index.html"), `<head>${base}<script src="./static/main.js"></script></head>`);
    writeFileSync(join(pages, "static/main.js"), SCRIPT);
    const stack = stackWith({
      tracing: { backend: "jaeger" },
      edge: { anonymous: false },
      overrides: { jaeger: { extensions: { jaeger_query: { ui: { assets_path: pages } } } } },
    });
    jaeger = await jaegerServer(directory, stack);
    jaeger.server.start();
    await jaeger.server.ready(jaeger.health);
    edge = await edgeServer(stack, { jaeger: new URL(jaeger.url).host });
  });
  afterAll(async () => {
    await edge?.end();
    await jaeger?.server.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const ask = async (url: URL | string, password?: string) => {
    const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
    const answer = await fetch(url, password ? { headers: { authorization } } : {});
    return [answer.status, await answer.text()] as const;
  };

  test("its page, what that page loads and its answers come after the login alone", async () => {
    const [status, page] = await ask(`${edge.url}${PATH}/`, EDGE_PASSWORD);
    expect(status).toBe(200);
    // As a browser finds the script.
    const [base, script] = ["href", "src"].map((name) => new RegExp(` ${name}="([^"]+)"`).exec(page)![1]);
    const loaded = new URL(script, new URL(base, edge.url));
    expect(loaded.pathname).toBe(`${PATH}/static/main.js`);
    expect(await ask(loaded, EDGE_PASSWORD)).toEqual([200, SCRIPT]);
    const services = `${edge.url}${PATH}/api/services`;
    const [answered, text] = await ask(services, EDGE_PASSWORD);
    expect([answered, JSON.parse(text)]).toMatchObject([200, { data: [], errors: null }]);
    for (const url of [
      `${edge.url}${PATH}/`,
      `${edge.url}${PATH}`,
      `${edge.url}${PATH}/search`,
      loaded,
      services,
    ])
      for (const password of [undefined, "wrong"])
        expect([String(url), await ask(url, password)]).toEqual([String(url), [401, ""]]);
  });
});
