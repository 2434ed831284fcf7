/** A cluster of the user's, by the name of its kube context. It is used, never changed or removed. */
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors";
import type { Cluster, Report } from "./cluster";
import { findKubectl } from "./kubectl";
import { run } from "./run";

/** Errors: UserError for a context that kubeconfig does not have, and for a cluster that does not answer. */
export async function useContext(context: string, report: Report): Promise<Cluster> {
  const kubectl = await findKubectl(report);
  const known = await contexts(kubectl);
  if (!known.includes(context)) {
    throw new UserError(
      `--context ${context}: there is no such context in ${kubeconfigPath()}. ` +
        (known.length > 0 ? `Known are: ${known.join(", ")}.` : "It has none.") +
        " Name one of them, or leave the option out for a local cluster.",
    );
  }
  const answer = await run(
    kubectl,
    ["--context", context, "--request-timeout", "5s", "get", "--raw", "/readyz"],
    {
      timeout: 15_000,
    },
  );
  if (answer.failed) {
    throw new UserError(
      `--context ${context}: the cluster does not answer: ${lastLine(answer.stderr)}. ` +
        `Try \`kubectl --context ${context} get nodes\`; start the cluster or sign in to it, or leave the option out ` +
        "for a local cluster.",
    );
  }
  return {
    kind: "context",
    name: context,
    kubeconfig: kubeconfigPath(),
    context,
    kubectl,
    loadImages: async (images, tell) => {
      if (images.length > 0) {
        tell(`context ${context}: ${images.length} local images are not loaded, the cluster pulls its own`);
      }
    },
  };
}

/** Names of the contexts in the user's kubeconfig. */
export async function contexts(kubectl: string): Promise<string[]> {
  const result = await run(kubectl, ["config", "get-contexts", "--output", "name"]);
  if (result.failed) throw new UserError(`cannot read ${kubeconfigPath()}: ${lastLine(result.stderr)}`);
  return result.stdout.split("\n").filter(Boolean);
}

const kubeconfigPath = () => process.env.KUBECONFIG || join(homedir(), ".kube", "config");

const lastLine = (text: string) => text.split("\n").at(-1) ?? "";
