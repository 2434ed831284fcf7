import { join } from "node:path";
import { refuseExamples } from "../../local/examples-left";
import { repoDir } from "../../local/paths";
import { ownSettings, stackConfig } from "../../local/stack-config";

const prod = () => ownSettings(stackConfig(join(repoDir, "Pulumi.prod.yaml")));

test("up of Pulumi.prod.yaml as it is names each value that stands for one of the user's", () => {
  expect(() => refuseExamples("prod", prod())).toThrow(
    [
      "The stack prod still has values that are examples:",
      "  observability:grafana.database.host: grafana.wealist.example.org",
      "  observability:grafana.database.password",
      "  observability:edge.url: https://monitoring.wealist.example.org",
      "  observability:edge.ingress.certificateArn: arn:aws:acm:ap-northeast-2:123456789012:certificate/00000000-0000-0000-0000-000000000000",
      "Set those of yours, or remove the keys. Nothing was changed.",
    ].join("\n"),
  );
});

test("with values of the user's it is taken", () => {
  const grafana = { replicas: 2, database: { host: "db.example-shop.org", password: "of the user" } };
  const edge = { url: "https://ops.best-example.com" };
  const alerting = {
    receivers: [{ name: "team", slack: { url: "https://hooks.shop.kr/a", channel: "#example.com" } }],
    extraAlerts: [{ name: "Late", metrics: "late > 1", summary: "Late: example.com tells how" }],
  };
  expect(() => refuseExamples("prod", { ...prod(), grafana, edge, alerting })).not.toThrow();
});

test.each(["https://a.example.com:8443/b", "team@example.net", "example.org", "https://example.org/a"])(
  "%s belongs to nobody",
  (url) => {
    expect(() => refuseExamples("prod", { edge: { url } })).toThrow(`edge.url: ${url}\n`);
  },
);

test("so does the workspace of examples/Pulumi.wealist-prod.yaml", () => {
  const given = ownSettings(stackConfig(join(repoDir, "examples/Pulumi.wealist-prod.yaml")));
  expect(() => refuseExamples("wealist-prod", given)).toThrow("workspaces/ws-00000000");
});

test("a secret that holds such a name is not shown", () => {
  const alerting = { receivers: [{ name: "team", webhook: { url: "https://hooks.example.org/sentinel" } }] };
  expect(() => refuseExamples("prod", { alerting })).toThrow(
    /observability:alerting\.receivers\[0\]\.webhook\.url\n/,
  );
});
