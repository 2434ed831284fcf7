import type { Context } from "./start";
import { eventually } from "../support/eventually";

const LABELS = ["app", "container", "level", "namespace", "pod"];

export function logs(context: Context): void {
  describe("logs", () => {
    const find = (query: string) =>
      eventually(query, 60, async () => {
        const entries = await context.grafana.loki(query);
        return entries.length > 0 ? entries : undefined;
      });

    test("the labels are few, and no others", async () => {
      const { data } = await context.grafana.datasource<{ data: string[] }>("loki", "/loki/api/v1/labels");
      expect(data.sort()).toEqual(LABELS);
    });

    test("static pods' logs are there too", async () => {
      await find('{namespace="kube-system", container="etcd"}');
    });

    test("levels are in lower case", async () => {
      const { data } = await context.grafana.datasource<{ data: string[] }>(
        "loki",
        "/loki/api/v1/label/level/values",
      );
      expect(data).toEqual(expect.arrayContaining(["error", "info", "warn"]));
      expect(data.filter((level) => level !== level.toLowerCase())).toEqual([]);
    });

    test("the log of one chosen request, under the right labels and masked", async () => {
      const user = context.report.users[3];
      const [entry] = await find(`{app="queue-service"} |= "Joined queue" |= "${user}"`);
      expect(entry.labels).toMatchObject({
        namespace: "ticketing",
        container: "queue-service",
        app: "queue-service",
        level: "info",
        pod: expect.stringMatching(/^queue-service-/),
        env: "kind",
        region: "local",
      });
      expect(entry.line).toMatch(/from 203\.0\.113\.x\b/);
      expect(entry.line).toContain(`[queue-service,${entry.labels.trace_id},`);
    });

    test("no address of a user is stored anywhere", async () => {
      expect(await context.grafana.loki('{namespace="ticketing"} |~ "203\\\\.0\\\\.113\\\\.[0-9]"')).toEqual(
        [],
      );
      const entries = await context.grafana.loki('{app="auth-service"} | json', "20");
      expect(
        entries.filter(({ labels }) => Object.values(labels).some((value) => /203\.0\.113\.\d/.test(value))),
      ).toEqual([]);
    });

    test("a stack trace is one entry", async () => {
      const [{ line }] = await find('{app="ticket-service", level="error"} |= "Unknown seat"');
      expect(line).toMatch(/^\s*ERROR \[ticket-service,[0-9a-f]{32},[0-9a-f]{16}\]/);
      expect(line.split("\n").filter((part) => /^\tat /.test(part)).length).toBeGreaterThan(1);
      expect(line).toContain("Caused by");
      expect(await context.grafana.loki('{namespace="ticketing"} |~ "^\\\\s+at "')).toEqual([]);
    });

    test("JSON logs give level and trace id as well", async () => {
      for (const app of ["auth-service", "board-service"]) {
        const [{ labels }] = await find(`{app="${app}", level="info"} | trace_id != ""`);
        expect(labels).toMatchObject({
          trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
          service_name: app,
        });
      }
    });

    test("errors of a service, a text in all of them, and rates of levels are found", async () => {
      expect((await find('{app="board-service"} |= "error"')).length).toBeGreaterThan(0);
      const { data } = await context.grafana.datasource<Vector>("loki", "/loki/api/v1/query", {
        query: 'sum(count_over_time({namespace="ticketing", level="error"}[5m]))',
      });
      expect(Number(data.result[0].value[1])).toBeGreaterThan(0);
      const refused = await find('{app="auth-service"} | json | status >= 400');
      expect(refused.map(({ labels }) => Number(labels.status)).every((status) => status >= 400)).toBe(true);
    });

    test("Kubernetes events are logs", async () => {
      const [{ labels }] = await find('{app="kubernetes-events", namespace="ticketing", level="info"}');
      expect(labels.pod).toMatch(/-/);
    });
  });
}

interface Vector {
  data: { result: { value: [number, string] }[] };
}
