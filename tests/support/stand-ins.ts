import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What kubectl answers about the classes of kind's clusters, in quotes of a shell. */
export const DEFAULT_CLASS = `'${JSON.stringify({
  items: [
    {
      metadata: {
        name: "standard",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "rancher.io/local-path",
    },
  ],
})}'`;

/** Programs played by scripts in a directory, which is to be put first on the PATH. */
export class StandIns {
  private readonly calls;

  constructor(private readonly directory: string) {
    this.calls = join(directory, "calls");
    this.forgetCalls();
  }

  /** A program that notes its arguments and then runs `body`. */
  program(name: string, body: string): void {
    const file = join(this.directory, name);
    writeFileSync(file, `#!/bin/sh\necho ${name} "$@" >> ${this.calls}\n${body}\n`);
    chmodSync(file, 0o755);
  }

  /** How the programs were called since the test began, one call a line. */
  called(...names: string[]): string[] {
    const lines = readFileSync(this.calls, "utf8").split("\n");
    return lines.filter((line) => names.includes(line.split(" ")[0]));
  }

  forgetCalls(): void {
    writeFileSync(this.calls, "");
  }
}
