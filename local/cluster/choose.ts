/** Which Docker a local cluster goes into: the user's, or one of our own. */
import { createInterface } from "node:readline/promises";
import { UserError } from "../errors";
import { ownDockerMissing } from "../offline";
import { registryAnswers } from "../registries";
import type { ClusterOptions, Report } from "./cluster";
import { isInOwnDocker, kindExists } from "./kind-record";
import { directoryOf } from "./place";
import { run } from "./run";

/**
 * A cluster stays in the Docker that it was made in. A new one goes into the user's; into one of our own by `offline`, or
 * where neither Docker nor a registry is in reach: kind's image could not be pulled either.
 *
 * Errors: UserError that lists what the user may do where it is neither.
 */
export async function isForOwnDocker(
  { name, offline }: Pick<ClusterOptions, "name" | "offline">,
  report: Report,
): Promise<boolean> {
  if (isInOwnDocker(name)) return true;
  if (offline) return refuseOffline(name);
  const docker = await stateOfDocker();
  if (docker === "answers") return false;
  const isNew = !kindExists(name);
  const chosen = docker === "absent" ? "" : await asked(docker, isNew);
  if (chosen === AGAIN) return isForOwnDocker({ name }, report);
  if (chosen === OFFLINE) return refuseOffline(name);
  if (isNew && chosen === "" && !(await registryAnswers()) && !(await ownDockerMissing())) {
    report(`${words(docker)}, and no registry is in reach: everything is built here, in a Docker of our own`);
    return true;
  }
  if (!isNew)
    throw new UserError(
      `The local cluster ${name} is in your Docker. ${words(docker)}. The data is kept: start Docker, then run the command again.\n` +
        `To forget a cluster that went away with its Docker, remove ${directoryOf(name)}.`,
    );
  throw new UserError(
    [
      `${words(docker)}. Choose one:`,
      `  - ${remedy(docker)}, then run the command again`,
      "  - a cluster of yours: --context NAME (`kubectl config get-contexts` lists them)",
      `  - everything built here, in a Docker of our own: ${(await ownDockerMissing()) ?? "--offline"}`,
    ].join("\n"),
  );
}

async function refuseOffline(name: string): Promise<true> {
  const impossible = await ownDockerMissing();
  if (impossible) throw new UserError(`--offline: a Docker of our own is not possible: ${impossible}.`);
  if (!kindExists(name)) return true;
  throw new UserError(
    `--offline: the local cluster ${name} is in your Docker. Leave the option out, or name another: --cluster NAME.`,
  );
}

type State = "answers" | "absent" | { says: string };

const words = (docker: Exclude<State, "answers">): string =>
  docker === "absent" ? "There is no Docker here" : `Docker does not answer (${docker.says})`;

function remedy(docker: Exclude<State, "answers">): string {
  if (docker === "absent") return "install Docker (https://docs.docker.com/get-docker/)";
  return docker.says.includes("permission denied")
    ? "let your user use Docker (`sudo usermod -aG docker $USER`, then log in again)"
    : "start Docker (`sudo systemctl start docker`, or Docker Desktop)";
}

const AGAIN = "again";
const OFFLINE = "offline";

/** On a terminal there is time to start it; elsewhere nobody answers. */
async function asked(docker: { says: string }, isNew: boolean): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return "";
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const offline = isNew ? `, ${OFFLINE} to build everything here` : "";
  const question = `${words(docker)}.\nStart it and press Enter${offline}, or type q for what else can be done: `;
  // Ctrl-C and Ctrl-D are a no as well.
  const answer = await terminal.question(question).catch(() => "q");
  terminal.close();
  return answer.trim() || AGAIN;
}

async function stateOfDocker(): Promise<State> {
  // Unlike `docker info` it says why in one line.
  const ask = ["version", "--format", "{{.Server.Version}}"];
  const { failed, exitCode, timedOut, stderr } = await run("docker", ask, { timeout: 5_000 });
  if (!failed) return "answers";
  if (timedOut) return { says: "it takes longer than 5 s" };
  return exitCode === undefined ? "absent" : { says: stderr.trim().split("\n").at(-1) ?? "" };
}
