import execa from "execa";
import { provideNode, removeNode } from "../../local/cluster/node";
import { leftovers, processesOf } from "../../local/cluster/node/leftovers";
import { placeOf } from "../../local/cluster/node/place";
import { readProc } from "../../local/processes";
import { BESIDE } from "./support/names";
import { freePort } from "../support/free-port";
import { kubectl } from "./support/stack";

const canRun = process.platform === "linux" && process.getuid?.() === 0;

export function twoNodes(): void {
  (canRun ? describe : describe.skip)("two nodes of our own on one machine", () => {
    const ready = /^\S+ +Ready /m;

    test("a second one runs beside the first", async () => {
      const ports = [{ host: await freePort(), node: 30006 }];
      const beside = await provideNode(BESIDE, ports, (line) => console.log(line));
      const { stdout } = await execa(beside.kubectl, ["--kubeconfig", beside.kubeconfig, "get", "nodes"]);
      expect(stdout).toMatch(ready);
      expect(stdout).toContain(BESIDE);
      expect(await kubectl(["get", "nodes"])).toMatch(ready);
    });

    test("after a crash nothing of it is left, and the first one is as it was", async () => {
      const processes = processesOf(placeOf(BESIDE));
      const keeper = processes.find((pid) =>
        readProc(pid, "cmdline").some((arg) => arg.endsWith("keeper.ts")),
      );
      expect(processes.length).toBeGreaterThan(5);
      process.kill(keeper!, "SIGKILL");
      await removeNode(BESIDE);
      expect(await leftovers(BESIDE)).toEqual([]);
      expect(await kubectl(["get", "nodes"])).toMatch(ready);
    });
  });
}
