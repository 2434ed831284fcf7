import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { type Context, up } from "./start";
import { eventually } from "../support/eventually";
import { fileOf, forwarded, npm, npmArguments, objects, pulumi, writeStack } from "./support/stack";
import { clients } from "./support/tracing-clients";
import { repoDir } from "../../local/paths";

/** Everything that would meet the first stack's: namespaces and node ports. */
export const second = {
  namespaces: { stack: "second", agents: "second-agents" },
  services: [],
  environment: "second",
  metrics: { nodePort: null },
  grafana: { nodePort: null },
  edge: { nodePort: null },
};

export function twoStacks(context: Context): void {
  describe("two stacks in one cluster", () => {
    const podsIn = async (namespace: string) =>
      objects<{ status: { phase: string } }>("pods", "-n", namespace);

    test("a second one comes up beside the first", async () => {
      writeStack("second", second);
      writeStack("third", { ...second, namespaces: { stack: "third", agents: "third-agents" } });
      expect((await npm("up", "second")).exitCode).toBe(0);
      expect((await podsIn("second")).length).toBeGreaterThanOrEqual(9);
      expect((await podsIn("second-agents")).length).toBe(2);
    });

    /** What the second stack's programs answer; its ways in are inside of the cluster alone. */
    const ask = (service: string, port: string, path: string, parameters: Record<string, string> = {}) =>
      forwarded("second", `service/${service}`, port, async (address) => {
        const response = await fetch(`http://${address}${path}?${new URLSearchParams(parameters)}`);
        return { status: response.status, body: await response.text() };
      });
    const series = async (query: string) => {
      const { body } = await ask("prometheus", "9090", "/api/v1/query", { query });
      return (JSON.parse(body) as Series).data.result;
    };

    test("each keeps the series of its own alone", async () => {
      const environments = 'count by (env) ({__name__=~".+"})';
      const theirs = await eventually("the second's own programs are scraped", 120, async () => {
        const loki = await series('up{job="loki"} == 1');
        return loki.length > 0 ? loki : undefined;
      });
      expect(theirs.map(({ metric }) => metric.namespace)).toEqual(["second"]);
      expect((await series(environments)).map(({ metric }) => metric.env)).toEqual(["second"]);

      const ours = await context.grafana.prometheus(environments);
      expect(ours.map(({ metric }) => metric.env)).toEqual(["kind"]);
      const loki = await context.grafana.prometheus('up{job="loki"}');
      expect(loki.map(({ metric }) => metric.namespace)).toEqual(["observability"]);
    });

    test("each keeps the lines that its own agents sent", async () => {
      const lines = async (selection: string) => {
        const start = String(Math.floor(Date.now() / 1000) - 3600);
        const query = `{namespace=~".+"} | ${selection}`;
        const range = { query, start, limit: "5" };
        const { body } = await ask("loki", "3100", "/loki/api/v1/query_range", range);
        return (JSON.parse(body) as Streams).data.result;
      };
      await eventually("a line in the second's Loki", 120, async () =>
        (await lines('env="second"')).length > 0 ? true : undefined,
      );
      expect(await lines('env!="second"')).toEqual([]);
      expect(await context.grafana.loki('{namespace=~".+"} | env="kind"', "5")).not.toEqual([]);
      expect(await context.grafana.loki('{namespace=~".+"} | env!="kind"', "5")).toEqual([]);
    });

    test("each keeps the spans that were sent to it", async () => {
      const send = (namespace: string) =>
        forwarded(namespace, "service/collector", "4317", (address) =>
          clients["otlp-grpc"](`client-of-${namespace}`, address),
        );
      const inSecond = async (id: string) => (await ask("tempo", "3200", `/api/traces/${id}`)).status;
      const inFirst = async (id: string) =>
        (await context.grafana.fetch(`/api/datasources/proxy/uid/tempo/api/traces/${id}`)).status;
      const [theirs, ours] = [await send("second"), await send("observability")];
      await eventually("each span in its own Tempo", 60, async () =>
        (await inSecond(theirs)) === 200 && (await inFirst(ours)) === 200 ? true : undefined,
      );
      expect([await inSecond(ours), await inFirst(theirs)]).toEqual([404, 404]);
    });

    test("a backend and passphrase of the user's are used, though the stack is up on this machine's", async () => {
      const backend = mkdtempSync(join(tmpdir(), "observability-e2e-backend-"));
      const env = { PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: "of the user" };
      const preview = npmArguments("preview", "second", "--config-file", fileOf("third"));
      const { exitCode, all } = await execa("npm", preview, { cwd: repoDir, env, all: true, reject: false });
      expect(all).toMatch(/^ +\+ \d+ to create$/m);
      expect(exitCode).toBe(0);
      rmSync(backend, { recursive: true });
    });

    test("pulumi destroy takes it away and leaves the first as it was", async () => {
      await pulumi(context.env, "destroy", "--yes", "--stack", "second");
      const left = await objects("all", "-A", "-l", "app.kubernetes.io/instance=second");
      expect(left).toEqual([]);
      const { output } = await up(context.given);
      expect(output).toMatch(/^ +\d+ unchanged$/m);
      expect((await objects("pods", "-n", "observability")).length).toBeGreaterThan(0);
    });
  });
}

interface Series {
  data: { result: { metric: Record<string, string> }[] };
}

interface Streams {
  data: { result: object[] };
}
