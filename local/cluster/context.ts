/** A cluster of the user's, by the name of its kube context. It is used, never changed or removed. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "../errors";
import { stateDir } from "../paths";
import type { Cluster, Report } from "./cluster";
import { findKubectl } from "./kubectl";
import { must, run } from "./run";

/** The request has 5 s; a plugin that gets credentials takes its own time before. */
const PATIENCE_MS = 15_000;

/** Errors: UserError for a context that kubeconfig does not have, and for a cluster that does not answer or lets nobody in. */
export async function useContext(
  context: string,
  report: Report,
  patienceMs = PATIENCE_MS,
): Promise<Cluster> {
  const kubectl = await findKubectl(report);
  const known = await contexts(kubectl);
  if (!known.includes(context)) {
    throw new UserError(
      `--context ${context}: there is no such context in ${kubeconfigPath()}. ` +
        (known.length > 0 ? `Known are: ${known.join(", ")}.` : "It has none.") +
        " Name one of them, or leave the option out for a local cluster.",
    );
  }
  const ask = ["--context", context, "--request-timeout", "5s", "get", "--raw", "/readyz"];
  const answer = await run(kubectl, ask, { timeout: patienceMs, ...asUser() });
  if (answer.timedOut) {
    throw new UserError(
      `--context ${context}: kubectl had no answer within ${patienceMs / 1000} s, which is longer than the cluster may take: ` +
        "a plugin of your kubeconfig that gets credentials is slow, or waits for you. " +
        `Run \`kubectl --context ${context} get nodes\` and sign in where it asks; when it answers at once, run the command again.`,
    );
  }
  if (answer.failed) {
    throw new UserError(
      `--context ${context}: the cluster cannot be used: ${lastLine(answer.stderr)}. ` +
        `Try \`kubectl --context ${context} get nodes\`; start the cluster or sign in to it, or leave the option out ` +
        "for a local cluster.",
    );
  }
  return {
    kind: "context",
    name: context,
    kubeconfig: await ownKubeconfig(kubectl, context),
    kubectl,
    pulls: true,
    hostPorts: [],
    loadImages: async (images, tell) => {
      if (images.length > 0) {
        tell(`context ${context}: ${images.length} local images are not loaded, the cluster pulls its own`);
      }
    },
    buildImage: async (ref, directory, tell) => {
      tell(`image ${ref}: docker build and push`);
      const nodes = ["get", "nodes", "-o", "jsonpath={.items[0].status.nodeInfo.architecture}"];
      const { stdout } = await run(kubectl, ["--context", context, ...nodes], asUser());
      // The laptop's may be another one.
      const platform = stdout ? ["--platform", `linux/${stdout}`] : [];
      await must("docker", ["build", ...platform, "--tag", ref, directory], `cannot build ${ref}`);
      await must("docker", ["push", ref], `cannot push ${ref}`);
    },
    pullImages: async () => undefined,
  };
}

/**
 * The context as a file in which it is the current one: plain pulumi and kubectl then meet the same cluster, whatever
 * the user's current context is.
 */
async function ownKubeconfig(kubectl: string, context: string): Promise<string> {
  const only = ["config", "view", "--minify", "--flatten", "--context", context];
  const { failed, stdout, stderr } = await run(kubectl, only, asUser());
  if (failed) throw new UserError(`cannot read ${kubeconfigPath()}: ${lastLine(stderr)}`);
  const file = ownFile(context);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, stdout, { mode: 0o600 });
  return file;
}

/** Deletes the credentials that were copied; the user's own and the cluster stay. */
export const forgetContext = (context: string): void => rmSync(ownFile(context), { force: true });

// A context may be named like an ARN.
const ownFile = (context: string) => join(stateDir, "contexts", encodeURIComponent(context));

/** Names of the contexts in the user's kubeconfig. */
export async function contexts(kubectl: string): Promise<string[]> {
  const result = await run(kubectl, ["config", "get-contexts", "--output", "name"], asUser());
  if (result.failed) throw new UserError(`cannot read ${kubeconfigPath()}: ${lastLine(result.stderr)}`);
  return result.stdout.split("\n").filter(Boolean);
}

/** The user's own: the one that `up` prints, pasted into a shell, knows one cluster alone. */
function kubeconfigPath(): string {
  const given = process.env.KUBECONFIG;
  return given && !given.startsWith(stateDir) ? given : join(homedir(), ".kube", "config");
}

const asUser = () => ({ env: { KUBECONFIG: kubeconfigPath() } });

const lastLine = (text: string) => text.split("\n").at(-1) ?? "";
