/** What a stack has kept while its settings change, and what its commands say of that first. */
import type { Grafana } from "./grafana";
import { serverPods } from "./pods";
import { npm, objects, succeeded } from "./stack";

/** Names of the claims of its stores. */
export const claims = async (): Promise<string[]> =>
  (await objects<{ metadata: { name: string } }>("persistentvolumeclaims", "-n", "observability"))
    .map(({ metadata }) => metadata.name)
    .sort();

/** How many of one series Prometheus has. */
export const samples = async (grafana: Grafana): Promise<number> =>
  (await grafana.prometheus('sum(count_over_time(up{job="prometheus"}[2h]))'))[0].value;

/** `preview` of the stack file as it lies there names what will go, and changes nothing. */
export async function expectNamed(stack: string, going: string[]): Promise<void> {
  const before = await claims();
  const ran = await npm("preview", stack);
  succeeded(ran);
  const named = [...ran.output.matchAll(/The volume (\S+) in observability will be deleted/g)];
  expect(named.map(([, name]) => name).sort()).toEqual([...going].sort());
  expect(await claims()).toEqual(before);
}

/** Neither command takes a protected volume away, or changes anything else first; answers what they said. */
export async function expectRefused(stack: string, volume: string): Promise<string> {
  const before = [await claims(), await serverPods(stack)];
  let said = "";
  for (const command of ["preview", "up"]) {
    const { exitCode, output } = await npm(command, stack);
    expect(exitCode).toBe(1);
    const sentence = `observability:protect keeps from being deleted:\n  The volume ${volume} in observability`;
    expect(output).toContain(sentence);
    said += output;
  }
  expect([await claims(), await serverPods(stack)]).toEqual(before);
  return said;
}
