import { availableParallelism } from "node:os";
import type { ProgramName } from "./build";
import seconds from "./programs/seconds.json";

/** Each one's share of the seconds in which two cores built all of them, with nothing downloaded; measured. */
const onTwoCores: Record<ProgramName, number> = seconds;

const left = new Set<ProgramName>();
/** How this machine compares: by its cores, as if it had built for five minutes, and by what it has built. */
const ASSUMED = 300;
let [expected, began] = [0, 0];

/** What is to be built, from now on; returns the minutes that it will take, about. */
export function planned(names: ProgramName[]): number {
  left.clear();
  for (const name of names) left.add(name);
  [expected, began] = [0, Date.now()];
  return minutesLeft();
}

/** To be told when a program was built; returns what remains, in words. */
export function finished(name: ProgramName): string {
  left.delete(name);
  expected += onTwoCores[name];
  return left.size > 0 ? `; left: ${left.size}, about ${minutesLeft()} min` : "";
}

/** At least one: nobody is told that nothing is left while something is. */
function minutesLeft(): number {
  const assumed = (ASSUMED * 2) / availableParallelism();
  const slowness = (assumed + (Date.now() - began) / 1000) / (ASSUMED + expected);
  return Math.max(1, Math.round((total([...left]) * slowness) / 60));
}

/** What part of everything these are. */
export const shareOf = (names: ProgramName[]): number =>
  total(names) / total(Object.keys(onTwoCores) as ProgramName[]);
const total = (names: ProgramName[]) => names.reduce((sum, name) => sum + onTwoCores[name], 0);
