import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import execa from "execa";
import type { Cluster } from "./cluster";
import { UserError } from "./errors";
import { repoDir, stateDir } from "./paths";
import { kill, processesWith, runs } from "./processes";
import {
  backendEnvironment,
  backendName,
  copyStackFiles,
  type Environment,
  forgetKubeconfigs,
} from "./stack-files";
import type { Toolchain } from "./toolchain";

/** Pulumi for one stack on one cluster: the CLI as a user would call it, in the checkout. */
export class Pulumi {
  /** What a user's shell needs for the same with plain `pulumi` and kubectl, and what is to be unset there. */
  readonly env: Environment;
  /** The copy of the stack file that Pulumi may write into. */
  readonly file: string;
  private readonly files;

  constructor(
    private readonly toolchain: Toolchain,
    private readonly stack: string,
    file: string,
    cluster?: Cluster,
  ) {
    this.files = copyStackFiles(stack, file);
    this.file = this.files.config;
    this.env = {
      ...toolchain.env,
      PATH: [
        join(repoDir, "local", "bin"),
        ...directoryOf(cluster?.kubectl),
        toolchain.env.PATH ?? process.env.PATH,
      ].join(delimiter),
      ...backendEnvironment(stack, file),
      PULUMI_STACK: stack,
      ...(cluster ? { KUBECONFIG: cluster.kubeconfig } : {}),
    };
  }

  /** Shows the CLI's own output. `args` go to the CLI as they are. */
  async run(command: "up" | "preview" | "destroy", args: string[] = []): Promise<void> {
    await this.select();
    await this.unlock();
    const all = [command, "--stack", this.stack, "--config-file", this.files.config, ...args];
    const color = process.stdout.isTTY ? [] : ["--color", "never"];
    // Ctrl-C reaches Pulumi as well: it finishes what it has begun, and ends at the second. So long we are there.
    const stay = () => undefined;
    process.on("SIGINT", stay);
    const result = await execa(this.toolchain.pulumi, [...all, ...color], {
      cwd: repoDir,
      env: this.own,
      stdio: "inherit",
      reject: false,
    });
    process.off("SIGINT", stay);
    forgetKubeconfigs(this.files);
    if (result.exitCode !== 0)
      throw new UserError(
        `pulumi ${command} --stack ${this.stack} failed (see above). What it had made is in its state; run the command again to go on.` +
          ("PULUMI_CONFIG_PASSPHRASE" in this.env
            ? `\nPULUMI_CONFIG_PASSPHRASE of this shell does not count with this state: docs/configuration.md, "A passphrase of your own".`
            : ""),
      );
  }

  /** Outputs of the stack; secrets only when asked for. Empty where it was never up. */
  async outputs(showSecrets = false): Promise<Record<string, unknown>> {
    const result = await this.capture([
      "stack",
      "output",
      "--json",
      ...(showSecrets ? ["--show-secrets"] : []),
    ]);
    return result.exitCode === 0 ? JSON.parse(result.stdout || "{}") : {};
  }

  /** Where the state is, in words. */
  get backend(): string {
    return backendName(this.env);
  }

  /** Whether the state says so: nothing was ever made, or all is gone again. */
  async isEmpty(): Promise<boolean> {
    return (await this.resources())?.length === 0;
  }

  /** Ids of what Pulumi refuses to delete, by what it was told at the last update. */
  async protectedIds(): Promise<string[]> {
    const resources = (await this.resources()) ?? [];
    return resources.filter(({ protect }) => protect).flatMap(({ id }) => id ?? []);
  }

  /** What is in the state; undefined where it cannot be read, nothing where it does not have the stack. */
  private async resources(): Promise<{ id?: string; protect?: boolean }[] | undefined> {
    const { exitCode, stdout, stderr } = await this.capture(["stack", "export"]);
    if (exitCode !== 0) return /no stack named .* found/.test(stderr) ? [] : undefined;
    return (JSON.parse(stdout) as { deployment: { resources?: object[] } }).deployment.resources ?? [];
  }

  /** Forgets the stack, even one whose objects went away with their cluster. */
  async remove(): Promise<void> {
    await this.unlock();
    await this.capture(["stack", "rm", "--force", "--yes", "--preserve-config"]);
    rmSync(this.files.temporary, { recursive: true, force: true });
  }

  /** What belongs to these commands only and not into a user's shell. */
  private get own(): Environment {
    return {
      ...this.env,
      TMPDIR: this.files.temporary,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // The copy of the stack file has no salt: the state has.
      PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    };
  }

  private capture(args: string[]) {
    return execa(this.toolchain.pulumi, [...args, "--stack", this.stack], {
      cwd: this.files.directory,
      env: this.own,
      reject: false,
    });
  }

  /** In the copy of the project, since creating a stack writes into its stack file. */
  private async select(): Promise<void> {
    const args = ["stack", "select", this.stack, "--create", "--non-interactive"];
    const result = await execa(this.toolchain.pulumi, args, {
      cwd: this.files.directory,
      env: this.own,
      reject: false,
    });
    if (result.exitCode !== 0)
      throw new UserError(
        `pulumi ${args.join(" ")} failed:\n${result.stderr}` +
          (this.env.PULUMI_CREDENTIALS_PATH
            ? `\nThe state is where \`pulumi login\` of yours leads (${this.env.PULUMI_CREDENTIALS_PATH}); after \`pulumi logout\` it is on this machine.`
            : ""),
      );
  }

  /**
   * A Pulumi that was killed leaves its lock and its plugins. On our own backend the lock's process can be looked
   * for, if it ran on this machine: a home directory may be shared. The plugins are known by their directory for temporary
   * files.
   */
  private async unlock(): Promise<void> {
    const directory = join(
      stateDir,
      "pulumi",
      "state",
      ".pulumi",
      "locks",
      "organization",
      "observability-stack",
      this.stack,
    );
    if (!this.env.PULUMI_BACKEND_URL?.startsWith(`file://${stateDir}`) || !existsSync(directory)) return;
    const locks = readdirSync(directory)
      .filter((name) => name.endsWith(".json"))
      .map((name) => lockIn(join(directory, name)));
    if (locks.length === 0 || locks.some(({ pid, hostname: on }) => on !== hostname() || runs(pid))) return;
    processesWith("TMPDIR", this.files.temporary).forEach(kill);
    await this.capture(["cancel", "--yes"]);
  }
}

/** One that was cut off while it was written is nobody's any more. */
function lockIn(file: string): { pid: number; hostname: string } {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { pid: number; hostname: string };
  } catch {
    return { pid: 0, hostname: hostname() };
  }
}

/** Of a program that was downloaded or built here; the user's own is on the PATH already. */
const directoryOf = (program = ""): string[] => (isAbsolute(program) ? [dirname(program)] : []);
