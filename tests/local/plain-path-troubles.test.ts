/** Downloads that fail, and commands that are killed or typed twice, on a machine with Docker and the internet. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import execa from "execa";
import {
  AS_TYPED,
  cli,
  command,
  files,
  GET,
  kindThat,
  machine,
  options,
  publishAll,
  publishedStandIns,
  pulumiStandIns,
  scratch,
  standIns,
  up,
  useNewMachine,
} from "../support/new-machine";

useNewMachine();

test("a slow line may take its time", async () => {
  machine.first = async (address, response) => {
    if (address !== GET.kind) return false;
    response.writeHead(200);
    for (const byte of files.get(address)!.slice(0, 8)) {
      response.write(Buffer.from([byte as number]));
      await delay(500);
    }
    response.end(files.get(address)!.slice(8));
    return true;
  };
  expect((await up()).exitCode).toBe(0);
});

test("two at once: one makes the cluster, the other waits and uses it", async () => {
  kindThat("sleep 5");
  const both = await Promise.all([up(), up()]);
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(publishedStandIns.called("kind").filter((line) => line.includes("create cluster"))).toHaveLength(1);
  expect(both.map(({ all }) => all).join()).toMatch(
    /another command (makes it|is at work on it), waiting for that/,
  );
});

describe("up is killed and typed again", () => {
  const hold = join(scratch, "hold");
  const HELD = `while test -e ${hold}; do touch ${hold}ing; sleep 0.1; done`;

  /** Kills it while something that it waits for is held. */
  async function killed(): Promise<void> {
    writeFileSync(hold, "");
    const running = execa(process.execPath, cli("up", ...AS_TYPED), options());
    while (!existsSync(`${hold}ing`) && running.exitCode === null) await delay(50);
    running.kill("SIGKILL");
    await running;
    for (const file of [hold, `${hold}ing`]) rmSync(file);
  }

  test("while it downloads", async () => {
    machine.first = async (address) => {
      if (address !== GET.pulumi || !existsSync(hold)) return false;
      writeFileSync(`${hold}ing`, "");
      while (existsSync(hold)) await delay(50);
      return false;
    };
    await killed();
    expect(await up()).toMatchObject({ exitCode: 0 });
  });

  test("while the node pulls", async () => {
    standIns.program("docker", `case "$*" in *pull*) ${HELD};; esac`);
    await killed();
    expect(await up()).toMatchObject({ exitCode: 0 });
  });

  test("while kind makes the cluster: nothing can be in it, but it goes only when told", async () => {
    kindThat(`test ! -e ${hold} || { ${HELD}; exit 1; }`);
    await killed();
    const { all, exitCode } = await up();
    expect(all).toMatch(
      /trial was not finished when it was made\.\n.*npm run up -- --cluster trial --recreate/,
    );
    expect(exitCode).toBe(1);
    expect(await command("up", "--recreate", ...AS_TYPED)).toMatchObject({ exitCode: 0 });
  });
});

describe("what cannot be fetched: nothing is made, and the user is told why", () => {
  const made = () =>
    [...publishedStandIns.called("kind"), ...pulumiStandIns.called("pulumi")].filter((line) =>
      /^kind create|^pulumi up/.test(line),
    );

  test.each([
    [
      "a file that is not the published one",
      () => void files.set(GET.kind, "something else"),
      /kind [\d.]+: https:\/\/github\.com\S+ has the SHA-256 sum [0-9a-f]{64}, its publisher names [0-9a-f]{64}\. Nothing of it is kept/,
    ],
    [
      "no such release",
      () => void files.delete(GET.kind),
      /no `kind` command, and it cannot be downloaded: https:\/\/github\.com\S+ answers 404[^]*Install kind/,
    ],
    [
      "too many requests",
      () => void (machine.first = (_, response) => !!response.writeHead(429, "Too Many Requests").end()),
      /it cannot be downloaded: https:\/\/github\.com\S+ answers 429 Too Many Requests/,
    ],
    [
      "no kubectl: nothing is compiled for it",
      () => void files.delete(GET.kubectl),
      /^There is no `kubectl`, and it cannot be downloaded: https:\/\/dl\.k8s\.io\S+ answers 404 Not Found\.\nInstall it/m,
    ],
    [
      "no Pulumi: nothing is compiled for it",
      () => void files.delete(GET.pulumi),
      /^There is no `pulumi`, and it cannot be downloaded: https:\/\/get\.pulumi\.com\S+ answers 404/m,
    ],
    [
      "a checksum list without the file",
      () => void files.set(`${GET.kind}.sha256sum`, "<html>\n<title>Sign in</title>"),
      /sha256sum holds no SHA-256 sum of kind-/,
    ],
    [
      "a line that breaks",
      () =>
        void (machine.first = (address, response) => {
          if (address !== GET.kind) return false;
          response.writeHead(200, { "content-length": "2000000" }).write("half", () => response.destroy());
          return true;
        }),
      /it cannot be downloaded: https:\/\/github\.com\S+ broke off after 0\.0 MB/,
    ],
    [
      "a proxy that refuses",
      () => machine.publisher.refuse("407 Proxy Authentication Required"),
      /it cannot be downloaded: github\.com does not answer \(.*407/,
    ],
  ])("%s", async (_, prepare, message) => {
    standIns.program("go", "exit 1");
    prepare();
    const { all, exitCode } = await up();
    expect(all).toMatch(message);
    expect(exitCode).toBe(1);
    expect(made()).toEqual([]);
    expect(standIns.called("go")).toEqual([]);
    // What was wrong is corrected: nothing half done is in the way.
    publishAll();
    expect((await up()).exitCode).toBe(0);
    expect(made()).toHaveLength(2);
  });
});
