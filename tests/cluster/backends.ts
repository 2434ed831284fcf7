import { logsBackend } from "../../programs/backends";
import { stackWith } from "../support/servers";
import { eventually } from "../support/eventually";
import { type Context, STACK, up } from "./start";
import { claims, expectNamed, expectRefused, samples } from "./support/kept";
import { type Given, pulumi, succeeded, writeStack } from "./support/stack";
import { notified, sendTraffic } from "./support/workload";

/** Of lines, which Grafana counts in Elasticsearch. */
const ALERT = {
  name: "QueueJoined",
  lucene: { query: 'app:"queue-service" AND message:"Joined queue"', count: 3, within: "5m" },
  for: "1s",
  summary: "{{ $value }} joined {{ $labels.app }}",
};
const LOGS = { backend: "elasticsearch" };

/** Elasticsearch with Filebeat and Jaeger take the places of Loki with Alloy and Tempo, under traffic, and go again. */
export function backends(context: Context): void {
  const { show } = logsBackend(stackWith({ logs: LOGS })).logs;

  describe("other backends", () => {
    let given: Given;
    let before: number;
    let usual: string[];
    let line: Record<string, string>;
    let began: Date;

    test("preview names the volumes that go, and changes nothing", async () => {
      given = {
        ...context.given,
        logs: LOGS,
        tracing: { ...(context.given.tracing as object), backend: "jaeger" },
        alerting: { ...(context.given.alerting as object), extraAlerts: [ALERT] },
      };
      usual = await claims();
      before = await samples(context.grafana);
      writeStack(STACK, given);
      await expectNamed(STACK, ["loki-data", "tempo-data"]);
    });

    test("are refused while a volume that would go is protected, before anything is changed", async () => {
      const state = JSON.parse(await pulumi(context.env, "stack", "export")) as State;
      const { urn } = state.deployment.resources.find(({ id }) => id === "observability/loki-data")!;
      await pulumi(context.env, "state", "protect", urn, "--yes");
      try {
        // Tempo's is not protected.
        expect(await expectRefused(STACK, "loki-data")).not.toContain("tempo-data");
      } finally {
        await pulumi(context.env, "state", "unprotect", urn, "--yes");
      }
    });

    test("come up in the places of the usual ones; metrics stay", async () => {
      succeeded(await up(given));
      expect(await claims()).toEqual(
        [...usual.filter((name) => !/^(loki|tempo)-/.test(name)), "elasticsearch-data", "jaeger-data"].sort(),
      );
      expect(await samples(context.grafana)).toBeGreaterThanOrEqual(before);
    });

    test("the line of one chosen request is found in Elasticsearch, whole and masked", async () => {
      began = new Date();
      const { users } = await sendTraffic("traffic-elsewhere", 10, 1, 30);
      const search = `"Joined queue" AND "${users[3]}"`;
      line = await eventually("the line", 120, async () => {
        const found = await context.grafana.rows({
          datasource: { uid: "elasticsearch" },
          ...show({ namespace: "ticketing", app: "queue-service", search }),
        });
        return found[0];
      });
      expect(line).toMatchObject({
        ...{ namespace: "ticketing", app: "queue-service", container: "queue-service", level: "info" },
        ...{ pod: expect.stringMatching(/^queue-service-/), env: "kind", region: "local" },
        message: expect.stringMatching(/Joined queue: .* from 203\.0\.113\.x\b/),
      });
    });

    test("an alert on lines reaches people by Alertmanager, with the service that they are of", async () => {
      const { labels, annotations } = await notified(ALERT.name, "queue-service", "firing", began);
      expect(labels).toMatchObject({ namespace: "ticketing", severity: "warning", env: "kind" });
      expect(annotations.summary).toMatch(/^\d+ joined queue-service$/);
    });

    test("its trace is found in Jaeger, over the services that it passed, in the pod of the line", async () => {
      const { data } = await eventually("the trace", 60, () =>
        context.grafana.datasource<Traces>("jaeger", `/api/traces/${line.trace_id}`),
      );
      const processes = Object.values(data[0].processes);
      expect(processes.map(({ serviceName }) => serviceName)).toEqual(
        expect.arrayContaining(["gateway-service", "queue-service", "ticket-service"]),
      );
      const queue = processes.find(({ serviceName }) => serviceName === "queue-service")!;
      expect(Object.fromEntries(queue.tags.map(({ key, value }) => [key, value]))).toMatchObject({
        namespace: "ticketing",
        pod: line.pod,
      });
    });

    test("metrics of spans go on, and every target of the stack is scraped", async () => {
      await eventually("metrics of spans since the change", 120, async () => {
        const query = 'sum(increase(traces_spanmetrics_calls_total{service_name="queue-service"}[2m]))';
        return (await context.grafana.prometheus(query))[0]?.value > 0 || undefined;
      });
      // A pod that was replaced is down until its next scrape.
      await eventually("every target is scraped", 90, async () => {
        const down = await context.grafana.prometheus('up{namespace="observability"} == 0');
        if (down.length > 0) throw new Error(JSON.stringify(down));
        return true;
      });
    });

    test("go again: Loki and Tempo begin anew, metrics are all there", async () => {
      succeeded(await up(context.given));
      expect(await claims()).toEqual(usual);
      expect(await samples(context.grafana)).toBeGreaterThanOrEqual(before);
      await eventually("a line in Loki", 120, async () =>
        (await context.grafana.loki('{namespace=~".+"}', "1")).length > 0 ? true : undefined,
      );
    });
  });
}

interface State {
  deployment: { resources: { urn: string; id?: string }[] };
}

interface Traces {
  data: {
    processes: Record<string, { serviceName: string; tags: { key: string; value: unknown }[] }>;
  }[];
}
