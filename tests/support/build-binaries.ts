import { built } from "../../local/offline";
import { buildAll } from "../../local/offline/builds";
import { buildJava, ELASTICSEARCH, JRUBY, PAYMENT, ZIPKIN } from "../../local/offline/java";
import { recipes } from "../../local/offline/images/recipes";
import { planned } from "../../local/offline/progress";
import { bundleTicketing } from "../../local/ticketing-bundle";
import { fetchBrowser } from "./browser";
import { DATABASES } from "./databases";
import { TESTED } from "./programs";

/* npm run test:binaries: builds what the tests run, once; without it, and without `npm run up`, they leave that out. */
async function main(): Promise<void> {
  const missing = TESTED.filter((program) => !built(program));
  if (missing.length > 0) console.log(`To be built, in about ${planned(missing)} min: ${missing.join(", ")}`);
  await buildAll(missing, console.log);
  for (const program of [PAYMENT, ZIPKIN, ELASTICSEARCH, JRUBY]) await buildJava(program, console.log);
  for (const name of DATABASES) await recipes[name]!.inputs(console.log);
  await bundleTicketing();
  await fetchBrowser(console.log);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
