import { z } from "zod";
import { allowed, text } from "./common";

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** Go wants the exact spelling, and no offset; JavaScript takes any case. */
const isZone = (name: string): boolean => {
  if (!/^(UTC|[A-Z]\w+(\/[A-Z][\w+-]*)+)$/.test(name)) return false;
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
    return known === name || known.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
};

const clock = (words: string) => text(CLOCK, "a time in quotes from 00:00 to 24:00").describe(words);

const times = z
  .strictObject({
    start: clock("From this time."),
    end: clock("Until this time, which is not muted itself."),
  })
  .refine(({ start, end }) => start < end, {
    path: ["end"],
    // A day of the week ends at midnight: the morning of friday's night is saturday's.
    error: allowed(
      "a time after start; a night is two: 22:00 to 24:00 and 00:00 to 06:00; beside weekdays in two mute timings that the route lists both, the second with the days after, such as friday and saturday",
    ),
  });

const ZONE = "the name of a time zone, such as Asia/Seoul or UTC";

/** Hours in which nobody is told, by routes that name it. */
export const muteTiming = z
  .strictObject({
    name: text(/\S/, "a name that routes can refer to").describe("Name that routes refer to."),
    times: z.array(times).min(1, allowed("one time or more")).optional().describe("Hours; default: all day."),
    weekdays: z
      .array(z.enum(DAYS, { error: allowed(DAYS.join(", ")) }))
      .min(1, allowed("one day or more"))
      .optional()
      .describe("Days of the week; default: every day."),
    timeZone: z
      .string({ error: allowed(ZONE) })
      .refine(isZone, allowed(ZONE))
      .meta({ errorMessage: allowed(ZONE) })
      .default("UTC")
      .describe("Time zone of the hours and days, such as Asia/Seoul; default UTC."),
  })
  .refine(({ times, weekdays }) => times || weekdays, {
    path: ["times"],
    error: `is missing, and so are weekdays; ${allowed("one of them or both, or everything would be muted")}`,
  });
