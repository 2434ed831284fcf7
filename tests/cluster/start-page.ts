import type { Browser } from "puppeteer-core";
import { fetchBrowser, opened, picture, startBrowser } from "../support/browser";
import type { Context } from "./start";
import { EDGE } from "./support/names";

/** What people see first, in a real browser, at the address that `up` prints. */
export function startPage(context: Context): void {
  describe("the start page, in Chromium", () => {
    let browser: Browser;

    beforeAll(async () => {
      await fetchBrowser(console.log);
      browser = await startBrowser();
    });

    afterAll(() => browser?.close());

    test("it shows without an error, and every link on it leads to something", async () => {
      const seen = await opened(browser, `${EDGE}/`);
      await picture(seen, "start page of the cluster");
      expect(seen.wrong).toEqual([]);
      const links = await seen.page.$$eval("a", (all) => all.map(({ href }) => href));
      expect(links).toContain(`${EDGE}/api/monitoring/alertmanager/`);
      const grafana = `${EDGE}/api/monitoring/grafana`;
      for (const link of links) {
        // Grafana's pages ask for a login: its API says whether the dashboard is there.
        const dashboard = new RegExp(`^${grafana}/d/([\\w-]+)$`).exec(link)?.[1];
        const { status } = dashboard
          ? await context.grafana.fetch(`/api/dashboards/uid/${dashboard}`)
          : await fetch(link);
        // A Prometheus or Grafana that was built here has no page there and says so, but not "not found".
        expect([link, status]).not.toEqual([link, 404]);
      }
      await seen.page.close();
    });

    test("a click leads to Alertmanager, which shows the watchdog", async () => {
      const seen = await opened(browser, `${EDGE}/`);
      const { page, wrong } = seen;
      await page.click('a[href="/api/monitoring/alertmanager/"]');
      await page.waitForSelector("::-p-text(Watchdog)", { timeout: 60_000 });
      await picture(seen, "Alertmanager of the cluster");
      expect(page.url()).toMatch(`${EDGE}/api/monitoring/alertmanager/#/alerts`);
      expect(wrong).toEqual([]);
      await page.close();
    });
  });
}
