import { settingsOf } from "../config/settings";
import { bytes, millicores } from "../config/units";
import { stackOf } from "../programs";
import { pathOf, portOf } from "../programs/addresses";
import { programOf } from "../programs/program";
import { renderManifests } from "../local/render";
import { stackConfig, stackFile } from "../local/stack-config";
import { judge } from "./measure";
import { bench } from "./stack";

/*
 * npm run bench:memory, on a running stack: what its pods ask for and what they use, idle or under traffic as it is
 * at the moment, and which alerts fired, ten minutes after the first `up` best. Prints a table, and what the default stack must
 * keep to.
 */
async function main(): Promise<void> {
  const stack = await bench();
  const query = async (expression: string) =>
    (JSON.parse(await stack.kubectl(["get", "--raw", path(expression)])) as Answer).data.result;
  const used = usedMemory(await query(USED));
  const fired = await query(FIRED);
  const manifests = await renderManifests("kind", stackConfig(stackFile("kind")));
  const rows = manifests
    .filter(({ kind }) => ["Deployment", "StatefulSet", "DaemonSet"].includes(kind))
    .map(({ metadata, spec }) => ({
      name: metadata.name,
      requests: (spec as Spec).template.spec.containers[0].resources.requests,
    }));
  const mebibytes = (value: number) => `${Math.round(value / 2 ** 20)} MiB`.padStart(9);
  for (const { name, requests } of rows)
    console.log(
      `${name.padEnd(20)} requests ${mebibytes(bytes(requests.memory))} ${requests.cpu.padStart(5)}   uses ${mebibytes(used[name] ?? 0)}`,
    );
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  const memory = total(rows.map(({ requests }) => bytes(requests.memory)));
  const cpu = total(rows.map(({ requests }) => millicores(requests.cpu)));
  console.log(
    `${"together".padEnd(20)} requests ${mebibytes(memory)} ${`${cpu}m`.padStart(5)}   uses ${mebibytes(total(Object.values(used)))}`,
  );
  judge("memory asked for", memory / 2 ** 20, 1328, "MiB");
  judge("CPU asked for", cpu, 1000, "m");
  judge("objects", manifests.length, 74, "");
  for (const { metric } of fired)
    console.log(`fired: ${metric.alertname} ${metric.service ?? metric.pod ?? ""}`);
  judge("alerts that fired within the hour, the watchdog aside", fired.length, 0, "");
}

const settings = settingsOf({}, "kind");
const USED = `sum by (container) (container_memory_working_set_bytes{container!="", namespace=~"${settings.namespaces.stack}|${settings.namespaces.agents}"})`;
const FIRED = 'max_over_time(ALERTS{alertstate="firing", alertname!="Watchdog"}[1h])';
const deployed = stackOf(settings, "kind");
const port = portOf(deployed, programOf(deployed, "prometheus"), "http");
const path = (query: string) =>
  `/api/v1/namespaces/${settings.namespaces.stack}/services/prometheus:${port}/proxy${pathOf(deployed, "prometheus")}/api/v1/query?query=${encodeURIComponent(query)}`;

function usedMemory(result: Answer["data"]["result"]): Record<string, number> {
  const known = deployed.programs.map(({ name }) => name);
  return Object.fromEntries(
    result
      .filter(({ metric }) => known.includes(metric.container))
      .map(({ metric, value }) => [metric.container, Number(value[1])]),
  );
}

interface Answer {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

interface Spec {
  template: { spec: { containers: { resources: { requests: { cpu: string; memory: string } } }[] } };
}

void main();
