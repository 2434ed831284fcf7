import { z } from "zod";
import { kubernetesName } from "./kubernetes";

export const istio = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        "Scrapes the sidecars, the gateways and istiod, and adds the dashboard Istio Mesh; default false. Sidecars are found where annotated pods are: see metrics.annotatedNamespaces.",
      ),
    namespace: kubernetesName("a namespace")
      .default("istio-system")
      .describe("Where istiod runs; default istio-system. Its gateways are scraped there as well."),
  })
  .prefault({})
  .describe("Istio, where the cluster has that mesh.");
