/** What is broken on purpose beside the stack, one object for each way in which Kubernetes says so. */
import { container, pod } from "../../../examples/ticketing/objects";
import { refOf } from "../../../local/images";
import { FAULTS } from "./raised";
import { NAMESPACE } from "./workload";

const image = refOf("ticketing");
const node = (program: string) => ["/usr/local/bin/node", "-e", program];

/** Holds memory until 92 % of the limit are in use, as cgroups of version 2 or 1 count it. */
const FILL = `
const fs = require("node:fs");
const v2 = fs.existsSync("/sys/fs/cgroup/memory.max");
const [used, most] = v2 ? ["memory.current", "memory.max"] : ["memory/memory.usage_in_bytes", "memory/memory.limit_in_bytes"];
const read = (file) => Number(fs.readFileSync("/sys/fs/cgroup/" + file, "utf8"));
const held = [];
setInterval(() => { while (read(used) < 0.92 * read(most)) held.push(Buffer.alloc(1e6, 1)); }, 500);`;

const limits = (cpu: string, memory: string) => ({
  resources: { requests: { cpu: "5m", memory: "16Mi" }, limits: { cpu, memory } },
});

const deployment = (
  namespace: string,
  name: string,
  more: Parameters<typeof container>[2],
  ofPod: object = {},
) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { ...pod(container(name, image, more)), ...ofPod },
    },
  },
});

export const faulty: object[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: FAULTS } },
  deployment(FAULTS, "crasher", { command: node('console.log("cannot go on"); process.exit(1)') }),
  deployment(FAULTS, "hog", { ...limits("200m", "128Mi"), command: node(FILL) }),
  deployment(FAULTS, "spinner", { ...limits("50m", "128Mi"), command: node("for (;;);") }),
  deployment(
    FAULTS,
    "homeless",
    { command: node("setInterval(() => {}, 1000)") },
    { nodeSelector: { pool: "missing" } },
  ),
  // Where nothing else says why.
  deployment(NAMESPACE, "unready", {
    command: node("setInterval(() => {}, 1000)"),
    readinessProbe: { exec: { command: node("process.exit(1)") }, periodSeconds: 5 },
  }),
  {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "nightly", namespace: FAULTS },
    spec: {
      backoffLimit: 0,
      template: {
        spec: {
          ...pod(container("nightly", image, { command: node('console.log("no input"); process.exit(1)') })),
          restartPolicy: "Never",
        },
      },
    },
  },
  // A node of which nobody ever hears.
  {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "away" },
    spec: { taints: [{ key: "away", effect: "NoSchedule" }] },
  },
];
