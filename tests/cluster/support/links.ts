/** What a message leads to, opened as its reader does. */
import { userUrl } from "../../../programs/addresses";
import { type Signal, uidOf } from "../../../programs/backends";
import type { Stack } from "../../../programs/program";
import { eventually } from "../../support/eventually";
import type { Grafana } from "./grafana";
import { type Asked, askAsBrowser } from "./panels";
import type { Alert } from "./workload";

export interface Reader {
  grafana: Grafana;
  stack: Stack;
  /** Of the edge's login, where it asks. */
  authorization?: string;
}

/** The query behind the alert, the dashboard with its variables filled in, the heading of the runbook. */
export async function expectPages(reader: Reader, { labels, annotations, generatorURL }: Alert) {
  const { grafana, stack, authorization = "" } = reader;
  const open = (url: string) => fetch(url, { headers: { authorization } });
  expect((await open(generatorURL)).url).toContain(`${userUrl(stack, "prometheus")}/query?`);
  const dashboard = new URL(annotations.dashboard_url);
  const uid = dashboard.pathname.split("/").at(-1)!;
  await grafana.json(`/api/dashboards/uid/${uid}`);
  for (const [name, value] of dashboard.searchParams) expect(value).toBe(labels[name.replace("var-", "")]);
  const [page, heading] = annotations.runbook_url.split("#");
  expect(await (await open(page)).text()).toContain(`<h2 id="${heading}">`);
}

/** A link into Explore asks who keeps that signal, and finds something there. */
export async function expectFound({ grafana, stack }: Reader, signal: Signal, link: string) {
  const { datasource, queries } = JSON.parse(new URL(link).searchParams.get("left")!) as Explored;
  expect(datasource).toBe(uidOf(stack, signal));
  const asked = { ...queries[0], datasource: { uid: datasource } };
  await eventually(`${signal} for ${JSON.stringify(asked)}`, 120, async () => {
    const { rows, error } = await askAsBrowser(grafana, asked);
    if (error) throw new Error(error);
    return rows > 0 || undefined;
  });
}

interface Explored {
  datasource: string;
  queries: Omit<Asked, "datasource">[];
}
