/** Three real Alertmanagers, told of everything as Prometheus does it, tell a person once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Alertmanager, alertmanagerServers } from "./support/alertmanagers";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { startReceivers } from "./support/receivers";
import { stackWith } from "./support/servers";

jest.setTimeout(180_000);

/** Longer than the third of them waits for the two before it. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 12_000));

describeWith(["alertmanager", "alertmanager"])("three Alertmanagers", () => {
  const directory = mkdtempSync(join(tmpdir(), "alertmanagers-"));
  let receivers: Awaited<ReturnType<typeof startReceivers>>;
  let all: Alertmanager[];

  beforeAll(async () => {
    receivers = await startReceivers({ username: "u", password: "p" });
    const webhook = { url: `${receivers.url}/webhook` };
    all = await alertmanagerServers(
      directory,
      stackWith({
        alerting: {
          replicas: 3,
          receivers: [{ name: "team", webhook }],
          ...{ groupWait: "1s", groupInterval: "1s" },
        },
      }),
    );
    for (const { server } of all) server.start();
    for (const { server, url } of all) await server.ready(`${url}/-/ready`);
    for (const one of all) await eventually("a settled cluster", 60, () => settled(one, 3));
  });
  afterAll(async () => {
    for (const { server } of all) await server.end();
    receivers.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function settled({ url }: Alertmanager, size: number): Promise<true | undefined> {
    const { cluster } = (await (await fetch(`${url}/api/v2/status`)).json()) as {
      cluster: { status: string; peers: object[] };
    };
    if (cluster.status !== "ready" || cluster.peers.length !== size)
      throw new Error(`${cluster.status}, ${cluster.peers.length} peers`);
    return true;
  }

  async function raise(alertname: string): Promise<void> {
    const body = JSON.stringify([{ labels: { alertname, severity: "critical" } }]);
    const headers = { "content-type": "application/json" };
    for (const { server, url } of all)
      if (server.running)
        expect((await fetch(`${url}/api/v2/alerts`, { method: "POST", headers, body })).ok).toBe(true);
  }

  const pages = (alertname: string) =>
    receivers.postedTo("/webhook").filter(({ status, groupLabels }) => {
      const named = (groupLabels as { alertname?: string }).alertname;
      return status === "firing" && named === alertname;
    }).length;

  const once = async (alertname: string) => {
    await eventually(alertname, 60, async () => pages(alertname) > 0 || undefined);
    await quiet();
    expect(pages(alertname)).toBe(1);
  };

  /** What the alert AlertmanagerMembersInconsistent compares. */
  const members = async () =>
    await Promise.all(
      all
        .filter(({ server }) => server.running)
        .map(async ({ url }) => {
          const text = await (await fetch(`${url}/metrics`)).text();
          return Number(/^alertmanager_cluster_members (\d+)$/m.exec(text)?.[1]);
        }),
    );

  test("see each other", async () => {
    expect(await members()).toEqual([3, 3, 3]);
  });

  test("page once", async () => {
    await raise("DiskFull");
    await once("DiskFull");
  });

  test("know each other's silences", async () => {
    const until = new Date(Date.now() + 600_000).toISOString();
    const response = await fetch(`${all[0].url}/api/v2/silences`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        matchers: [{ name: "alertname", value: "Known", isRegex: false, isEqual: true }],
        ...{ startsAt: new Date().toISOString(), endsAt: until, createdBy: "test", comment: "test" },
      }),
    });
    expect(response.ok).toBe(true);
    await eventually("the silence", 30, async () => {
      const found = (await (await fetch(`${all[2].url}/api/v2/silences`)).json()) as object[];
      return found.length === 1 || undefined;
    });
  });

  test("page once after the one that did it is killed, and not again for what was paged before", async () => {
    await all[0].server.end("SIGKILL");
    await raise("DiskFull");
    await raise("NodeNotReady");
    await once("NodeNotReady");
    expect(pages("DiskFull")).toBe(1);
    // As many as answer, so that nothing is told of how they see each other.
    await eventually("two of them", 60, async () => `${await members()}` === "2,2" || undefined);
  });

  test("and when it is back", async () => {
    all[0].server.start();
    await all[0].server.ready(`${all[0].url}/-/ready`);
    for (const one of all) await eventually("a settled cluster", 60, () => settled(one, 3));
    await raise("DiskFull");
    await raise("NodeNotReady");
    await raise("LokiAway");
    await once("LokiAway");
    expect([pages("DiskFull"), pages("NodeNotReady")]).toEqual([1, 1]);
  });
});
