import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Context, STACK, up } from "./start";
import { Grafana, GRAFANA_URL } from "./support/grafana";
import { eventually } from "../support/eventually";
import { seenWith, signIn } from "../support/grafana-session";
import { type Given, kubectl, npmArguments, objects, pulumi, writeStack, succeeded } from "./support/stack";
import { repoDir } from "../../local/paths";

export function rotation(context: Context): void {
  const password = () => pulumi(context.env, "stack", "output", "grafanaPassword", "--show-secrets");
  const rotate = (id: string) => (context.given = { ...context.given, grafana: { admin: { rotation: id } } });
  const status = async (user: Grafana) => (await user.fetch("/api/user")).status;

  /** Answers what the session sees. */
  async function session(): Promise<() => Promise<number>> {
    const cookies = await signIn(GRAFANA_URL, context.password);
    return () => seenWith(GRAFANA_URL, cookies);
  }

  /** Lies in Grafana's database alone: no file brings it back. */
  const keepsake = { uid: "made-by-a-user", title: "Made by a user" };
  const make = (dashboard: object) => context.grafana.json("/api/dashboards/db", { dashboard });
  const found = async () =>
    (await context.grafana.json<{ dashboard: object }>(`/api/dashboards/uid/${keepsake.uid}`)).dashboard;

  async function expectRotated(before: Grafana, seen: () => Promise<number>) {
    const old = context.password;
    context.password = await password();
    context.grafana = new Grafana("admin", context.password);
    expect(context.password).not.toBe(old);
    expect(await status(context.grafana)).toBe(200);
    expect(await status(before)).toBe(401);
    expect(await seen()).toBe(401);
    expect(await found()).toMatchObject(keepsake);
    expect(await context.grafana.json("/api/datasources/uid/prometheus/health")).toMatchObject({
      status: "OK",
    });
  }

  /** Starts `npm run up` and comes back in the middle of it, when it has said this. */
  async function upUntil(said: RegExp, given: Given) {
    writeStack(STACK, given);
    // Jest's process.env, with where the tests' state lies, is not the one that spawn takes by itself.
    const env = { ...process.env };
    const child = spawn("npm", npmArguments("up", STACK), { cwd: repoDir, detached: true, env });
    let output = "";
    child.stdout.on("data", (part) => (output += part));
    await eventually(String(said), 120, async () => said.test(output) || undefined);
    return child;
  }

  describe("rotation", () => {
    test("another id: new password in, old one and old session out, the database as it was", async () => {
      await make(keepsake);
      const seen = await session();
      expect(await seen()).toBe(200);
      const before = context.grafana;
      succeeded(await up(rotate("2")));
      await expectRotated(before, seen);
    });

    test("killed in the middle, it converges at the next up", async () => {
      const seen = await session();
      const before = context.grafana;
      const child = await upUntil(/Secret grafana-credentials created/, rotate("3"));
      process.kill(-child.pid!, "SIGKILL");
      // As a Pulumi of an earlier release left it when it was killed in the one moment for it.
      const state = context.env.PULUMI_BACKEND_URL.replace(/^file:\/\/|\?.*/g, "");
      const metadata = join(state, ".pulumi/stacks/observability-stack", `${STACK}.json.attrs`);
      expect(existsSync(metadata)).toBe(false);
      writeFileSync(metadata, "");
      succeeded(await up(context.given));
      await expectRotated(before, seen);
    });

    test("a Job that failed is made anew by the next up", async () => {
      const jobs = async () =>
        (await objects<{ metadata: { name: string } }>("jobs", "-n", "observability")).map(
          ({ metadata }) => metadata.name,
        );
      const seen = await session();
      const before = context.grafana;
      const old = await jobs();
      const child = await upUntil(/rotation-job creat/, rotate("4"));
      const ended = once(child, "exit");
      const made = await eventually("the Job", 60, async () =>
        (await jobs()).find((job) => !old.includes(job)),
      );
      const late = '{"spec":{"activeDeadlineSeconds":1}}';
      await kubectl(["patch", "job", made, "-n", "observability", "--type", "merge", "-p", late]);
      expect(await ended).toEqual([1, null]);
      succeeded(await up(context.given));
      await expectRotated(before, seen);
    });

    test.each([
      ["by Ctrl-C", 1, "96h"],
      ["by a second one, which waits for nothing", 2, "120h"],
    ])("interrupted %s, the next up goes on", async (_, times, time) => {
      context.given = { ...context.given, tracing: { retention: { time } } };
      const child = await upUntil(/tracing-tempo-config creat/, context.given);
      const ended = once(child, "exit");
      process.kill(-child.pid!, "SIGINT");
      if (times === 2) {
        await delay(300);
        expect(child.exitCode).toBe(null);
        process.kill(-child.pid!, "SIGINT");
      }
      // By the signal or with a code of its own, but never as if all had been done.
      expect(await ended).not.toEqual([0, null]);
      succeeded(await up(context.given));
      const [{ spec }] = await objects<TempoPod>("pods", "-n", "observability", "-l", "app=tempo");
      const { name } = spec.volumes.find(({ configMap }) => configMap)!.configMap!;
      expect(await kubectl(["get", "configmap", name, "-n", "observability", "-o", "yaml"])).toContain(
        `block_retention: ${time}`,
      );
    });
  });
}

interface TempoPod {
  spec: { volumes: { configMap?: { name: string } }[] };
}
