import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { repoDir } from "../../local/paths";
import type { KubernetesObject } from "./cluster";

/** The objects that examples/prod-local has beside the stack. */
export const manifestsOf = (file: "minio.yaml" | "postgres.yaml"): KubernetesObject[] =>
  loadAll(readFileSync(join(repoDir, "examples/prod-local", file), "utf8")) as KubernetesObject[];
