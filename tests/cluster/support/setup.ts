import { rmSync } from "node:fs";
import { ownState } from "./state";
import { defaultHostPorts, removeCluster } from "../../../local/cluster";
import { assertPortsFree } from "../../../local/cluster/ports";
import { BESIDE, CLUSTER } from "./names";

/** Before the tests: nothing is there of a run that was killed, and the cluster has ports that nobody else has. */
export default async function setup(): Promise<void> {
  for (const name of [CLUSTER, BESIDE]) await removeCluster(name, console.log);
  rmSync(ownState, { recursive: true, force: true });
  process.env.OBSERVABILITY_TEST_PORT_OFFSET = String(await freeOffset());
}

/** The usual ports, which the README names; others while a cluster of the user's has those. */
async function freeOffset(): Promise<number> {
  const isFree = (offset: number) => assertPortsFree(defaultHostPorts(offset).map(({ host }) => host));
  try {
    await isFree(0);
    return 0;
  } catch (error) {
    console.log(`${(error as Error).message.split("\n").slice(0, -1).join("\n")}\nThe tests take others.`);
    await isFree(500);
    return 500;
  }
}
