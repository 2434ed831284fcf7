import { build } from "esbuild";
import path from "node:path";

/** Writes service.js and traffic.js, each a file that Node 20 runs as it is, without node_modules. */
export async function bundle(outDir = path.join(__dirname, "dist")): Promise<void> {
  await build({
    entryPoints: [path.join(__dirname, "src/service.ts"), path.join(__dirname, "traffic.ts")],
    outdir: outDir,
    entryNames: "[name]",
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // Class names show up in errors.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: "warning",
  });
}

if (require.main === module) void bundle(process.argv[2]);
