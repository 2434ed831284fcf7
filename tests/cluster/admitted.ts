import fc from "fast-check";
import { settingsOf } from "../../config/settings";
import { type Manifest, rendered } from "../support/render";
import { committed, stackFiles } from "../support/stack-files";
import { apply, kubectl } from "./support/stack";

const SAMPLE = 5;
const NAMESPACE = "dry-run";

/** Stack files of which no test runs everything, and the objects that are admitted here alone. */
const FILES: [stack: string, only: string[]][] = [
  ["prod", ["Ingress edge", "PersistentVolumeClaim data-loki-2", "StatefulSet sampler", "StorageClass gp3"]],
  ["wealist-prod", ["Deployment kiali", "Ingress edge", "StorageClass gp3"]],
  ["elk-jaeger", ["Deployment kibana", "StatefulSet logstash"]],
  ["wealist-kind", ["Deployment kiali"]],
];

/** What the settings let through, the API server does as well: it is asked to make the objects, by a dry run. */
export function admitted(): void {
  describe("the API server admits", () => {
    beforeAll(() => apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } }]));
    afterAll(() => kubectl(["delete", "namespace", NAMESPACE]));

    test(`${SAMPLE} random stack files that the settings accept`, async () => {
      const files = fc.sample(stackFiles(committed), 100).filter(isAccepted);
      expect(files.length).toBeGreaterThanOrEqual(SAMPLE);
      for (const given of files.slice(0, SAMPLE))
        expect({ given, faults: await faultsOf(await rendered("kind", given)) }).toEqual({
          given,
          faults: [],
        });
    });

    test.each(FILES)("every object of the stack file %s as it stands", async (stack, only) => {
      const manifests = await rendered(stack);
      const objects = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(objects).toEqual(expect.arrayContaining(only));
      expect(await faultsOf(manifests)).toEqual([]);
    });
  });
}

/** What the API server says against these objects, under names that no other object has; nothing is made. */
async function faultsOf(manifests: Manifest[]): Promise<string[]> {
  const items = manifests.map(({ metadata, ...object }) => ({
    ...object,
    metadata: metadata.namespace
      ? { ...metadata, namespace: NAMESPACE }
      : { ...metadata, name: `${NAMESPACE}-${metadata.name}` },
  }));
  // For the letters that Pulumi puts at the end of a name.
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items }).replaceAll("[auto]", "auto");
  const answer = await kubectl(["create", "--dry-run=server", "-f", "-"], list).then(
    () => "",
    ({ stderr }: { stderr: string }) => stderr,
  );
  // The stack that runs has the same NodePorts.
  return answer.split("\n").filter((line) => line && !line.includes("already allocated"));
}

function isAccepted(given: Record<string, unknown>): boolean {
  try {
    settingsOf(given, "kind");
    return true;
  } catch {
    return false;
  }
}
