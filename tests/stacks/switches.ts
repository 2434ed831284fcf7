/** Another backend takes the place of one, and goes again, as their users notice it. */
import { type Signal, uidOf } from "../../programs/backends";
import type { Stack } from "../../programs/program";
import type { Grafana } from "../cluster/support/grafana";
import { claims, expectNamed, expectRefused, samples } from "../cluster/support/kept";
import { type Given, npm, succeeded, writeStack } from "../cluster/support/stack";
import { sendTraffic } from "../cluster/support/workload";
import { joinsOf, type Line, lineOf, servicesOf, traceOf } from "./stores";

interface Switch {
  /** Settings with the other backend. */
  elsewhere: Given;
  /** Claims that go with the one and come with the other. */
  goes?: string;
  comes?: string;
}

interface Both {
  usual: Stack;
  other: Stack;
}

/** The request of before. */
interface Found {
  grafana: Grafana;
  user: string;
  line: Line;
  traceId: string;
}

/** `found` is asked when the tests run. */
export function switched(
  stack: string,
  given: Given,
  { elsewhere, goes, comes, usual, other }: Switch & Both,
  found: () => Found,
): void {
  const present = (claim?: string) => (claim ? [claim] : []);
  const both = (signal: Signal) => uidOf(usual, signal) === uidOf(other, signal);

  /** Lines, traces and metrics of before, those of the signal that has moved aside. */
  async function expectKept(before: number): Promise<void> {
    const { grafana, user, line, traceId } = found();
    expect(await samples(grafana)).toBeGreaterThanOrEqual(before);
    if (both("logs"))
      expect((await joinsOf(grafana, usual, user)).map(({ text }) => text)).toContain(line.text);
    if (both("traces")) expect(await servicesOf(grafana, uidOf(usual, "traces"), traceId)).not.toEqual([]);
  }

  /** The commands with these settings: what they take away, and what is there afterwards. */
  async function change(settings: Given, to: Stack, gone?: string, come?: string): Promise<void> {
    const { grafana } = found();
    const before = { samples: await samples(grafana), claims: await claims() };
    writeStack(stack, settings);
    await expectNamed(stack, present(gone));
    succeeded(await npm("up", stack));
    const left = before.claims.filter((name) => name !== gone);
    expect(await claims()).toEqual([...left, ...present(come)].sort());
    await expectKept(before.samples);
    const { users } = await sendTraffic(`traffic-${uidOf(to, "logs")}-${uidOf(to, "traces")}`, 10, 2, 30);
    await lineOf(grafana, to, users[3]);
    await traceOf(grafana, to, users);
  }

  test("preview names the volume that another backend takes away; it has the next request, the others all of before", () =>
    change({ ...given, ...elsewhere }, other, goes, comes));

  test("and so it is on the way back", () => change(given, usual, comes, goes));
}

/** Where volumes are protected: the preview says so, and up as well. */
export function refused(stack: string, given: Given, { elsewhere, goes }: Switch): void {
  test("another backend is refused while the volume that would go is protected, before anything is changed", async () => {
    writeStack(stack, { ...given, ...elsewhere });
    await expectRefused(stack, goes!);
  });

  test("without protection it may go", async () => {
    writeStack(stack, { ...given, protect: false });
    succeeded(await npm("up", stack));
  });
}
