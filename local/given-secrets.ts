import execa from "execa";
import { namespaceOf } from "../programs/addresses";
import type { Stack } from "../programs/program";
import type { Cluster } from "./cluster";
import { targetOf } from "./report";

/** A Secret of the user's own that pods of the stack mount. */
export interface GivenSecret {
  /** Key of the settings that names it. */
  setting: string;
  namespace: string;
  name: string;
  keys: string[];
}

/** Those that these settings name: each once, with all that somebody mounts of it. */
export function givenSecrets(stack: Stack): GivenSecret[] {
  const found = new Map<string, GivenSecret>();
  for (const program of stack.programs)
    for (const { existing } of program.secrets?.(stack) ?? []) {
      if (!existing) continue;
      const namespace = namespaceOf(stack.settings, program);
      const id = `${namespace}/${existing.name}`;
      const keys = [...(found.get(id)?.keys ?? []), ...existing.keys];
      found.set(id, { ...existing, namespace, keys: [...new Set(keys)] });
    }
  return [...found.values()];
}

/** What is wrong with those that the cluster has, or lacks. Their values are not asked for. */
export async function lackedSecrets(stack: Stack, cluster: Cluster): Promise<string[]> {
  const problems = await Promise.all(
    givenSecrets(stack).map(async (given) => lacked(given, await keysOf(given, cluster))),
  );
  return problems.flat();
}

/** Keys of the one that is there; none: it is not there; undefined where this user may not look. */
async function keysOf({ setting, namespace, name }: GivenSecret, cluster: Cluster) {
  const template = "go-template={{range $key, $value := .data}}{{$key}} {{end}}";
  const secret = ["get", "secret", name, "-n", namespace, "--ignore-not-found", "-o", template];
  const args = [...targetOf(cluster), ...secret];
  const { failed, stdout, stderr } = await execa(cluster.kubectl, args, { reject: false });
  if (!failed) return stdout.split(" ").filter(Boolean);
  console.error(`Nobody looked whether the Secret of observability:${setting} is in ${namespace}: ${stderr}`);
  return undefined;
}

/** Without it the pods would wait for it until `up` gives up. */
export function lacked({ setting, namespace, name, keys }: GivenSecret, there?: string[]): string[] {
  const missing = keys.filter((key) => there && !there.includes(key));
  if (missing.length === 0) return [];
  const what = there!.length > 0 ? `lacks ${missing.join(", ")}` : "is not there";
  const files = keys.map((key) => `--from-file=${key}=FILE`).join(" ");
  return [
    `observability:${setting}: the Secret ${name} in the namespace ${namespace} ${what}. Allowed: one with ${keys.join(", ")}: kubectl -n ${namespace} create secret generic ${name} ${files}. Where up would make that namespace, make it before: kubectl create namespace ${namespace}.`,
  ];
}
