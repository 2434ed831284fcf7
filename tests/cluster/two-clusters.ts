import { existsSync } from "node:fs";
import execa from "execa";
import { findCluster, provideCluster, removeCluster } from "../../local/cluster";
import { directoryOf } from "../../local/cluster/place";
import { BESIDE } from "./support/names";
import { freePort } from "../support/free-port";
import { kubectl } from "./support/stack";

export function twoClusters(): void {
  describe("two local clusters on one machine", () => {
    const ready = /^\S+ +Ready /m;
    const report = (line: string) => console.log(line);

    test("a second one runs beside the first", async () => {
      const hostPorts = [{ host: await freePort(), node: 30006 }];
      const beside = await provideCluster({ name: BESIDE, hostPorts }, report);
      const { stdout } = await execa(beside.kubectl, ["--kubeconfig", beside.kubeconfig, "get", "nodes"]);
      expect(stdout).toMatch(ready);
      expect(stdout).toContain(BESIDE);
      expect(await kubectl(["get", "nodes"])).toMatch(ready);
    });

    test("it is removed, and the first one is as it was", async () => {
      await removeCluster(BESIDE, report);
      expect(await findCluster({ name: BESIDE })).toBeUndefined();
      expect(existsSync(directoryOf(BESIDE))).toBe(false);
      expect(await kubectl(["get", "nodes"])).toMatch(ready);
    });
  });
}
