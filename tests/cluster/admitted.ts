import fc from "fast-check";
import { settingsOf } from "../../config/settings";
import { rendered } from "../support/render";
import { committed, stackFiles } from "../support/stack-files";
import { apply, kubectl } from "./support/stack";

const SAMPLE = 5;
const NAMESPACE = "dry-run";

/** What the settings let through, the API server does as well. */
export function admitted(): void {
  test(`${SAMPLE} random stack files that the settings accept are admitted by the API server`, async () => {
    await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } }]);
    const files = fc.sample(stackFiles(committed), 100).filter(isAccepted);
    expect(files.length).toBeGreaterThanOrEqual(SAMPLE);
    for (const given of files.slice(0, SAMPLE)) {
      const manifests = (await rendered("kind", given)).map(({ metadata, ...object }) => ({
        ...object,
        metadata: metadata.namespace
          ? { ...metadata, namespace: NAMESPACE }
          : { ...metadata, name: `${NAMESPACE}-${metadata.name}` },
      }));
      // For the letters that Pulumi puts at the end of a name.
      const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }).replaceAll(
        "[auto]",
        "auto",
      );
      const answer = await kubectl(["create", "--dry-run=server", "-f", "-"], list).then(
        () => "",
        ({ stderr }: { stderr: string }) => stderr,
      );
      // The stack that runs has the same NodePorts.
      const faults = answer.split("\n").filter((line) => line && !line.includes("already allocated"));
      expect({ given, faults }).toEqual({ given, faults: [] });
    }
    await kubectl(["delete", "namespace", NAMESPACE]);
  });
}

function isAccepted(given: Record<string, unknown>): boolean {
  try {
    settingsOf(given, "kind");
    return true;
  } catch {
    return false;
  }
}
