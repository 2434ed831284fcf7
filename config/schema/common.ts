import { z } from "zod";
import { BYTE_QUANTITY, CPU_QUANTITY, DURATION } from "../units";

/** The kinds of value that settings are made of. Each says what is allowed; `config/load.ts` adds the key. */

export const duration = () =>
  z
    .string({ error: "allowed: a duration such as 30s, 5m, 36h, 7d or 2w" })
    .regex(DURATION, "allowed: a whole number above zero and one of s, m, h, d, w, such as 30s, 5m, 7d");

export const byteQuantity = () =>
  z
    .string({ error: "allowed: a size such as 512Mi or 4Gi" })
    .regex(BYTE_QUANTITY, "allowed: a number and one of Ki, Mi, Gi, Ti, such as 512Mi or 4Gi");

export const cpuQuantity = () =>
  z.coerce
    .string()
    .regex(CPU_QUANTITY, "allowed: thousandths of a core such as 250m, or cores such as 2 or 0.5");

export const probability = () =>
  z
    .number({ error: "allowed: a number from 0 to 1, such as 0.1 for one trace in ten" })
    .min(0, "allowed: a number from 0 to 1")
    .max(1, "allowed: a number from 0 to 1");

/** A share as a fraction: 0.05 is 5 %. */
export const fraction = () =>
  z
    .number({ error: "allowed: a fraction above 0 and up to 1, such as 0.05 for 5 %" })
    .gt(0, "allowed: a fraction above 0 and up to 1, such as 0.05 for 5 %")
    .max(1, "allowed: a fraction above 0 and up to 1, such as 0.05 for 5 %");

export const port = () =>
  z
    .int({ error: "allowed: a port from 1 to 65535" })
    .min(1, "allowed: a port from 1 to 65535")
    .max(65535, "allowed: a port from 1 to 65535");

/** Null means that the Service gets no port on the nodes. Two of one number are refused across all keys. */
export const nodePort = () =>
  z
    .int({ error: "allowed: a NodePort from 30000 to 32767, or null for none" })
    .min(30000, "allowed: a NodePort from 30000 to 32767, or null for none")
    .max(32767, "allowed: a NodePort from 30000 to 32767, or null for none")
    .nullable()
    .default(null);

export const kubernetesName = (what: string) =>
  z
    .string({ error: `allowed: ${what}: lower-case letters, digits and -` })
    .regex(
      /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
      `allowed: ${what}: lower-case letters, digits and -, at most 63 of them`,
    );

export const httpUrl = () => z.url({ protocol: /^https?$/, error: "allowed: an http:// or https:// URL" });

/** A text that is never shown: it goes into a Kubernetes Secret only, and messages hide it. */
export const secret = (what: string) =>
  z
    .string({ error: `allowed: ${what}` })
    .min(1, `allowed: ${what}`)
    .meta({ secret: true });

const amounts = (cpu: string, memory: string) =>
  z
    .strictObject({
      cpu: cpuQuantity().default(cpu).describe("Processor time, such as 100m."),
      memory: byteQuantity().default(memory).describe("Memory, such as 256Mi."),
    })
    .prefault({});

/** Requests and limits of one container; the arguments are the defaults, as "cpu memory". */
export const resources = (requests: string, limits: string) => {
  const [requestCpu, requestMemory] = requests.split(" ");
  const [limitCpu, limitMemory] = limits.split(" ");
  return z
    .strictObject({
      requests: amounts(requestCpu, requestMemory).describe("What the scheduler sets aside."),
      limits: amounts(limitCpu, limitMemory).describe("What the container may use at most."),
    })
    .prefault({})
    .describe(`Requests and limits; default ${requests} and ${limits}.`);
};

/** A volume that outlives its pod. */
export const storage = (size: string) =>
  z
    .strictObject({
      size: byteQuantity()
        .default(size)
        .describe(
          `Size of the volume; default ${size}. Growing it edits the claim in place, where the storage class allows it.`,
        ),
      class: z
        .string()
        .nullable()
        .default(null)
        .describe("StorageClass of the volume; default null: the cluster's own default class."),
    })
    .prefault({})
    .describe("The volume that keeps the data.");
