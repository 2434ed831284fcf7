import { container, pair, pod } from "./objects";

const PORT = 8080;

const PROGRAM = `
const bodies = [];
require("node:http").createServer((request, response) => {
  if (request.method === "GET") return response.end(JSON.stringify(bodies));
  let body = "";
  request.on("data", (part) => (body += part)).on("end", () => (bodies.push({ ...JSON.parse(body), heardAt: Date.now() }), response.end()));
}).listen(${PORT});`;

/** A webhook receiver for tests, in the workload's image: it remembers what Alertmanager sent, and when. */
export const receiverManifests = (namespace: string, image: string): object[] =>
  pair(
    namespace,
    "receiver",
    { name: "http", port: PORT },
    pod(
      container("receiver", image, {
        command: ["/usr/local/bin/node", "-e", PROGRAM],
        ports: [{ name: "http", containerPort: PORT }],
        readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 2 },
      }),
    ),
  );

/** What Alertmanager is told, as the URL of a webhook. */
export const receiverUrl = (namespace: string): string => `http://receiver.${namespace}.svc:${PORT}/`;

/** Where the API server hands out what it heard; for `kubectl get --raw`. */
export const receiverPath = (namespace: string): string =>
  `/api/v1/namespaces/${namespace}/services/receiver:${PORT}/proxy/`;
