/** What is asked of a cluster before anything is changed; kubectl is played by a script. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../local/cluster";
import { UserError } from "../../local/errors";
import { ask, listed } from "../../local/listed";

const scratch = mkdtempSync(join(tmpdir(), "listed-"));
const kubectl = join(scratch, "kubectl");
const cluster = { kubectl, kubeconfig: "/none" } as Cluster;
const kubectlThat = (script: string) => writeFileSync(kubectl, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
afterAll(() => rmSync(scratch, { recursive: true }));

test("who may not list is told kubectl's reason and which right is needed", async () => {
  kubectlThat("echo warning >&2; echo 'Error from server (Forbidden): no' >&2; exit 1");
  const refused = listed(cluster, "pvc", "-n", "observability");
  await expect(refused).rejects.toThrow(UserError);
  await expect(refused).rejects.toThrow(
    /^kubectl get pvc -n observability.*: Error from server \(Forbidden\): no\nNothing was changed\. .*right to get and list pvc/,
  );
  expect(await ask(cluster, "pvc")).toBeUndefined();
});

test("a kubectl that is not there is named", async () => {
  const refused = listed({ ...cluster, kubectl: join(scratch, "none") }, "storageclass");
  await expect(refused).rejects.toThrow(/^kubectl get storageclass.*none is not there/);
});
