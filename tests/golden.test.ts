import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestsText } from "../local/render";
import { rendered } from "./support/render";

test.each(["kind", "prod"])(
  "%s renders to the committed manifests (npm run golden writes them)",
  async (stack) => {
    const file = join(__dirname, "golden", `${stack}.yaml`);
    const text = manifestsText(await rendered(stack));
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, "utf8"));
    expect(text).toContain("[secret");
  },
);
