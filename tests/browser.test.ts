/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import { yaml } from "../config/yaml";
import { pathOf } from "../programs/addresses";
import { alertmanagerArgs, alertmanagerConfig } from "../programs/alertmanager";
import { hasBrowser, opened, picture, startBrowser } from "./support/browser";
import { type Edge, EDGE_PASSWORD, edgeServer } from "./support/edge";
import { freePort } from "./support/free-port";
import { binary } from "./support/programs";
import { listening } from "./support/receivers";
import { Server, stackWith } from "./support/servers";

/* Chromium opens what people open: through a real Caddy, with a real Alertmanager behind it, as the stack sets them up. */
jest.setTimeout(120_000);

const all = binary("caddy", "caddy") && binary("alertmanager", "alertmanager") && hasBrowser();

(all ? describe : describe.skip)("in a real browser", () => {
  const directory = mkdtempSync(join(tmpdir(), "browser-"));
  const stack = stackWith({ environment: "staging", region: "seoul" });
  let address: string;
  let alertmanager: Server;
  let edge: Edge;
  let browser: Browser;

  beforeAll(async () => {
    address = `127.0.0.1:${await freePort()}`;
    const file = join(directory, "alertmanager.yml");
    writeFileSync(file, yaml(alertmanagerConfig(stack)));
    const args = alertmanagerArgs(stack).filter((arg) => !/^--(config|storage)/.test(arg));
    alertmanager = new Server(binary("alertmanager", "alertmanager")!, [
      ...args,
      `--config.file=${file}`,
      `--storage.path=${directory}`,
      `--web.listen-address=${address}`,
    ]);
    alertmanager.start();
    const api = `http://${address}${pathOf(stack, "alertmanager")}`;
    await alertmanager.ready(`${api}/-/ready`);
    await fetch(`${api}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([
        { labels: { alertname: "ServiceDown", service: "queue" }, generatorURL: "http://localhost:8080/x" },
      ]),
    });
    edge = await edgeServer(stack, { alertmanager: address });
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await edge?.end();
    await alertmanager?.end();
    rmSync(directory, { recursive: true });
  });

  test.each([
    ["a desk, light", 1280, "light"],
    ["a desk, dark", 1280, "dark"],
    ["a phone", 360, "light"],
  ])(
    "the start page on %s: whole, in its style, with nothing from elsewhere",
    async (name, width, scheme) => {
      const seen = await opened(browser, `${edge.url}/`);
      const { page, wrong, asked } = seen;
      await page.setViewport({ width, height: 800 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const shown = await page.evaluate(() => ({
        heading: document.querySelector("h1")!.textContent,
        links: [...document.links].map(({ pathname }) => pathname),
        // Of the style sheet that the policy lets through.
        margin: getComputedStyle(document.querySelector("h1")!).marginBottom,
        tooWide: document.documentElement.scrollWidth - window.innerWidth,
        ink: getComputedStyle(document.body).color,
      }));
      await picture(seen, `start page on ${name}`);
      expect(shown).toMatchObject({ heading: "Observability: test", margin: "0px" });
      expect(shown.tooWide).toBeLessThanOrEqual(0);
      expect(shown.links).toContain("/api/monitoring/alertmanager/");
      expect(shown.ink).toBe(scheme === "dark" ? "rgb(255, 255, 255)" : "rgb(0, 0, 0)");
      expect({ wrong, asked: asked.filter((url) => !url.startsWith("data:")) }).toEqual({
        wrong: [],
        asked: [`${edge.url}/`],
      });
      await page.close();
    },
  );

  test("a click on it opens Alertmanager, which shows an alert, all from its own path", async () => {
    const seen = await opened(browser, `${edge.url}/`);
    const { page, wrong, asked } = seen;
    await page.click('a[href="/api/monitoring/alertmanager/"]');
    await page.waitForFunction(() => document.body.textContent?.includes("ServiceDown"), { timeout: 30_000 });
    await page.waitForNetworkIdle();
    await picture(seen, "Alertmanager");
    expect(wrong).toEqual([]);
    const below = `${edge.url}/api/monitoring/alertmanager/`;
    expect(page.url()).toBe(`${below}#/alerts`);
    expect(
      asked.filter((url) => !url.startsWith(below) && url !== `${edge.url}/` && !url.startsWith("data:")),
    ).toEqual([]);
    await page.close();
  });

  test("without the slash at its end Alertmanager's address leads there too", async () => {
    const { page, wrong } = await opened(browser, `${edge.url}/api/monitoring/alertmanager`);
    expect(wrong).toEqual([]);
    expect(page.url()).toBe(`${edge.url}/api/monitoring/alertmanager/#/alerts`);
    await page.close();
  });

  test("the way back from an address that is not there", async () => {
    const { page, wrong } = await opened(browser, `${edge.url}/nowhere`);
    expect(wrong).toHaveLength(2); // its own 404, in the console and on the wire
    await Promise.all([page.waitForNavigation(), page.click("a")]);
    expect(await page.title()).toBe("test: observability");
    await page.close();
  });

  test("the edge's login opens Alertmanager, and Grafana is never sent it", async () => {
    const logins: (string | undefined)[] = [];
    const grafana = createServer(({ headers }, response) => {
      logins.push(headers.authorization);
      response
        .setHeader("content-type", "text/html")
        .end("<title>Grafana</title><link rel=icon href=data:,>");
    });
    const behind = { alertmanager: address, grafana: await listening(grafana) };
    const asking = await edgeServer(stackWith({ edge: { anonymous: false } }), behind);
    const page = await browser.newPage();
    try {
      await page.authenticate({ username: "admin", password: EDGE_PASSWORD });
      await page.goto(`${asking.url}/api/monitoring/alertmanager`);
      await page.waitForFunction(() => document.body.textContent?.includes("ServiceDown"), {
        timeout: 30_000,
      });
      // From here on the browser sends what it has learnt, and nothing else.
      await page.authenticate(null);
      await page.goto(`${asking.url}/api/monitoring/alertmanager/api/v2/status`);
      expect(await page.evaluate(() => document.body.textContent)).toContain("versionInfo");
      await page.goto(`${asking.url}/api/monitoring/grafana/`);
      expect(await page.title()).toBe("Grafana");
      expect(logins).toEqual([undefined]);
    } finally {
      await page.close();
      await asking.end();
      grafana.close();
    }
  });
});
