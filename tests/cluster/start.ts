import { execFileSync } from "node:child_process";
import { repoDir } from "../../local/paths";
import { Grafana } from "./support/grafana";
import { EDGE, PORT_OFFSET } from "./support/names";
import { exported, type Given, npm, objects, pulumi, writeStack, succeeded } from "./support/stack";
import { deployReceiver, deployTicketing, RECEIVER_URL, type Report, sendTraffic } from "./support/workload";

/** What the parts of the story hand on. */
export interface Context {
  /** The stack's settings as they stand; parts that change one leave it changed. */
  given: Given;
  /** For plain pulumi and kubectl. */
  env: Record<string, string>;
  password: string;
  grafana: Grafana;
  report: Report;
  gitStatus: string;
}

export const STACK = "kind";

export const up = async (given: Given) => {
  writeStack(STACK, given);
  return npm("up", STACK);
};

/** Where nothing is cached, the first `up` builds every program: half an hour on two cores. */
const FIRST_UP_MS = 3 * 3600_000;

export function start(context: Context): void {
  describe("up", () => {
    test(
      "from nothing to ready, by one command",
      async () => {
        context.gitStatus = gitStatus();
        context.given = {
          ...(PORT_OFFSET > 0 ? { edge: { url: EDGE } } : {}),
          alerting: {
            receivers: [{ name: "test", webhook: { url: RECEIVER_URL } }],
            heartbeat: { url: RECEIVER_URL, interval: "10s" },
            groupWait: "1s",
            groupInterval: "5s",
            // So short that the test can wait for it; everything else is the default.
            rules: { serviceDown: { for: "15s" } },
          },
        };
        const { exitCode, output } = await up(context.given);
        succeeded({ exitCode, output });
        expect(output).toContain(`${EDGE}/api/monitoring/grafana/`);
        context.env = exported(output);
      },
      FIRST_UP_MS,
    );

    test("every pod runs and is ready", async () => {
      const pods = await objects<Pod>("pods", "-A", "-l", "app.kubernetes.io/part-of=observability-stack");
      const ready = pods.filter(
        ({ status }) => status.phase === "Succeeded" || status.containerStatuses?.every((c) => c.ready),
      );
      expect(ready.map(nameOf)).toEqual(pods.map(nameOf));
      expect(pods.length).toBeGreaterThanOrEqual(12);
    });

    test("plain pulumi shows the outputs, the password only when asked for", async () => {
      const shown = JSON.parse(await pulumi(context.env, "stack", "output", "--json"));
      expect(shown).toMatchObject({ grafanaUser: "admin", grafanaPassword: "[secret]" });
      context.password = await pulumi(context.env, "stack", "output", "grafanaPassword", "--show-secrets");
      expect(JSON.stringify(shown)).not.toContain(context.password);
      context.grafana = new Grafana("admin", context.password);
    });

    test("the checkout is as it was", () => expect(gitStatus()).toBe(context.gitStatus));

    test("the ticketing workload runs, and a minute of traffic goes through it", async () => {
      await deployTicketing();
      await deployReceiver();
      context.report = await sendTraffic("traffic", 10, 1, 60);
      expect(context.report.visits).toBe(60);
    });
  });
}

interface Pod {
  metadata: { name: string; namespace: string };
  status: { phase: string; containerStatuses?: { ready: boolean }[] };
}

const nameOf = ({ metadata }: Pod) => `${metadata.namespace}/${metadata.name}`;

export const gitStatus = (): string =>
  execFileSync("git", ["status", "--porcelain"], { cwd: repoDir, encoding: "utf8" });
