import { type Context, STACK } from "./start";
import { serverPods } from "./support/pods";
import { kubectl, npm, writeStack } from "./support/stack";

/** The node's classes bind at first use: the default one forbids growth, as kind's does; the other one allows it. */
const GROWS = "standard-expandable";

const claim = async (namespace: string, name: string, path: string) =>
  kubectl(["get", "pvc", name, "-n", namespace, "-o", `jsonpath={${path}}`]);

export function volumes(context: Context): void {
  describe("volumes that bind at first use", () => {
    test("growth that the class forbids fails in the preview, names the key, and changes nothing", async () => {
      const before = await serverPods();
      writeStack(STACK, { ...context.given, logs: { storage: { size: "6Gi" } } });
      const { exitCode, output } = await npm("preview", STACK);
      expect(exitCode).not.toBe(0);
      expect(output).toContain("observability:logs.storage.size is 6Gi");
      expect(output).toContain("allowVolumeExpansion");
      expect(await claim("observability", "loki-data", ".spec.resources.requests.storage")).toBe("5Gi");
      expect(await serverPods()).toEqual(before);
    });

    test("a volume that would shrink is refused in the preview", async () => {
      writeStack(STACK, { ...context.given, logs: { storage: { size: "4Gi" } } });
      const { exitCode, output } = await npm("preview", STACK);
      expect(exitCode).not.toBe(0);
      expect(output).toContain("observability:logs.storage.size is 4Gi");
      expect(output).toContain("Allowed: 5Gi or more");
    });
  });
}

/** On the second stack, whose volumes have the class that allows growth. */
export function growth(second: Record<string, unknown>): void {
  test("a volume grows where its class allows it, in place", async () => {
    const before = await serverPods("second");
    writeStack("second", { ...second, logs: { storage: { class: GROWS, size: "2Gi" } } });
    expect((await npm("preview", "second")).exitCode).toBe(0);
    const { exitCode } = await npm("up", "second");
    expect(exitCode).toBe(0);
    expect(await claim("second", "loki-data", ".spec.resources.requests.storage")).toBe("2Gi");
    expect(await serverPods("second")).toEqual(before);
  });
}

export const growing = { logs: { storage: { class: GROWS, size: "1Gi" } } };
