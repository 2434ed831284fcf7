import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { BYTE_QUANTITY, bytes, CPU_QUANTITY, DURATION, millicores, seconds } from "../units";

/**
 * The kinds of value that settings are made of. What is allowed is said once: messages, editors (`errorMessage`) and the
 * page docs/settings.md show the same words.
 */

export const allowed = (words: string): string => `allowed: ${words}`;

/** Text of one form. Nothing else is checked on a text that has another. */
export const text = (pattern: RegExp, words: string) => {
  const error = allowed(words);
  return z.string({ error }).regex(pattern, { error, abort: true }).meta({ errorMessage: error });
};

/** Where YAML reads a number, as in `cpu: 2`, the text of it is meant. */
export const textOrNumber = (
  pattern: RegExp,
  words: string,
  numberThat: (error: string) => z.ZodNumber = () => z.number(),
) => {
  const error = allowed(words);
  const number = numberThat(error);
  return z
    .union([z.string().regex(pattern, { error, abort: true }), number], { error })
    .transform(String)
    .pipe(text(pattern, words))
    .meta({ errorMessage: error });
};

/** Id of a generated password. Of 1.1 and 1.10 YAML makes the same number, and so the same password. */
export const rotation = () =>
  textOrNumber(
    /\S/,
    "any text that is not empty, such as a date; a number with a dot in quotes; another text makes a new password",
    (error) => z.int({ error }),
  ).prefault("1");

/** Longer ones overflow in some of the programs, which count nanoseconds. */
const TEN_YEARS = "520w";

export const duration = (range: { least?: string; most?: string; why?: string } = {}) => {
  const { least, most = TEN_YEARS, why } = range;
  const bounds = [...(least ? [`at least ${least}`] : []), ...(range.most ? [`at most ${most}`] : [])];
  const words = [
    "a whole number above zero and one of s, m, h, d, w, such as 30s, 5m, 7d",
    ...(bounds.length > 0 ? [`${bounds.join(", ")}${why ? `, ${why}` : ""}`] : []),
  ].join("; ");
  const inside = (value: string) =>
    seconds(value) <= seconds(most) && (!least || seconds(value) >= seconds(least));
  return text(DURATION, words).refine(inside, allowed(range.most ? words : `${words}; at most 10 years`));
};

/** rate() over less than four samples swings with each one that is late or missing. */
export const FIVE_MINUTE_RATES = {
  most: "1m",
  why: "since rules and dashboards take rates over 5m, which need four samples or more",
};

/** Containers do not start with less memory than 8Mi, and a volume that small holds nothing. */
const LEAST = "8Mi";
const MOST = "1024Ti";

export const byteQuantity = () => {
  const words = `a size such as 512Mi or 4Gi (Ki, Mi, Gi, Ti), a whole number of bytes from ${LEAST} to ${MOST}`;
  return text(BYTE_QUANTITY, words).refine((value) => {
    const size = bytes(value);
    // Looked at alone, since a large number has no room for what is behind the point.
    const fraction = bytes(value.replace(/^\d+/, "0"));
    return Number.isInteger(fraction) && size >= bytes(LEAST) && size <= bytes(MOST);
  }, allowed(words));
};

const cpuQuantity = () => {
  const words = "thousandths of a core such as 250m, or cores such as 2 or 0.5; from 1m to 1000 cores";
  return textOrNumber(CPU_QUANTITY, words).refine(
    (value) => millicores(value) >= 1 && millicores(value) <= 1_000_000,
    allowed(words),
  );
};

const number = (schema: z.ZodNumber, words: string) => schema.meta({ errorMessage: allowed(words) });

export const count = (what: string, least = 1) => {
  const words = `${what}, ${least} or more`;
  return number(z.int({ error: allowed(words) }).min(least, allowed(words)), words);
};

/** How many pods: alone, or so many that the loss of one is not felt. */
export const replicas = (alone: 1, several: number, why = "") => {
  const error = allowed(`${alone} or ${several}${why}`);
  return z.literal([alone, several], { error }).meta({ errorMessage: error }).default(alone);
};

export const above0 = (words: string) => {
  const error = allowed(words);
  return number(z.number({ error }).positive(error), words);
};

export const probability = () => {
  const words = "a number from 0 to 1, such as 0.1 for one trace in ten";
  const error = allowed(words);
  return number(z.number({ error }).min(0, error).max(1, error), words);
};

export const percentage = () => {
  const words = "a number from 0 to 100, such as 10 for one in ten";
  const error = allowed(words);
  return number(z.number({ error }).min(0, error).max(100, error), words);
};

/** A share as a fraction: 0.05 is 5 %. */
export const fraction = () => {
  const words = "a fraction above 0 and up to 1, such as 0.05 for 5 %";
  const error = allowed(words);
  return number(z.number({ error }).gt(0, error).max(1, error), words);
};

export const port = (least = 1) => {
  const words = `a port from ${least} to 65535`;
  const error = allowed(words);
  return number(z.int({ error }).min(least, error).max(65535, error), words);
};

/** Null means that the Service gets no port on the nodes. Two of one number are refused across all keys. */
export const nodePort = () => {
  const words = "a NodePort from 30000 to 32767, or null for none";
  const error = allowed(words);
  return number(z.int({ error }).min(30000, error).max(32767, error), words).nullable().default(null);
};

/**
 * URLs reach templates, command lines and the programs' own parsers: of all that a browser forgives, only what needs no
 * quoting anywhere passes.
 */
const URL_CHARACTERS = /^https?:\/\/[^/?#](?:[\w\-.~:/?#[\]@!&*+,;=]|%[0-9A-Fa-f]{2})*$/;

export const httpUrl = (words = "an http:// or https:// URL") => {
  const error = allowed(words);
  return z
    .url({ protocol: /^https?$/, error, abort: true })
    .regex(URL_CHARACTERS, { error: `${error}, without spaces, quotes, braces or $`, abort: true })
    .meta({ errorMessage: error });
};

/** Scheme, host and port. The one slash that browsers put at its end means the same and is left out. */
export const origin = () => {
  const words = "scheme, host and port alone, such as https://observability.example.org";
  return httpUrl(words)
    .regex(/^https?:\/\/[\w.\-:[\]]+\/?$/, { error: allowed(words), abort: true })
    .transform((url) => url.replace(/\/$/, ""));
};

const BEGIN = "-----BEGIN CERTIFICATE-----";

/** Certificates of authorities, one after the other. They are no secret; a private key among them would be. */
export const authorities = () => {
  const words = "certificates in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----";
  const readable = (value: string) => {
    try {
      return value
        .split(BEGIN)
        .slice(1)
        .every((rest) => new X509Certificate(BEGIN + rest));
    } catch {
      return false;
    }
  };
  return text(/^(?=[^]*-----BEGIN CERTIFICATE-----)(?![^]*PRIVATE KEY-----)/, words)
    .refine(readable, allowed(words))
    .nullable()
    .default(null);
};

/** It goes into a Kubernetes Secret only; messages show neither it nor anything around it (config/schema-tree.ts). */
export const secret = <T extends z.ZodType>(schema: T) => schema.meta({ ...schema.meta(), secret: true });

const amounts = (defaults: string, ofCpu: string, ofMemory: string) => {
  const [cpu, memory] = defaults.split(" ");
  return z
    .strictObject({
      cpu: cpuQuantity().prefault(cpu).describe(`${ofCpu}; default ${cpu}.`),
      memory: byteQuantity().default(memory).describe(`${ofMemory}; default ${memory}.`),
    })
    .prefault({});
};

/** Requests and limits of one container; the arguments are the defaults, as "cpu memory". */
export const resources = (requests: string, limits: string) =>
  z
    .strictObject({
      requests: amounts(
        requests,
        "Processor time that is set aside for it on its node",
        "Memory that is set aside for it on its node",
      ).describe("What the scheduler sets aside."),
      limits: amounts(
        limits,
        "Processor time that it may take; what needs more is slowed down",
        "Memory that it may take; what needs more is killed and starts again",
      ).describe("What the container may use at most."),
    })
    .superRefine(({ requests, limits }, context) => {
      const more = {
        cpu: millicores(requests.cpu) > millicores(limits.cpu),
        memory: bytes(requests.memory) > bytes(limits.memory),
      };
      for (const what of ["cpu", "memory"] as const)
        if (more[what])
          context.addIssue({
            code: "custom",
            path: ["requests", what],
            message: `${requests[what]} is more than limits.${what} (${limits[what]}); allowed: at most the limit. Lower the one or raise the other.`,
          });
    })
    .prefault({})
    .describe(`Requests and limits; default ${requests} and ${limits}.`);

/** Says of a key what is wrong about it. */
export type Refuse = (path: (string | number)[], message: string) => void;

export function repeated<T>(values: T[]): { index: number; value: T }[] {
  return values
    .map((value, index) => ({ index, value }))
    .filter(({ index, value }) => values.indexOf(value) < index);
}
