/** Two Grafanas on one PostgreSQL, as their users notice them. */
import { Grafana, GRAFANA_URL } from "../cluster/support/grafana";
import {
  forwarded,
  type Given,
  kubectl,
  npm,
  objects,
  pulumi,
  succeeded,
  writeStack,
} from "../cluster/support/stack";
import { eventually } from "../support/eventually";
import { seenWith, signIn } from "../support/grafana-session";

interface Pod {
  metadata: { name: string };
  status: { containerStatuses?: { ready: boolean }[] };
}

interface Deployed {
  /** For plain pulumi. */
  env: Record<string, string>;
  password: string;
}

const NAMESPACE = "observability";

const readyPods = async (): Promise<string[]> =>
  (await objects<Pod>("pods", "-n", NAMESPACE, "-l", "app=grafana"))
    .filter(({ status }) => status.containerStatuses?.every(({ ready }) => ready))
    .map(({ metadata }) => metadata.name)
    .sort();

/** `deployed` is asked when the tests run. */
export function twoGrafanas(stack: string, given: Given, deployed: () => Deployed): void {
  test("a session goes on while each Grafana in turn is killed", async () => {
    const cookies = await signIn(GRAFANA_URL, deployed().password);
    const both = await readyPods();
    expect(both).toEqual(["grafana-0", "grafana-1-0"]);
    for (const killed of both) {
      await kubectl(["delete", "pod", killed, "-n", NAMESPACE, "--force", "--grace-period=0"]);
      const seen: number[] = [];
      await eventually("the other one answers", 30, async () => {
        seen.push(await seenWith(GRAFANA_URL, cookies));
        return seen.at(-1) === 200 || undefined;
      });
      expect(seen).not.toContain(401);
      expect(await readyPods()).toEqual(both.filter((pod) => pod !== killed));
      await eventually(`${killed} is back`, 300, async () => (await readyPods()).length === 2 || undefined);
    }
  });

  test("another password counts at both, the old one and its sessions at none", async () => {
    const { env, password: old } = deployed();
    const cookies = await signIn(GRAFANA_URL, old);
    writeStack(stack, { ...given, grafana: { ...(given.grafana as object), admin: { rotation: "2" } } });
    succeeded(await npm("up", stack));
    const password = await pulumi(env, "stack", "output", "grafanaPassword", "--show-secrets");
    const pods = await readyPods();
    expect(pods).toHaveLength(2);
    for (const pod of pods)
      await forwarded(NAMESPACE, `pod/${pod}`, "3000", async (address) => {
        const url = `http://${address}/api/monitoring/grafana`;
        const told = async (secret: string) =>
          (await new Grafana("admin", secret, url).fetch("/api/user")).status;
        expect([await told(password), await told(old), await seenWith(url, cookies)]).toEqual([
          200, 401, 401,
        ]);
      });
  });
}
