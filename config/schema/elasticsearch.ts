import { z } from "zod";
import { resources, rotation } from "./common";
import { kibana } from "./kibana";
import { storage } from "./kubernetes";
import { logstash } from "./logstash";

/** Elasticsearch's own. */
export const elasticsearch = z
  .strictObject({
    logins: z
      .strictObject({
        rotation: rotation().describe(
          "Id of the generated passwords of Filebeat or Logstash, Grafana and Kibana. Another id makes new ones, and the old ones end; default 1.",
        ),
      })
      .prefault({})
      .describe(
        "The users that there are: one adds lines, one reads them; with kibana.enabled one of Kibana and one of its readers. Inside of the cluster lines and passwords go over the network unencrypted; network policies let nobody else in.",
      ),
    storage: storage("10Gi"),
    resources: resources("250m 1Gi", "1000m 1536Mi"),
    logstash,
    kibana,
  })
  .prefault({})
  .describe("Of the backend elasticsearch alone. Half of its memory limit is Java's heap.");
