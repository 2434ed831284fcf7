import { trafficJob } from "../../../examples/ticketing/kubernetes";
import { receiverManifests, receiverPath, receiverUrl } from "../../../examples/ticketing/receiver";
import type { FaultName } from "../../../examples/ticketing/src/faults";
import { refOf } from "../../../local/images";
import { deployTicketing as deploy } from "../../../local/ticketing";
import { eventually } from "../../support/eventually";
import { apply, cluster, kubectl } from "./stack";

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

/** So many seconds of users, all the while with that fault; returns when the last one is done. */
export async function sendTraffic(
  name: string,
  users: number,
  rate: number,
  duration: number,
  fault?: FaultName,
): Promise<Report> {
  const broken = fault ? { fault, for: duration } : {};
  await apply([trafficJob({ namespace: NAMESPACE, image, name, users, rate, duration, ...broken })]);
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

/** A webhook receiver in the cluster that remembers what Alertmanager sent, and when. */
export async function deployReceiver(): Promise<void> {
  await apply(receiverManifests(NAMESPACE, image));
  await kubectl(["rollout", "status", "deployment/receiver", "-n", NAMESPACE, "--timeout=120s"]);
}

export const RECEIVER_URL = receiverUrl(NAMESPACE);

export interface Notification {
  status: string;
  alerts: Alert[];
  /** Milliseconds of the receiver's clock. */
  heardAt: number;
}

export interface Alert {
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
  const all = JSON.parse(await kubectl(["get", "--raw", receiverPath(NAMESPACE)])) as Notification[];
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
