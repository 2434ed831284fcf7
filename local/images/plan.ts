import versions from "../../config/versions.json";
import { UserError } from "../errors";
import { type BuiltName, recipes } from "../offline";
import { DOCKER_HUB, registryAnswers } from "../registries";
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
 * Left to the cluster to pull where it can and a registry answers, else to be built here. Changes nothing.
 *
 * @throws UserError that names every image that is neither within reach nor can be built, and who needs it
 */
export async function planImages(needed: Needed[], pulls: boolean): Promise<Planned[]> {
  const hosts = needed.map(({ ref }) => hostOf(ref));
  const answering = pulls ? await registriesThatAnswer(hosts) : new Set<string>();
  // Docker Hub stands for the internet: what a mirror has that only the cluster can reach is not judged from here.
  const pulled = (ref: string) => answering.has(DOCKER_HUB) || answering.has(hostOf(ref));
  const planned = needed.map(({ ref, by }) => ({
    ref,
    by,
    pull: pulled(ref),
    recipe: recipeOf(ref),
  }));
  const missing = planned.filter(({ pull, recipe }) => !pull && !recipe);
  if (missing.length > 0) throw outOfReach(missing);
  return planned.map(({ ref, pull, recipe }) => (pull ? { ref } : { ref, recipe }));
}

const hostOf = (ref: string) => ref.split("/")[0];

/** A mirror has the upstream's path and tag below an address of its own. */
const recipeOf = (ref: string): BuiltName | undefined =>
  (Object.keys(recipes) as BuiltName[]).find((name) => ref.endsWith(belowHost(refOf(name))));
const belowHost = (ref: string) => ref.slice(hostOf(ref).length);

async function registriesThatAnswer(hosts: string[]): Promise<Set<string>> {
  const asked = [...new Set([DOCKER_HUB, ...hosts])];
  const answers = await Promise.all(asked.map(registryAnswers));
  return new Set(asked.filter((_, i) => answers[i]));
}

const outOfReach = (missing: Needed[]): UserError =>
  new UserError(
    [
      "No registry is in reach of the cluster, and these images cannot be built here:",
      ...missing.map(({ ref, by }) => `  ${ref}, which ${by} needs`),
      "Choose one:",
      "  - leave out, in the stack file, what needs them",
      "  - put their registry within reach, or a mirror: observability:placement.registry",
      "  - a cluster that pulls its images itself: --context NAME",
    ].join("\n"),
  );
