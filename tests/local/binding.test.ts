/** A stack stays in the cluster that it was brought up in; kubectl is played by a script. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../local/cluster";

const scratch = mkdtempSync(join(tmpdir(), "binding-"));
const clusters = join(scratch, "observability-stack/clusters");

/** The module reads its paths from the environment when it is loaded. */
const binding = () => import("../../local/binding");

/** A cluster whose kube-system has this uid. */
function cluster(kind: Cluster["kind"], name: string, uid: string): Cluster {
  const kubectl = join(scratch, `kubectl-${uid}`);
  writeFileSync(kubectl, `#!/bin/sh\ncase "$*" in *"namespace kube-system"*) printf ${uid};; esac\n`, {
    mode: 0o755,
  });
  return {
    kind,
    name,
    kubectl,
    kubeconfig: "/none",
    pulls: true,
    hostPorts: [],
    loadImages: async () => undefined,
    buildImage: async () => undefined,
    pullImages: async () => undefined,
  };
}

beforeAll(() => {
  process.env.XDG_STATE_HOME = scratch;
});
beforeEach(() => {
  rmSync(join(scratch, "observability-stack"), { recursive: true, force: true });
  mkdirSync(join(clusters, "laptop"), { recursive: true });
  writeFileSync(join(clusters, "laptop/kind.yaml"), "");
});
afterAll(() => rmSync(scratch, { recursive: true }));

const laptop = cluster("kind", "laptop", "a1");
const office = cluster("context", "office", "b2");

test("where it was never up, and in its own cluster by whatever way, it may go on", async () => {
  const { bind, refuseOtherCluster } = await binding();
  await refuseOtherCluster("kind", office);
  await bind("kind", laptop);
  await refuseOtherCluster("kind", laptop);
  await refuseOtherCluster("kind", cluster("context", "kind-laptop", "a1"));
  await refuseOtherCluster("other", office);
});

test.each([
  ["a context after the local cluster", laptop, office, "--cluster laptop"],
  ["the local cluster after a context", office, laptop, "--context office"],
  ["another context", office, cluster("context", "prod", "c3"), "--context office"],
  [
    "another cluster under the same context's name",
    office,
    cluster("context", "office", "d4"),
    "--context office",
  ],
])("%s is refused, with the ways out", async (_, first, second, there) => {
  const { bind, refuseOtherCluster, unbind } = await binding();
  await bind("kind", first);
  const refused = expect(refuseOtherCluster("kind", second)).rejects;
  await refused.toThrow(
    `is up in the cluster of ${there}, and ${second.name} is another cluster. Nothing was changed`,
  );
  await expect(refuseOtherCluster("kind", second)).rejects.toThrow(`npm run down -- --stack kind ${there}`);
  unbind("kind");
  await refuseOtherCluster("kind", second);
});

test("the local cluster of another stack is not made anew by a slip", async () => {
  const { bind, refuseToRecreate, unbind } = await binding();
  await bind("kind", office);
  await expect(refuseToRecreate("kind", "laptop")).rejects.toThrow(
    /is up in the cluster of --context office/,
  );
  unbind("kind");
  await bind("kind", laptop);
  await refuseToRecreate("kind", "laptop");
  unbind("kind");
  await refuseToRecreate("kind", "laptop");
});

test("nor is one in which another stack keeps something", async () => {
  const { otherStacks, refuseToRecreate } = await binding();
  const { kubectl } = laptop;
  const of = (stack: string, partOf = "observability-stack") => ({
    metadata: {
      name: "loki-data",
      labels: { "app.kubernetes.io/part-of": partOf, "app.kubernetes.io/instance": stack },
    },
  });
  const items = [of("kind"), of("second"), of("second"), of("redis", "a chart")];
  writeFileSync(kubectl, `#!/bin/sh\necho '${JSON.stringify({ items })}'\n`, { mode: 0o755 });
  expect(await otherStacks("kind", laptop)).toEqual(["second"]);
  await expect(refuseToRecreate("kind", "laptop", laptop)).rejects.toThrow(
    /the stack second is in the local cluster laptop too.*\n.*npm run down -- --stack second --cluster laptop/,
  );
  await expect(refuseToRecreate("second", "laptop", laptop)).rejects.toThrow(/the stack kind is in/);
});

test("a local cluster that is gone, or made anew under its name, holds nothing back", async () => {
  const { bind, refuseOtherCluster } = await binding();
  await bind("kind", laptop);
  await refuseOtherCluster("kind", cluster("kind", "laptop", "e5"));
  rmSync(join(clusters, "laptop"), { recursive: true });
  await refuseOtherCluster("kind", office);
});
