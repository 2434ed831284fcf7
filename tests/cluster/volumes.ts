import { type Context, STACK, up } from "./start";
import { serverPods } from "./support/pods";
import { type Given, kubectl, npm, writeStack, succeeded } from "./support/stack";

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

    test.each<[string, Given, string]>([
      ["shrink", { logs: { storage: { size: "4Gi" } } }, "observability:logs.storage.size is 4Gi"],
      ["change its class", { logs: { storage: { class: GROWS } } }, `logs.storage.class is ${GROWS}`],
      ["move", { namespaces: { stack: "elsewhere" } }, "observability:namespaces would move"],
    ])("up refuses to let a volume %s, and changes nothing", async (_, given, message) => {
      const before = await serverPods();
      const { exitCode, output } = await up({ ...context.given, ...given });
      expect(exitCode).toBe(1);
      expect(output).toContain(message);
      expect(output).toContain("Nothing was changed");
      expect(output).not.toMatch(/^\s+at /m);
      expect(await claim("observability", "loki-data", ".spec.resources.requests.storage")).toBe("5Gi");
      expect(await serverPods()).toEqual(before);
    });
  });
}

/** On the second stack, whose volumes have the class that allows growth. */
export function growth(second: Record<string, unknown>): void {
  test("a volume grows where its class allows it, in place", async () => {
    const before = await serverPods("second");
    writeStack("second", { ...second, logs: { storage: { class: GROWS, size: "2Gi" } } });
    succeeded(await npm("preview", "second"));
    succeeded(await npm("up", "second"));
    expect(await claim("second", "loki-data", ".spec.resources.requests.storage")).toBe("2Gi");
    expect(await serverPods("second")).toEqual(before);
  });
}

export const growing = { logs: { storage: { class: GROWS, size: "1Gi" } } };
