import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import execa from "execa";
import { UserError } from "../../errors";

export async function copy(from: string, to: string): Promise<void> {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { dereference: true });
}

/** A dynamically linked program with its libraries, from an unpacked tree where it has them, else from the host. */
export async function withLibraries(from: string, to: string, root: string, tree = ""): Promise<void> {
  await copy(from, to);
  const directories = ["usr/lib", "lib"].map((path) => join(tree, path, "x86_64-linux-gnu"));
  const env = tree ? { LD_LIBRARY_PATH: directories.join(":") } : {};
  const { stdout } = await execa("ldd", [from], { env });
  const missing = [...stdout.matchAll(/(\S+) => not found/g)].map(([, library]) => library);
  if (missing.length > 0)
    throw new UserError(
      `${from} needs libraries that are not there: ${missing.join(", ")}.\nInstall the Debian packages that hold them (\`apt-file search ${missing[0]}\` names them), then run the command again.`,
    );
  for (const [library] of stdout.matchAll(/\/\S+/g))
    await copy(library, join(root, library.replace(tree, "")));
}
