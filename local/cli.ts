import { RunError } from "@pulumi/pulumi";
import { Command, InvalidArgumentError, Option } from "commander";
import { faultNames } from "../examples/ticketing/src/faults";
import { SettingsError } from "../config/settings";
import { down, preview, render, status, ticketing, up } from "./commands";
import { DURATION, seconds } from "../config/units";
import { UserError } from "./errors";
import { cacheDir, stateDir } from "./paths";
import { serviceName } from "./service-status";

const program = new Command("observability-stack")
  .description("Logs, metrics, traces and dashboards for the services of a Kubernetes cluster.")
  .showHelpAfterError();

const YES = ["--yes", "with --context: does not show the preview and ask first"] as const;

function command(name: string, description: string) {
  return program
    .command(name)
    .description(description)
    .option("--stack <name>", "stack whose file Pulumi.<name>.yaml is used", stackName, "kind")
    .option("--config-file <path>", "stack file; default Pulumi.<stack>.yaml of the checkout")
    .option("--context <name>", "context of your kubeconfig; without it a local cluster is found or made")
    .option("--cluster <name>", "name of the local cluster", clusterName, "observability");
}

command("up", "toolchain, cluster, pulumi up, until everything is ready")
  .option(
    "--port-offset <number>",
    "added to each port on localhost, for a second local cluster beside another",
    portOffset,
    0,
  )
  .option(...YES)
  .addOption(
    new Option("--recreate", "removes the local cluster of that name first, with its data").conflicts(
      "context",
    ),
  )
  .addOption(
    new Option(
      "--offline",
      "builds everything here, for a cluster in a Docker of our own (Linux, root); the way where neither Docker nor a registry is in reach",
    ).conflicts("context"),
  )
  .action(up);
command("preview", "what up would change").action(preview);
command("status", "what runs and how to reach it")
  .option(
    "--service <namespace/name>",
    "of one service: whether its metrics, logs and traces arrive",
    serviceName,
  )
  .action(status);
command("down", "destroys the stack and the local cluster")
  .option(...YES)
  .action(down);
command("ticketing", "runs the sample workload of examples/ticketing and sends users through it")
  .option("--users <number>", "users that take turns", "10")
  .option("--rate <number>", "visits a second", "1")
  .option("--duration <seconds>", "how long; by default a minute, or as long as the fault")
  .addOption(new Option("--fault <name>", "what breaks meanwhile; it ends by itself").choices(faultNames))
  .option("--for <duration>", "how long the fault lasts, such as 15m; default 15m", faultDuration)
  .option("--no-mistakes", "no visit goes wrong on purpose")
  .option("--image <ref>", "with --context: what its image is built and pushed as")
  .action(ticketing);
program
  .command("render")
  .description("prints the stack's manifests, or what changes in them; needs no cluster")
  .option("--stack <name>", "stack whose file Pulumi.<name>.yaml is used", stackName, "kind")
  .option("--config-file <path>", "stack file; default Pulumi.<stack>.yaml of the checkout")
  .option("--against <commit>", "what differs from that commit, such as origin/main, as Markdown")
  .option("--limit <characters>", "of that; GitHub takes 65536 in a comment", characters, Infinity)
  .action(render);

/** What Pulumi allows, of the organisation that its CLI takes by default: the name is that of a file and a label, too. */
function stackName(text: string): string {
  if (/^[\w.-]{1,100}$/.test(text) && /\w/.test(text)) return text;
  const [, organisation, name] = /^([\w-]+)\/(?:[\w.-]+\/)?([\w.-]+)$/.exec(text) ?? [];
  if (organisation && !name.endsWith(".yaml"))
    throw new InvalidArgumentError(
      `Allowed: the name alone. For an organisation of Pulumi Cloud: pulumi org set-default ${organisation}, then --stack ${name}.`,
    );
  throw new InvalidArgumentError(
    "Allowed: at most 100 letters, digits, hyphens, underscores and dots; a path goes into --config-file.",
  );
}

/** What kind allows, as the name of a container and of a directory. */
function clusterName(text: string): string {
  if (/^[a-z0-9][a-z0-9.-]{0,49}$/.test(text)) return text;
  throw new InvalidArgumentError(
    "Allowed: at most 50 lower-case letters, digits, hyphens and dots, a letter or digit first.",
  );
}

/** Long enough for an alert, short enough for one that is forgotten. */
function faultDuration(text: string): number {
  if (DURATION.test(text) && seconds(text) >= 10 && seconds(text) <= 86_400) return seconds(text);
  throw new InvalidArgumentError("Allowed: 10s to 24h, such as 90s, 15m or 2h.");
}

function characters(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Allowed: a whole number above 0.");
}

/** Further up are the ports that systems give to any client. */
function portOffset(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 2000) return Number(text);
  throw new InvalidArgumentError("Allowed: 0 to 2000.");
}

// Whoever reads may have seen enough, as `head` has: what is under way goes on to its end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

program.parseAsync().catch((error: unknown) => {
  const forUser = [UserError, SettingsError, RunError].some((known) => error instanceof known);
  console.error(forUser ? (error as Error).message : (unwritable(error) ?? error));
  process.exitCode = 1;
});

/** A home that is read-only, say. */
function unwritable(error: unknown): string | undefined {
  const { code = "", path, syscall } = error as NodeJS.ErrnoException;
  if (!path || syscall?.startsWith("spawn") || !["EACCES", "EPERM", "EROFS", "ENOTDIR"].includes(code))
    return undefined;
  return (
    `${path} cannot be written (${code}). What can be made again is kept in ${cacheDir}, what must last in ${stateDir}.\n` +
    "Make both writable, or set XDG_CACHE_HOME and XDG_STATE_HOME to directories that are; then run the command again."
  );
}
