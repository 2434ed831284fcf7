import execa from "execa";
import { hasOwnDocker, provideOwnDocker } from "../../local/offline";
import { processes } from "../../local/offline/docker/leftovers";
import { kill } from "../../local/processes";
import { eventually } from "../support/eventually";
import { STACK, type Context } from "./start";
import { CLUSTER } from "./support/names";
import { npm, succeeded } from "./support/stack";
import { everywhere, findMarks, type Marks, putMarks } from "./support/stores";

/** What befalls a laptop: its Docker is stopped, or the machine is switched off. */
export function restarts(context: Context): void {
  describe("restarts", () => {
    const stores = () => ({
      namespace: "observability",
      edge: true,
      authorization: `Basic ${Buffer.from(`admin:${context.password}`).toString("base64")}`,
    });
    let marks: Marks;
    const upAgain = async () => {
      succeeded(await npm("up", STACK));
      await eventually("every store has its data", 120, async () => {
        const found = await findMarks(stores(), marks);
        return JSON.stringify(found) === JSON.stringify(everywhere) ? found : undefined;
      });
    };

    test("a node that was stopped is started by up, with its data", async () => {
      marks = await putMarks(stores());
      const env = hasOwnDocker() ? (await provideOwnDocker(console.log)).env : {};
      await execa("docker", ["stop", `${CLUSTER}-control-plane`], { env });
      const { exitCode, output } = await npm("status", STACK);
      expect(exitCode).toBe(1);
      expect(output).toContain(`the local cluster ${CLUSTER} does not run.\nMake it with npm run up`);
      await upAgain();
    });

    test("so is a Docker of our own that was killed with all that is in it", async () => {
      // A Docker of the user's is not ours to kill.
      if (!hasOwnDocker()) return console.log("not run: the cluster is in the user's Docker");
      processes().forEach(kill);
      await upAgain();
    });
  });
}
