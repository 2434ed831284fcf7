import { setImmediate } from "node:timers/promises";
import { Config } from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider";
import { withoutSourceMaps } from "./components/source-maps";
import { loadSettings } from "./config/load";

/** The program, which Pulumi calls; what it returns are the stack's outputs. */
export = async () => {
  const settings = loadSettings();
  // ConfigMaps that programs re-read by themselves are changed in place; the others are marked immutable.
  const kubernetes = new Provider("kubernetes", {
    enableServerSideApply: true,
    enableConfigMapMutable: true,
    context: new Config("kubernetes").get("context"),
  });
  // Lets its request go out: the provider starts, and reads the cluster's schema, while the rest of the program is read.
  await setImmediate();
  const { deploy } = await import("./components");
  return withoutSourceMaps(() => deploy(settings, { provider: kubernetes }));
};
