/** The workflow of pull requests, by the program that checks such files. GitHub itself does not run here. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { repoDir } from "../local/paths";
import { binary, describeWith, output } from "./support/programs";

const directory = join(repoDir, ".github/workflows");

describeWith(["actionlint", "actionlint"])("actionlint reads", () => {
  test.each(readdirSync(directory))("%s", async (name) => {
    const actionlint = binary("actionlint", "actionlint")!;
    expect(await output(actionlint, ["-no-color", join(directory, name)])).toBe("");
  });
});
