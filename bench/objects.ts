import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { bytes } from "../config/units";
import { built } from "../local/offline/build";
import { programOf } from "../programs/program";
import { freePort } from "../tests/support/free-port";
import { listening } from "../tests/support/receivers";
import { Server, stackWith } from "../tests/support/servers";
import { judge } from "./measure";

/*
 * npm run bench:objects, without a cluster: the memory that kube-state-metrics takes at its start, by how many pods there
 * are. The API server is played by one that answers in JSON; a real one sends the same shorter.
 */
const PODS = [300, 1500, 5000];
const STARTED_MS = 20_000;

const CONTAINERS = ["main", "sidecar"].map((name) => ({
  name,
  image: "registry.example.org/shop/service:1.2.3",
  env: [...Array(25).keys()].map((n) => ({ name: `VARIABLE_${n}`, value: `a value of some length ${n}` })),
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
}));
const template = { metadata: { labels: { app: "service" } }, spec: { containers: CONTAINERS } };
const status = { replicas: 3, readyReplicas: 3, availableReplicas: 3, updatedReplicas: 3 };
const statuses = CONTAINERS.map(({ name, image }) => ({
  ...{ name, image, ready: true, restartCount: 1, imageID: "b".repeat(64), containerID: "c".repeat(64) },
  state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
}));
// As many as an object has that a controller updates.
const managed = Object.fromEntries([...Array(40).keys()].map((n) => [`f:field-${n}`, { "f:value": {} }]));

/** Three pods to a Deployment, which keeps five ReplicaSets. */
const KINDS: Record<string, { kind: string; each: number; rest: object }> = {
  pods: {
    ...{ kind: "Pod", each: 1 },
    rest: {
      spec: { nodeName: "node-1", containers: CONTAINERS },
      status: { phase: "Running", podIP: "10.1.2.3", containerStatuses: statuses },
    },
  },
  deployments: { kind: "Deployment", each: 1 / 3, rest: { spec: { replicas: 3, template }, status } },
  replicasets: { kind: "ReplicaSet", each: 5 / 3, rest: { spec: { replicas: 3, template }, status } },
};

function object(kind: string, n: number, rest: object) {
  const labels = { app: `service-${n}`, "app.kubernetes.io/version": "1.2.3", team: "payments" };
  const managedFields = [{ manager: "controller", operation: "Update", fieldsV1: managed }];
  const metadata = { name: `${kind}-${n}`, namespace: "shop", uid: `${kind}-${n}`, labels, managedFields };
  return { metadata, ...rest };
}

/** Lists what there is, and has no news of it. */
const apiServer = (pods: number) =>
  createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://api");
    const what = pathname.split("/").at(-1)!;
    if (what === "version") return response.end('{ "major": "1", "minor": "36", "gitVersion": "v1.36.0" }');
    if (!(what in KINDS)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "application/json" });
    if (searchParams.has("watch")) return response.flushHeaders();
    const { kind, each, rest } = KINDS[what];
    const items = [...Array(Math.round(pods * each)).keys()].map((n) => object(what, n, rest));
    const apiVersion = what === "pods" ? "v1" : "apps/v1";
    response.end(
      JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: { resourceVersion: "1" }, items }),
    );
  });

async function atStart(pods: number): Promise<number> {
  const stack = stackWith();
  const program = programOf(stack, "kube-state-metrics");
  const api = apiServer(pods);
  const [http, telemetry] = [await freePort(), await freePort()];
  const args = program.args!(stack)
    .filter((arg) => !/^--(telemetry-)?port=/.test(arg))
    .concat(`--apiserver=http://${await listening(api)}`, `--port=${http}`, `--telemetry-port=${telemetry}`);
  const server = new Server(join(built(program.name as "kube-state-metrics")!, program.name), args);
  server.start();
  try {
    await delay(STARTED_MS);
    const metrics = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
    const known = metrics.match(/^kube_pod_info\{/gm)?.length;
    if (known !== pods)
      throw new Error(`kube-state-metrics knows ${known} of ${pods} pods\n${server.output}`);
    return server.peakMemory;
  } finally {
    await server.end();
    api.closeAllConnections();
    api.close();
  }
}

async function main(): Promise<void> {
  const limit = bytes(stackWith().settings.metrics.kubeStateMetrics.resources.limits.memory) / 2 ** 20;
  for (const pods of PODS)
    judge(`kube-state-metrics at its start, ${pods} pods`, await atStart(pods), limit, "MiB");
}

void main();
