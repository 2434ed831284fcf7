import versions from "../../config/versions.json";
import { UserError } from "../errors";
import { type BuiltName, recipes } from "../offline";
import type { Needed } from "./needed";

/** An image that is built by the recipe of this name; without one it is left to the cluster to pull. */
export interface Planned {
  ref: string;
  recipe?: BuiltName;
}

const TICKETING = "docker.io/observability-stack/ticketing:0.1.0";

export function refOf(name: BuiltName): string {
  if (name === "ticketing") return TICKETING;
  return `${versions[name].image}:${versions[name].tag}`;
}

/**
 * Left to the cluster to pull, or, for nodes that pull nothing, to be built here. Changes nothing.
 *
 * @throws UserError that names every image that cannot be built, and who needs it
 */
export function planImages(needed: Needed[], pulls: boolean): Planned[] {
  if (pulls) return needed.map(({ ref }) => ({ ref }));
  const missing = needed.filter(({ ref }) => !recipeOf(ref));
  if (missing.length > 0) throw cannotBeBuilt(missing);
  return needed.map(({ ref }) => ({ ref, recipe: recipeOf(ref) }));
}

const hostOf = (ref: string) => ref.split("/")[0];

/** A mirror has the upstream's path and tag below an address of its own. */
const recipeOf = (ref: string): BuiltName | undefined =>
  (Object.keys(recipes) as BuiltName[]).find((name) => ref.endsWith(belowHost(refOf(name))));
const belowHost = (ref: string) => ref.slice(hostOf(ref).length);

const cannotBeBuilt = (missing: Needed[]): UserError =>
  new UserError(
    [
      "The nodes of a Docker of our own pull nothing, and these images cannot be built here:",
      ...missing.map(({ ref, by }) => `  ${ref}, which ${by} needs`),
      "Choose one:",
      "  - leave out, in the stack file, what needs them",
      "  - start Docker, with a registry in reach, for another cluster: --cluster NAME",
      "  - a cluster that pulls its images itself: --context NAME",
    ].join("\n"),
  );
