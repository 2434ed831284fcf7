import { z } from "zod";
import { bytes } from "../units";
import { byteQuantity, resources } from "./common";
import { storage } from "./kubernetes";

/** A file system takes a part of its volume, and the queue's last file may be larger than what it counts. */
const QUEUED = 0.75;

/** Of one file of the queue: with less Logstash ends at its start. */
const FILE = "64Mi";

const queueOf = (input: unknown) => (input as { queue: string }).queue;

export const logstash = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        "Puts Logstash between Filebeat and Elasticsearch; default false. It then parses and masks the lines, and Filebeat sends them as they are.",
      ),
    queue: byteQuantity()
      .default("1Gi")
      .describe(
        "Lines that wait on Logstash's volume while Elasticsearch is away; default 1Gi, from 64Mi to three quarters of the volume. When it is full they wait on the nodes.",
      ),
    storage: storage("2Gi"),
    resources: resources("250m 1Gi", "1000m 1536Mi"),
  })
  .refine(({ queue }) => bytes(queue) >= bytes(FILE), {
    path: ["queue"],
    error: ({ input }) => `${queueOf(input)} is less than one of its files; allowed: at least ${FILE}`,
  })
  .refine(({ queue, storage }) => bytes(queue) <= QUEUED * bytes(storage.size), {
    path: ["queue"],
    error: ({ input }) =>
      `${queueOf(input)} is too much; allowed: at most three quarters of logs.elasticsearch.logstash.storage.size; the file system needs room too`,
  })
  .prefault({})
  .describe("Logstash. Half of its memory limit is Java's heap.");
