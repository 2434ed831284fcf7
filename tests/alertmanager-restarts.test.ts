/** A real Alertmanager that restarts while an alert fires: by a change of its settings, and killed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Alertmanager, alertmanagerServers } from "./support/alertmanagers";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { startReceivers } from "./support/receivers";
import { stackWith } from "./support/servers";

jest.setTimeout(180_000);

describeWith(["alertmanager", "alertmanager"])("an Alertmanager that restarts", () => {
  const directory = mkdtempSync(join(tmpdir(), "alertmanager-restarts-"));
  let receivers: Awaited<ReturnType<typeof startReceivers>>;
  let running: Alertmanager;

  beforeAll(async () => {
    receivers = await startReceivers({ username: "u", password: "p" });
    await start([]);
  });
  afterAll(async () => {
    await running.server.end();
    receivers.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** On the volume that it had before. */
  async function start(warnings: string[]) {
    const receiver = (name: string) => ({ name, webhook: { url: `${receivers.url}/${name}` } });
    const alerting = {
      receivers: ["team", ...warnings].map(receiver),
      routes: warnings.map((name) => ({ severity: "warning", receiver: name })),
    };
    const stack = stackWith({ alerting: { ...alerting, groupWait: "1s", groupInterval: "1s" } });
    [running] = await alertmanagerServers(directory, stack);
    running.server.start();
    await running.server.ready(`${running.url}/-/ready`);
  }

  const post = async (path: string, body: object) => {
    const headers = { "content-type": "application/json" };
    const sent = { method: "POST", headers, body: JSON.stringify(body) };
    expect((await fetch(`${running.url}/api/v2/${path}`, sent)).status).toBe(200);
  };

  /** As Prometheus does it, which tells of what has ended for a quarter of an hour. */
  const tell = (alertname: string, { over }: { over: boolean }) => {
    const at = (seconds: number) => new Date(Date.now() + 1000 * seconds).toISOString();
    const labels = { alertname, severity: "critical" };
    return post("alerts", [{ labels, startsAt: at(-60), endsAt: at(over ? -1 : 240) }]);
  };

  const told = (alertname: string) =>
    receivers
      .postedTo("/team")
      .filter(({ groupLabels }) => (groupLabels as { alertname?: string }).alertname === alertname)
      .map(({ status }) => status);

  const heard = (alertname: string, all: string[]) =>
    eventually(alertname, 30, async () => told(alertname).length >= all.length || undefined).then(() =>
      expect(told(alertname)).toEqual(all),
    );

  test("with other receivers tells the end of what ended meanwhile, and nothing twice", async () => {
    for (const alert of ["DiskFull", "NodeNotReady"]) {
      await tell(alert, { over: false });
      await heard(alert, ["firing"]);
    }
    await running.server.end("SIGTERM");
    await start(["second"]);
    await tell("NodeNotReady", { over: false });
    await tell("DiskFull", { over: true });
    await heard("DiskFull", ["firing", "resolved"]);
    expect(told("NodeNotReady")).toEqual(["firing"]);
  });

  test("after it was killed knows what is older than a minute: silences, and what it told", async () => {
    const [startsAt, endsAt] = [0, 600_000].map((later) => new Date(Date.now() + later).toISOString());
    const matchers = [{ name: "alertname", value: "Known", isRegex: false, isEqual: true }];
    await post("silences", { matchers, startsAt, endsAt, createdBy: "test", comment: "test" });
    await tell("LokiAway", { over: false });
    await heard("LokiAway", ["firing"]);
    await new Promise((resolve) => setTimeout(resolve, 65_000));
    await running.server.end("SIGKILL");
    await start(["second"]);
    await tell("Known", { over: false });
    await tell("NodeNotReady", { over: false });
    await tell("LokiAway", { over: true });
    await heard("LokiAway", ["firing", "resolved"]);
    expect(told("NodeNotReady")).toEqual(["firing"]);
    expect(told("Known")).toEqual([]);
  });
});
