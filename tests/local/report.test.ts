import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settingsOf } from "../../config/settings";
import { type Cluster, defaultHostPorts } from "../../local/cluster";
import { repoDir } from "../../local/paths";
import { imagesTable, reachable } from "../../local/report";
import { stackOf } from "../../programs";
import { urlOf } from "../../programs/addresses";

test("up says which images were built here, their true versions and what they lack", () => {
  const table = imagesTable([
    { ref: "grafana:12.2.0", version: "10.1.0-pre", lacks: "its web pages", built: true },
    { ref: "tempo:2.8.0", version: "2.8.0-pre", built: true },
    { ref: "loki:3.7.8", version: "3.7.8", built: false },
  ]);
  expect(table).toMatch(/grafana:12\.2\.0 +10\.1\.0-pre, without its web pages: its API alone answers$/m);
  expect(table).toMatch(/tempo:2\.8\.0 +2\.8\.0-pre$/m);
  expect(table).not.toContain("loki");
});

test("and nothing where all were pulled", () => {
  expect(imagesTable([{ ref: "loki:3.7.8", version: "3.7.8", built: false }])).toBe("");
});

test("addresses are those of the cluster at hand", () => {
  const stack = stackOf(settingsOf({ edge: { url: "http://localhost:9080" } }, "kind"), "kind");
  const cluster = { kind: "kind", hostPorts: [{ host: 31006, node: 30006 }] } as Cluster;
  const text = reachable(stack, cluster, { grafanaUser: "admin" }, { env: {} });
  expect(text).toMatch(/^ +Grafana +http:\/\/localhost:9080\/api\/monitoring\/grafana\/$/m);
  expect(text).toMatch(/^ +Start page +http:\/\/localhost:9080\/$/m);
  expect(text).toMatch(/^ +Alertmanager +http:\/\/localhost:9080\/api\/monitoring\/alertmanager\/$/m);
  expect(text).toMatch(/^ +Grafana, directly +http:\/\/localhost:31006$/m);
  // Only Zipkin's own page, where it keeps the traces.
  const zipkin = stackOf(settingsOf({ tracing: { backend: "zipkin" } }, "kind"), "kind");
  const both = [...cluster.hostPorts, { host: 31411, node: 30411 }];
  expect(reachable(zipkin, { ...cluster, hostPorts: both }, {}, { env: {} })).toMatch(
    /^ +Zipkin, directly +http:\/\/localhost:31411$/m,
  );
  expect(reachable(stack, { ...cluster, hostPorts: both }, {}, { env: {} })).not.toContain("Zipkin");
  // This cluster leads no port to it.
  expect(text).not.toContain("Prometheus, directly");
  // Nobody is asked for it.
  expect(text).not.toContain("edgePassword");
});

test("what the shell has to have for plain pulumi, and what it must not have", () => {
  const stack = stackOf(settingsOf({}, "kind"), "kind");
  const cluster = { kind: "kind", hostPorts: [] as Cluster["hostPorts"] } as Cluster;
  const env = { PATH: `/bin/of/ours:${process.env.PATH}`, PULUMI_BACKEND_URL: undefined };
  expect(reachable(stack, cluster, {}, { env })).toMatch(
    /in this shell:\n {2}export PATH="\/bin\/of\/ours:\$PATH"\n {2}unset PULUMI_BACKEND_URL$/,
  );
});

test("the README shows what up prints on a laptop", () => {
  const stack = stackOf(settingsOf({}, "kind"), "kind");
  const cluster = { kind: "kind", hostPorts: defaultHostPorts() } as Cluster;
  const outputs = { grafanaUser: "admin", otlpEndpoint: urlOf(stack, "collector", "otlp-http") };
  const said = reachable(stack, cluster, outputs, { env: {} });
  expect(readFileSync(join(repoDir, "README.md"), "utf8")).toContain(said);
});

test("the login of Kibana, where there is one", () => {
  const cluster = { kind: "kind", name: "c", hostPorts: [] as Cluster["hostPorts"] } as Cluster;
  const said = (elasticsearch: object) => {
    const settings = settingsOf({ logs: { backend: "elasticsearch", elasticsearch } }, "kind");
    return reachable(stackOf(settings, "kind"), cluster, {}, { env: {} });
  };
  expect(said({})).not.toMatch(/kibana/i);
  expect(said({ kibana: { enabled: true } })).toMatch(
    /^ +Password of Kibana +pulumi stack output kibanaPassword --show-secrets \(user admin\)$/m,
  );
});

test("for a cluster of the user's: how to get to Grafana there, and no localhost that may lead elsewhere", () => {
  const settings = settingsOf(
    {
      platform: "eks",
      alerting: { unattended: true },
      edge: { enabled: true, url: "https://g.example.org" },
    },
    "prod",
  );
  const cluster = { kind: "context", name: "work", hostPorts: [] as Cluster["hostPorts"] } as Cluster;
  const text = reachable(stackOf(settings, "prod"), cluster, {}, { env: {} });
  expect(text).toContain(
    "kubectl --context work -n observability port-forward svc/grafana 3000, then http://localhost:3000/api/monitoring/grafana/",
  );
  expect(text).not.toContain("NodePort");
  expect(text).toMatch(/^ +Password +pulumi stack output grafanaPassword --show-secrets$/m);
  expect(text).toMatch(/^ +Password of the edge +pulumi stack output edgePassword --show-secrets$/m);
  const own = reachable(stackOf(settingsOf({}, "kind"), "kind"), cluster, {}, { env: {} });
  expect(own).toMatch(/Grafana, NodePort +30006; localhost leads there only where the cluster maps it/);
  expect(own).not.toContain("http://localhost:30006");
});
