import { InvalidArgumentError } from "commander";

/** An option that is a number of minutes. */
export function wholeMinutes(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Allowed: 1 to 999.");
}
