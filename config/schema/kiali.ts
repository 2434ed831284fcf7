import { z } from "zod";
import { resources } from "./common";

export const kiali = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe("Adds Kiali, which shows the mesh; default false. It needs metrics.istio.enabled."),
    resources: resources("10m 64Mi", "500m 512Mi"),
  })
  .prefault({})
  .describe("Kiali: pages about Istio's mesh, read only.");
