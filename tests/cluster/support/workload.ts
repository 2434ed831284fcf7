import { trafficJob } from "../../../examples/ticketing/kubernetes";
import { refOf } from "../../../local/images";
import { deployTicketing as deploy } from "../../../local/ticketing";
import { eventually } from "../../support/eventually";
import { apply, cluster, kubectl, objects } from "./stack";

export const NAMESPACE = "ticketing";
const image = refOf("ticketing");

/** What the traffic generator says it sent: method and route -> status -> how often. */
export interface Report {
  visits: number;
  users: string[];
  requests: Record<string, Record<string, number>>;
}

/** The ticketing services, ready. */
export const deployTicketing = async (): Promise<void> => deploy(await cluster(), () => undefined);

/** A minute of users; returns when the last one is done. */
export async function sendTraffic(
  name: string,
  users: number,
  rate: number,
  duration: number,
): Promise<Report> {
  await apply([trafficJob({ namespace: NAMESPACE, image, name, users, rate, duration })]);
  await kubectl([
    "wait",
    `job/${name}`,
    "-n",
    NAMESPACE,
    "--for=condition=Complete",
    `--timeout=${duration + 120}s`,
  ]);
  const log = await kubectl(["logs", `job/${name}`, "-n", NAMESPACE]);
  return JSON.parse(log.trim().split("\n").at(-1)!) as Report;
}

const RECEIVER = `
const bodies = [];
require("node:http").createServer((request, response) => {
  if (request.method === "GET") return response.end(JSON.stringify(bodies));
  let body = "";
  request.on("data", (part) => (body += part)).on("end", () => (bodies.push({ ...JSON.parse(body), heardAt: Date.now() }), response.end()));
}).listen(8080);`;

/** A webhook receiver in the cluster that remembers what Alertmanager sent, and when. */
export async function deployReceiver(): Promise<void> {
  const [{ spec }] = await objects<{ spec: { template: { spec: { containers: object[] } } } }>(
    "deployment",
    "-n",
    NAMESPACE,
    "-l",
    "app=board-service",
  );
  const pod = spec.template.spec;
  const metadata = { name: "receiver", namespace: NAMESPACE, labels: { app: "receiver" } };
  const container = {
    name: "receiver",
    image,
    command: ["/usr/local/bin/node", "-e", RECEIVER],
    ports: [{ containerPort: 8080 }],
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 2 },
    resources: { requests: { cpu: "5m", memory: "32Mi" }, limits: { cpu: "200m", memory: "96Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
  const selector = { app: "receiver" };
  await apply([
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: selector },
        template: { metadata: { labels: selector }, spec: { ...pod, containers: [container] } },
      },
    },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector, ports: [{ port: 8080 }] } },
  ]);
  await kubectl(["rollout", "status", "deployment/receiver", "-n", NAMESPACE, "--timeout=120s"]);
}

export const RECEIVER_URL = `http://receiver.${NAMESPACE}.svc:8080/`;

export interface Notification {
  status: string;
  alerts: Alert[];
  /** Milliseconds of the receiver's clock. */
  heardAt: number;
}

interface Alert {
  /** Of the notification that it came with. */
  heardAt: number;
  status: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
  generatorURL: string;
}

/** Everything the receiver was told about this alert, oldest first. */
export async function notifications(alertname: string): Promise<Alert[]> {
  const path = `/api/v1/namespaces/${NAMESPACE}/services/receiver:8080/proxy/`;
  const all = JSON.parse(await kubectl(["get", "--raw", path])) as Notification[];
  return all
    .flatMap(({ alerts, heardAt }) => alerts.map((alert) => ({ ...alert, heardAt })))
    .filter(({ labels }) => labels.alertname === alertname);
}

/** The notification that this alert of the service began to fire, or ended, after a moment. */
export function notified(alertname: string, service: string, status: "firing" | "resolved", after: Date) {
  const moment = ({ startsAt, endsAt }: Alert) => new Date(status === "firing" ? startsAt : endsAt);
  return eventually(`${alertname} of ${service} ${status} at the receiver`, 180, async () =>
    (await notifications(alertname)).find(
      (alert) => alert.labels.service === service && alert.status === status && moment(alert) > after,
    ),
  );
}
