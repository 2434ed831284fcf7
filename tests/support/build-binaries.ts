import { Command } from "commander";
import { imagesOf, planImages } from "../../local/images";
import { announceBuilds, built, type ProgramName } from "../../local/offline";
import { buildAll } from "../../local/offline/builds";
import { buildJava, ELASTICSEARCH, JRUBY, PAYMENT, ZIPKIN } from "../../local/offline/java";
import { recipes } from "../../local/offline/images/recipes";
import { planned } from "../../local/offline/progress";
import { renderManifests } from "../../local/render";
import { stackConfig, stackFile } from "../../local/stack-config";
import { bundleTicketing } from "../../local/ticketing-bundle";
import { fetchBrowser } from "./browser";
import { DATABASES } from "./databases";
import { TESTED } from "./programs";

/** What `npm run up` builds on a machine with nothing but package registries, the cluster and Pulumi included. */
async function ofUp(): Promise<ProgramName[]> {
  const stack = planImages(imagesOf(await renderManifests("kind", stackConfig(stackFile("kind")))), false);
  const images = stack.flatMap(({ recipe }) => recipe ?? []);
  return announceBuilds(images, { pulumi: false, cluster: false }, console.log);
}

async function main({ forUp }: { forUp?: boolean }): Promise<void> {
  if (forUp) return buildAll(await ofUp(), console.log);
  const missing = TESTED.filter((program) => !built(program));
  if (missing.length > 0) console.log(`To be built, in about ${planned(missing)} min: ${missing.join(", ")}`);
  await buildAll(missing, console.log);
  for (const program of [PAYMENT, ZIPKIN, ELASTICSEARCH, JRUBY]) await buildJava(program, console.log);
  for (const name of DATABASES) await recipes[name]!.inputs(console.log);
  await bundleTicketing();
  await fetchBrowser(console.log);
}

new Command("test:binaries")
  .description("Builds what the tests run, once; without it, and without npm run up, they leave that out.")
  .option("--for-up", "what npm run up runs instead, for the tests on a cluster")
  .action(main)
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
