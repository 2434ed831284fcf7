import { build } from "../../local/offline/build";
import { TESTED } from "./programs";

/* npm run test:binaries: builds what the tests run, once; without it, and without `npm run up`, they leave that out. */
async function main(): Promise<void> {
  for (const program of TESTED) await build(program, console.log);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
