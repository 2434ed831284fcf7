import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { json } from "./yaml";
import { stackFileSchema } from "./json-schema";

writeFileSync(join(__dirname, "stack.schema.json"), json(stackFileSchema()));
