import { z } from "zod";
import { type Refuse, replicas, resources, rotation } from "./common";
import { kibana } from "./kibana";
import { objectName, storage } from "./kubernetes";
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

export interface Nodes {
  replicas: number;
  tls: object | null;
}

/** Several need a machine each, and a certificate by which they know each other. */
export function checkNodes(platform: string, { replicas, tls }: Nodes, refuse: Refuse): void {
  if (replicas === 1) return;
  const path = ["logs", "elasticsearch", "replicas"];
  if (platform === "kind")
    refuse(
      path,
      `${replicas} needs as many machines, and platform: kind is one; allowed: 1. Set 1, or platform: eks for a cluster of several machines.`,
    );
  else if (tls === null)
    refuse(
      path,
      `${replicas} needs logs.elasticsearch.tls; allowed: 1 without it, since whoever the nodes cannot tell from one of theirs could do everything`,
    );
}

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
        "The users that there are: one adds lines, one reads them; with kibana.enabled one of Kibana and one of its readers; with traces one that keeps them. Without tls all of it and passwords go over the network inside of the cluster unencrypted; network policies let nobody else in.",
      ),
    replicas: replicas(1, 3, ": of two, the loss of either would stop both").describe(
      "Nodes, each with a volume; default 1. With 3, which needs tls and a platform other than kind, each line is on two of them: one may be away.",
    ),
    tls: z
      .strictObject({
        secretName: objectName("the name of a Secret").describe(
          "Name of a Secret with tls.crt, tls.key and ca.crt in the stack's namespace, and of one with ca.crt in that of the agents, for Filebeat; they must exist. The certificate's name is elasticsearch.<namespace>.svc. With logstash.enabled it has the name logstash.<namespace>.svc as well, the key is PKCS#8, and a renewed one needs a restart of Logstash; Elasticsearch reads it by itself.",
        ),
      })
      .nullable()
      .default(null)
      .describe(
        "Certificate with which Elasticsearch serves https, its nodes know each other, and Logstash takes lines from Filebeat; default null: all of that goes unencrypted.",
      ),
    storage: storage("10Gi"),
    resources: resources("250m 1Gi", "1000m 1536Mi"),
    logstash,
    kibana,
  })
  .prefault({})
  .describe("Of the backend elasticsearch alone. Half of its memory limit is Java's heap.");
