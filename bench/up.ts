import "./own-state";
import { randomBytes } from "node:crypto";
import { renderManifests, type Manifest } from "../local/render";
import { stackConfig, stackFile } from "../local/stack-config";
import { judge, once } from "./measure";
import { onOwnCluster } from "./own-cluster";
import type { Bench } from "./stack";

/*
 * npm run bench:up: from nothing to ready by `pulumi up` against `kubectl apply` of the same objects and waiting for
 * the same pods. On a cluster of its own, beside whatever runs; it is removed at the end.
 */
async function main(): Promise<void> {
  await onOwnCluster(async (own) => {
    own.write(stackConfig(stackFile("kind")));
    await own.up();
    await measure(await own.stack(), own.file);
  });
}

/** The stack is destroyed before and between. */
async function measure(stack: Bench, file: string): Promise<void> {
  await stack.pulumi(["destroy", "--yes", ...stack.arguments]);
  const manifests = usable(await renderManifests("kind", stackConfig(file)));
  const apply = await once(() => applyAndWait(stack, manifests));
  await remove(stack, manifests);
  const up = await once(() => stack.pulumi(["up", "--yes", "--skip-preview", ...stack.arguments]));
  console.log(`kubectl apply and wait ${apply.toFixed(0)} s, pulumi up ${up.toFixed(0)} s`);
  judge("pulumi up / kubectl apply --server-side and wait", up / apply, 1.3);
}

/** Names that Pulumi would complete and secrets that it would make. */
function usable(manifests: Manifest[]): Manifest[] {
  const secret = () => randomBytes(12).toString("hex");
  return JSON.parse(
    JSON.stringify(manifests)
      .replaceAll("-[auto]", "-bench")
      .replace(/\[secret[^\]]*\]/g, secret),
  );
}

async function applyAndWait(stack: Bench, manifests: Manifest[]): Promise<void> {
  const first = manifests.filter(({ kind }) => kind === "Namespace");
  const list = (items: Manifest[]) => JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await stack.kubectl(["apply", "--server-side", "-f", "-"], list(first));
  await stack.kubectl(
    ["apply", "--server-side", "-f", "-"],
    list(manifests.filter((one) => !first.includes(one))),
  );
  await Promise.all(
    manifests
      .filter(({ kind }) => ["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(kind))
      .map(({ kind, metadata: { name, namespace } }) =>
        kind === "Job"
          ? stack.kubectl([
              "wait",
              `job/${name}`,
              "-n",
              namespace!,
              "--for=condition=Complete",
              "--timeout=300s",
            ])
          : stack.kubectl(["rollout", "status", `${kind}/${name}`, "-n", namespace!, "--timeout=300s"]),
      ),
  );
}

async function remove(stack: Bench, manifests: Manifest[]): Promise<void> {
  const items = manifests.filter(({ metadata, kind }) => !metadata.namespace || kind === "Namespace");
  await stack.kubectl(
    ["delete", "--wait", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  );
}

void main();
