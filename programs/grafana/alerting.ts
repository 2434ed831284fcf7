import { luceneRules } from "../../alerts";
import { alert, type Rule, type RuleGroup } from "../../alerts/alert";
import type { Settings } from "../../config/schema";
import { LUCENE_ALERTS } from "../../config/schema/own-alerts";
import { seconds } from "../../config/units";
import { yaml } from "../../config/yaml";
import { addressesOf, pathOf } from "../addresses";
import { uidOf } from "../backends";
import { counted } from "../elasticsearch/queries";
import type { Files, Stack } from "../program";

/*
 * Grafana's own rule engine: for alerts on lines in Elasticsearch, which evaluates none by itself. It asks and fills in
 * messages; everything it finds goes to Alertmanager, which alone groups, mutes, routes and tells people.
 */

const own = ({ alerting }: Settings) => alerting.extraAlerts.flatMap(({ lucene }) => lucene ?? []);

/** Whether it has rules to evaluate. */
export const evaluates = (settings: Settings): boolean => own(settings).length > 0;

/** How often it asks, and how often it says what is on. Alertmanager forgets what it did not hear of for five minutes. */
const INTERVAL = "30s";

/**
 * Provisioning files. Grafana keeps in its database what a file no longer names, so that each rule has a numbered place
 * and places that are empty are deleted. It also refuses a name that another place had until now: in the second file all
 * have their places' names, in the third their own. It reads one after the other; another Grafana asks meanwhile, by what
 * is in the database, so that the many deletions come before and not in between.
 */
export function alerting(stack: Stack, path: string): Files[] {
  if (stack.settings.logs.backend !== "elasticsearch") return [];
  const rules = luceneRules(stack).map((rule, index) => grafanaRule(stack, rule, index));
  const empty = Array.from({ length: LUCENE_ALERTS - rules.length }, (_, index) => rules.length + index);
  const groups = (those: object[]) =>
    those.length > 0
      ? [{ orgId: 1, name: "own", folder: "Alerts on lines", interval: INTERVAL, rules: those }]
      : [];
  const files = {
    "1-empty.yaml": {
      apiVersion: 1,
      deleteRules: empty.map((index) => ({ orgId: 1, uid: place(index) })),
    },
    "2-places.yaml": {
      apiVersion: 1,
      groups: groups(rules.map((rule) => ({ ...rule, title: rule.uid }))),
    },
    "3-rules.yaml": {
      apiVersion: 1,
      groups: groups(rules),
      contactPoints: [{ orgId: 1, name: "Alertmanager", receivers: [alertmanager(stack)] }],
      policies: [everything],
    },
  };
  return [
    {
      name: "alerting",
      path,
      files: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, yaml(file)])),
    },
  ];
}

const place = (index: number) => `own-${index}`;

function grafanaRule(stack: Stack, rule: Rule, index: number) {
  const { count, within } = own(stack.settings)[index];
  const step = (refId: string, model: object) => ({
    ...{ refId, datasourceUid: "__expr__", relativeTimeRange: { from: 0, to: 0 } },
    model: { refId, ...model },
  });
  return {
    uid: place(index),
    title: rule.alert,
    condition: "C",
    data: [
      {
        ...step("A", counted(rule.expr, within)),
        ...{ datasourceUid: uidOf(stack, "logs"), relativeTimeRange: { from: seconds(within), to: 0 } },
      },
      step("B", { type: "reduce", expression: "A", reducer: "sum" }),
      step("C", {
        ...{ type: "threshold", expression: "B" },
        conditions: [{ evaluator: { type: "gt", params: [count - 1] } }],
      }),
    ],
    for: rule.for ?? "0s",
    // No line is what one hopes for.
    noDataState: "OK",
    // Else each rule would tell that Elasticsearch is away; RulesFailing tells it once. KeepLast, with which alerts would stay
    // on meanwhile, is unknown to Grafana 10.1, which the tests run.
    execErrState: "OK",
    labels: inGrafana(rule.labels),
    annotations: inGrafana(rule.annotations),
  };
}

/**
 * Templates as Grafana reads them. Dollar signs, of which a part is a variable of its environment, would have to be
 * written otherwise in each of its versions: none are left.
 */
const inGrafana = (texts: Record<string, string> = {}) =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      text
        .replaceAll(/\{\{[^}]*\}\}/g, (template) =>
          template.replace("$labels", ".Labels").replace("$value", ".Values.B.Value"),
        )
        .replaceAll("$", '{{ "\\x24" }}'),
    ]),
  );

const alertmanager = (stack: Stack) => ({
  uid: "alertmanager",
  type: "prometheus-alertmanager",
  settings: {
    // Grafana puts a path behind each, that of an API which Alertmanager has no more or, since 10.4, this one: as a query
    // it is read by nobody.
    url: addressesOf(stack, "alertmanager", "http")
      .map((address) => `http://${address}${pathOf(stack, "alertmanager")}/api/v2/alerts?`)
      .join(","),
  },
});

/** All at once and again and again: whatever is to be waited for, Alertmanager waits for. */
const everything = {
  orgId: 1,
  receiver: "Alertmanager",
  group_by: ["grafana_folder"],
  group_wait: "0s",
  group_interval: INTERVAL,
  // Told at every group interval: with two equal intervals it leaves out every second one.
  repeat_interval: "1s",
};

/** Alerts on the engine itself. */
export const grafanaAlerts = (settings: Settings): RuleGroup[] => {
  const { rulesFailing } = settings.alerting.rules;
  if (!evaluates(settings)) return [];
  return [
    {
      name: "grafana",
      rules: [
        alert(settings, "RulesFailing", {
          expr: "sum by (env, region) (increase(grafana_alerting_rule_evaluation_failures_total[5m])) > 0",
          for: rulesFailing.for,
          severity: "critical",
          summary: "Grafana cannot evaluate alerts on lines",
          description: `For ${rulesFailing.for}: alerts on lines are silent, and those that were on have ended.`,
        }),
      ],
    },
  ];
};
