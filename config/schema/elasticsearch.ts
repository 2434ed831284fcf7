import { z } from "zod";
import { resources, rotation } from "./common";
import { kibana } from "./kibana";
import { storage } from "./kubernetes";
import { logstash } from "./logstash";

interface Tracing {
  backend: string;
  jaeger: { storage: string };
  zipkin: { storage: string };
}

/** The program that keeps its traces in Elasticsearch, where one does. */
export const tracesKeeper = (tracing: Tracing) =>
  (["jaeger", "zipkin"] as const).find(
    (name) => name === tracing.backend && tracing[name].storage === "elasticsearch",
  );

/** Elasticsearch's own. */
export const elasticsearch = z
  .strictObject({
    logins: z
      .strictObject({
        rotation: rotation().describe(
          "Id of the generated passwords of Filebeat or Logstash, Grafana, Kibana, and of Jaeger or Zipkin. Another id makes new ones, and the old ones end; default 1.",
        ),
      })
      .prefault({})
      .describe(
        "The users that there are: one adds lines, one reads them; with kibana.enabled one of Kibana and one of its readers; with traces one that keeps them. Inside of the cluster all of it and passwords go over the network unencrypted; network policies let nobody else in.",
      ),
    storage: storage("10Gi"),
    resources: resources("250m 1Gi", "1000m 1536Mi"),
    logstash,
    kibana,
  })
  .prefault({})
  .describe("Of the backend elasticsearch alone. Half of its memory limit is Java's heap.");
