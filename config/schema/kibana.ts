import { z } from "zod";
import { resources } from "./common";

export const kibana = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe("Adds Kibana, pages that search and draw the lines; default false."),
    resources: resources("250m 768Mi", "1000m 1536Mi"),
  })
  .prefault({})
  .describe(
    "Kibana: pages of Elasticsearch's own. Two thirds of its memory limit are for what it works with.",
  );
