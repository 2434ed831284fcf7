/**
 * Each stack file of examples/ that a laptop can have, from nothing: one chosen request found by its line, its trace and its
 * metrics, every panel and address, an alert and what its message leads to, another backend and back.
 * `npm run test:stacks -- -t tiketi` runs one of them; none is part of CI.
 */
import { join } from "node:path";
import { settingsOf } from "../../config/settings";
import { findCluster } from "../../local/cluster";
import { repoDir } from "../../local/paths";
import { ownSettings, stackConfig } from "../../local/stack-config";
import { stackOf } from "../../programs";
import type { Stack } from "../../programs/program";
import { eventually } from "../support/eventually";
import { Grafana } from "../cluster/support/grafana";
import { CLUSTER, EDGE } from "../cluster/support/names";
import { emptyPanels, questionsOf, RIGHTLY_EMPTY } from "../cluster/support/panels";
import { provideStandIns } from "../cluster/support/stand-ins";
import {
  exported,
  type Given,
  npm,
  objects,
  pulumi,
  type Ran,
  succeeded,
  writeStack,
} from "../cluster/support/stack";
import {
  deployReceiver,
  deployTicketing,
  NAMESPACE,
  type Report,
  sendTraffic,
} from "../cluster/support/workload";
import { alerted, told } from "./alerts";
import { twoGrafanas } from "./grafanas";
import { type Line, lineOf, traceOf } from "./stores";
import { refused, switched } from "./switches";

jest.setTimeout(1_800_000);

const STACK = "kind";

interface Example {
  file: string;
  /** What differs here, with the reason. */
  patch?: Given;
  /** Panels, or all of a dashboard, without data on this stack, each for a reason. */
  empty?: Record<string, string>;
  /** S3 and PostgreSQL beside it. */
  standIns?: true;
  /** Settings with another backend. */
  elsewhere: Given;
  /** Claims that go with the one and come with the other. */
  goes?: string;
  comes?: string;
}

const examples: Record<string, Example> = {
  ticketing: {
    file: "Pulumi.ticketing.yaml",
    elsewhere: { logs: { backend: "elasticsearch" } },
    ...{ goes: "loki-data", comes: "elasticsearch-data" },
  },
  "elk-jaeger": {
    file: "Pulumi.elk-jaeger.yaml",
    // Neither Logstash nor Kibana can be built where nothing is pulled.
    patch: { logs: { backend: "elasticsearch" } },
    elsewhere: { tracing: { backend: "tempo", sampling: { probability: 0.1 } } },
    ...{ goes: "jaeger-data", comes: "tempo-data" },
  },
  // Zipkin keeps traces in memory.
  tiketi: { file: "Pulumi.tiketi.yaml", elsewhere: { tracing: { backend: "tempo" } }, comes: "tempo-data" },
  "wealist-kind": {
    file: "Pulumi.wealist-kind.yaml",
    // No Kiali can be built where nothing is pulled, and there is no such Redis.
    patch: { metrics: { istio: { enabled: true } } },
    empty: {
      istio: "there is no mesh in the cluster: tests/istio.test.ts asks each panel of series as one has them",
    },
    elsewhere: { tracing: { backend: "jaeger" } },
    ...{ goes: "tempo-data", comes: "jaeger-data" },
  },
  "prod-local": {
    file: "prod-local/Pulumi.kind.yaml",
    // As platform: eks has it.
    patch: { protect: true },
    standIns: true,
    elsewhere: { tracing: { backend: "jaeger", tailSampling: { enabled: true } } },
    goes: "tempo-data",
  },
};

describe.each(Object.entries(examples))("%s", (_, { file, patch, empty = {}, standIns, ...other }) => {
  // The services of the sample workload in place of the system's own.
  const { services, namespaces, ...own } = ownSettings(stackConfig(join(repoDir, "examples", file)));
  const given: Given = {
    ...{ ...own, ...patch, edge: { ...(own.edge as object), url: EDGE } },
    alerting: told(own.alerting as Given),
  };
  const stackWith = (more: Given): Stack =>
    stackOf(settingsOf({ ...given, ...more, services, namespaces }, STACK), STACK);
  const stack = stackWith({});
  let ran: Ran;
  let env: Record<string, string>;
  let password: string;
  let grafana: Grafana;
  let report: Report;
  let line: Line;
  let traceId: string;

  test("comes up from nothing", async () => {
    writeStack(STACK, given);
    const running = npm("up", STACK);
    if (standIns) {
      const cluster = await eventually("the cluster", 600, () => findCluster({ name: CLUSTER }));
      await provideStandIns(cluster);
    }
    ran = await running;
    succeeded(ran);
    env = exported(ran.output);
    password = await pulumi(env, "stack", "output", "grafanaPassword", "--show-secrets");
    grafana = new Grafana("admin", password);
  });

  test("every address that up prints opens", async () => {
    const addresses = [...new Set(ran.output.match(/http:\/\/localhost:\d+[^\s"]*/g))];
    expect(addresses.length).toBeGreaterThan(2);
    const answers = await Promise.all(
      addresses.map(async (address) => ({ address, status: (await fetch(address)).status })),
    );
    // 401: it asks for the edge's login; 500: a Prometheus that was built here has no pages and says so.
    expect(answers.filter(({ status }) => status >= 400 && ![401, 500].includes(status))).toEqual([]);
  });

  test("users go through the sample workload", async () => {
    await deployTicketing();
    await deployReceiver();
    report = await sendTraffic("traffic", 10, 1, 90);
    expect(report.visits).toBe(90);
  });

  test("the line of a user is found, masked, with what is known of it", async () => {
    line = await lineOf(grafana, stack, report.users[3]);
    expect(line).toMatchObject({
      text: expect.stringMatching(/Joined queue: .* from 203\.0\.113\.x\b/),
      labels: { namespace: NAMESPACE, app: "queue-service", container: "queue-service", level: "info" },
    });
  });

  test("a trace that was kept is found by its line, over the services that it passed", async () => {
    traceId = await traceOf(grafana, stack, report.users);
  });

  test("metrics: of the services, of their spans, of the pod of the line", async () => {
    const value = (query: string) =>
      eventually(query, 180, async () => (await grafana.prometheus(query)).find(({ value }) => value > 0));
    await value(`sum(service:http_requests:rate5m{namespace="${NAMESPACE}", service="queue-service"})`);
    await value('sum(increase(traces_spanmetrics_calls_total{service_name="queue-service"}[5m]))');
    await value(
      `sum(container_memory_working_set_bytes{namespace="${NAMESPACE}", pod="${line.labels.pod}"})`,
    );
  });

  test("every target of the stack is scraped, and no alert of the stack itself fires", async () => {
    const { stack: stores, agents } = stack.settings.namespaces;
    expect(await grafana.prometheus(`up{namespace=~"${stores}|${agents}"} == 0`)).toEqual([]);
    const firing = await grafana.prometheus('ALERTS{alertstate="firing", alertname!="Watchdog"}');
    expect(firing.map(({ metric }) => metric.alertname)).toEqual([]);
  });

  test("every panel of every dashboard shows data", async () => {
    const questions = await questionsOf(grafana);
    const rightly = Object.keys({ ...RIGHTLY_EMPTY, ...empty });
    const isRight = (where: string) => rightly.some((one) => where === one || where.startsWith(`${one}: `));
    let left: string[] = [];
    await eventually("data in every panel", 300, async () => {
      left = (await emptyPanels(grafana, questions)).filter((where) => !isRight(where));
      return left.length === 0 || undefined;
    }).catch((reason: unknown) => {
      throw new Error(`no data in ${left.join("; ")}`, { cause: reason });
    });
  });

  alerted(stack, () => ({ grafana, env }));
  if (standIns) twoGrafanas(STACK, given, () => ({ env, password }));
  if (given.protect) refused(STACK, given, other);
  else
    switched(STACK, given, { ...other, usual: stack, other: stackWith(other.elsewhere) }, () => ({
      ...{ grafana, user: report.users[3], line, traceId },
    }));

  test("goes, and leaves no object", async () => {
    await pulumi(env, "destroy", "--yes");
    const kinds = "all,configmaps,secrets,persistentvolumeclaims,networkpolicies,clusterroles,namespaces";
    expect(await objects(kinds, "-A", "-l", "app.kubernetes.io/part-of=observability-stack")).toEqual([]);
  });
});

test("the cluster goes", async () => succeeded(await npm("down", STACK)));
