import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { home, ownPulumiHome, repoDir, stateDir } from "./paths";
import { providePassphrase } from "./passphrase";

/** Where one stack's copy of the project lies, and its stack file in it. */
export interface StackFiles {
  directory: string;
  config: string;
  /** Temporary files of Pulumi and its plugins. */
  temporary: string;
}

/**
 * Pulumi writes the salt of its encryption into the stack file. So that the checkout stays as it is, it is given a
 * copy; from one run to the next the salt is in the state.
 */
export function copyStackFiles(stack: string, file: string): StackFiles {
  const config = stackFileCopy(stack);
  const directory = dirname(config);
  const temporary = temporaryFiles(stack);
  mkdirSync(temporary, { recursive: true });
  copyFileSync(join(repoDir, "Pulumi.yaml"), join(directory, "Pulumi.yaml"));
  // Where only the copy is left, it stays.
  if (file !== config) copyFileSync(file, config);
  return { directory, config, temporary };
}

export const stackFileCopy = (stack: string): string =>
  join(stateDir, "pulumi", stack, `Pulumi.${stack}.yaml`);

export const temporaryFiles = (stack: string): string => join(dirname(stackFileCopy(stack)), "tmp");

/** The Kubernetes provider leaves a copy of the kubeconfig, credentials included, at each run. */
export function forgetKubeconfigs({ temporary }: StackFiles): void {
  for (const file of readdirSync(temporary).filter((name) => name.startsWith("kubeconfig")))
    rmSync(join(temporary, file));
}

/** Variables for Pulumi; undefined for one that the shell has and Pulumi is not to see. */
export type Environment = Record<string, string | undefined>;

/**
 * Environment of a user who has no state backend: a directory of this machine, and a passphrase that is made once
 * and readable by its owner only. Whoever has a backend keeps it, by the environment or by `pulumi login`; ours, pasted
 * into a shell, is none of theirs. A stack that is in ours already stays there.
 *
 * Pulumi would prefer PULUMI_CONFIG_PASSPHRASE of the shell, which many set to nothing, to our passphrase: what it
 * encrypted in one shell no other could read. It counts where the stack file has a salt, of whichever passphrase.
 *
 * Errors: UserError where our passphrase is gone.
 *
 * @param file the stack file
 */
export function backendEnvironment(stack: string, file: string): Environment {
  const state = join(stateDir, "pulumi", "state");
  const directory = `file://${state}`;
  const passphrase = join(stateDir, "pulumi", "passphrase");
  const { PULUMI_ACCESS_TOKEN: token, PULUMI_BACKEND_URL: given } = process.env;
  const isPasted = given?.split("?")[0] === directory;
  if (given && !isPasted) return {};
  const ours = join(state, ".pulumi", "stacks", "observability-stack", `${stack}.json`);
  const login = credentialsDirectory();
  const isTheirs = token || (!existsSync(ours) && currentLogin(login));
  if (isTheirs)
    return {
      ...(token ? {} : { PULUMI_CREDENTIALS_PATH: login }),
      // They would win over the login, in this shell alone.
      ...(isPasted ? { PULUMI_BACKEND_URL: undefined } : {}),
      ...(process.env.PULUMI_CONFIG_PASSPHRASE_FILE === passphrase
        ? { PULUMI_CONFIG_PASSPHRASE_FILE: undefined }
        : {}),
    };
  mkdirSync(state, { recursive: true });
  providePassphrase(passphrase, state);
  // Beside each file of the state Pulumi would write one of metadata that it has no use for, and not in one step: killed
  // in between it could not read the stack any more. An earlier release has left such a file.
  rmSync(`${ours}.attrs`, { force: true });
  return {
    PULUMI_BACKEND_URL: `${directory}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
    ...("PULUMI_CONFIG_PASSPHRASE" in process.env && !hasSalt(file)
      ? { PULUMI_CONFIG_PASSPHRASE: undefined }
      : {}),
  };
}

const hasSalt = (file: string): boolean =>
  existsSync(file) && /^encryptionsalt:/m.test(readFileSync(file, "utf8"));

/** Where a Pulumi with this environment of ours keeps its state, in words. */
export function backendName(env: Environment): string {
  const { PULUMI_BACKEND_URL: url, PULUMI_ACCESS_TOKEN: token } = { ...process.env, ...env };
  // A PostgreSQL's may have a password in it.
  if (url) return url.split("?")[0].replace(/\/\/[^/]*@/, "//");
  const login = currentLogin(env.PULUMI_CREDENTIALS_PATH ?? credentialsDirectory());
  return login ?? (token ? "Pulumi Cloud, by PULUMI_ACCESS_TOKEN" : "Pulumi's default");
}

/** Where `pulumi login` of the user leaves its trace; a Pulumi that was built here has a home of its own. */
function credentialsDirectory(): string {
  const { PULUMI_CREDENTIALS_PATH: given, PULUMI_HOME: pulumiHome } = process.env;
  return given || (pulumiHome !== ownPulumiHome && pulumiHome) || join(home, ".pulumi");
}

function currentLogin(directory: string): string | undefined {
  const file = join(directory, "credentials.json");
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current || undefined;
}
