import { dashboardFiles } from "../dashboards";
import { seconds } from "../config/units";
import { judge } from "./measure";
import { reach, settings, stack } from "./reach";
import { bench } from "./stack";

/*
 * npm run bench:dashboards, on a running stack with an hour of the sample workload's traffic: how long Prometheus works
 * until a dashboard that was just opened is full, and for one round of all rules.
 */
const HOUR = 3600;
const CHOSEN: Record<string, string> = { namespace: "ticketing", service: "ticket-service", __range: "1h" };

interface Model {
  title: string;
  panels: { targets?: Target[] }[];
  templating: { list: { name: string; allValue?: string }[] };
}
interface Target {
  datasource: { uid: string };
  expr: string;
  instant?: boolean;
}

async function main(): Promise<void> {
  const { cluster } = await bench();
  await reach(cluster, "prometheus", "http", async (url) => {
    const ask = async (path: string, parameters: Record<string, string>): Promise<Result> => {
      const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
      if (!answer.ok) throw new Error(`Prometheus answers ${answer.status}: ${await answer.text()}`);
      return ((await answer.json()) as { data: Result }).data;
    };
    const value = async (query: string) => Number((await ask("query", { query })).result[0]?.value[1] ?? 0);

    const now = Date.now() / 1000;
    const oldest = await value("prometheus_tsdb_lowest_timestamp_seconds");
    const series = await value("prometheus_tsdb_head_series");
    console.log(`${Math.round((now - oldest) / 60)} minutes of data, ${series} series`);

    for (const files of Object.values(dashboardFiles(stack)))
      for (const text of Object.values(files)) {
        const { title, panels, templating } = JSON.parse(text) as Model;
        // As it opens: where all can be chosen, all are.
        const all = templating.list.flatMap(({ name, allValue }) => (allValue ? [[name, allValue]] : []));
        const values: Record<string, string> = { ...CHOSEN, ...Object.fromEntries(all) };
        const targets = panels
          .flatMap(({ targets = [] }) => targets)
          .filter(({ datasource }) => datasource.uid === "prometheus");
        let spent = 0;
        for (const { expr, instant } of targets) {
          const query = expr.replace(/\$(\w+)/g, (given, name: string) => values[name] ?? given);
          const range = {
            start: String(now - HOUR),
            end: String(now),
            step: settings.metrics.scrapeInterval,
          };
          const { stats } = await (instant
            ? ask("query", { query, time: String(now), stats: "all" })
            : ask("query_range", { query, ...range, stats: "all" }));
          spent += stats.timings.execTotalTime;
        }
        judge(`${title}, ${targets.length} queries`, spent, 1, "s");
      }

    const round = await value("sum(prometheus_rule_group_last_duration_seconds)");
    const rules = await value("sum(prometheus_rule_group_rules)");
    const per = seconds(settings.metrics.evaluationInterval);
    judge(`one round of ${rules} rules, every ${per} s`, 1000 * round, 50, "ms");
  });
}

interface Result {
  result: { value: [number, string] }[];
  stats: { timings: { execTotalTime: number } };
}

void main();
