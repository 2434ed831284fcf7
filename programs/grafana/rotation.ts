import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathOf, urlOf } from "../addresses";
import type { Program } from "../program";

const amount = { cpu: "10m", memory: "64Mi" };

/** Ends the sessions that were opened with an older password: a Job, made anew with each password. */
export const grafanaRotation: Program = {
  name: "grafana-rotation",
  component: "grafana",
  workload: "Job",
  image: "node",
  user: 1000,
  after: ["grafana"],
  ports: () => ({}),
  calls: () => [{ to: "grafana", ports: ["http"], why: "lists and revokes sessions" }],
  command: ["/usr/local/bin/node", "/scripts/end-sessions.mjs"],
  env: (stack) => ({ GRAFANA_URL: urlOf(stack, "grafana", "http") + pathOf(stack, "grafana") }),
  secrets: () => [
    {
      name: "credentials",
      of: "grafana",
      env: { GRAFANA_USER: "user", GRAFANA_PASSWORD: "password" },
    },
  ],
  files: () => [
    {
      name: "script",
      path: "/scripts",
      files: { "end-sessions.mjs": readFileSync(join(__dirname, "end-sessions.mjs"), "utf8") },
    },
  ],
  resources: () => ({ requests: amount, limits: { cpu: "500m", memory: "128Mi" } }),
};
