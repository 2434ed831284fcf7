/** A fault of the workload on the stack, and what the message about it leads to. */
import { edgeHasLogin } from "../../programs/addresses";
import { tracesBackend } from "../../programs/backends";
import { ADMIN } from "../../programs/grafana/server";
import type { Stack } from "../../programs/program";
import type { Grafana } from "../cluster/support/grafana";
import { expectFound, expectPages } from "../cluster/support/links";
import { type Given, pulumi } from "../cluster/support/stack";
import { notified, RECEIVER_URL, sendTraffic } from "../cluster/support/workload";

/** The stack's own settings of alerts, with the receiver of the tests and a wait that they can wait for. */
export const told = (own: Given = {}): Given => ({
  ...own,
  receivers: [{ name: "test", webhook: { url: RECEIVER_URL } }],
  ...{ groupWait: "1s", groupInterval: "5s" },
  rules: { ...(own.rules as object), highErrorRate: { for: "15s" } },
});

/** `deployed` is asked when the test runs. */
export function alerted(
  stack: Stack,
  deployed: () => { grafana: Grafana; env: Record<string, string> },
): void {
  test("logins that fail are heard of at the receiver, and the links of the message lead on", async () => {
    const { grafana, env } = deployed();
    const began = new Date();
    await sendTraffic("failing", 10, 1, 75, "errors");
    const alert = await notified("HighErrorRate", "auth-service", "firing", began);
    const reader = { grafana, stack, authorization: await loginOf(stack, env) };
    await expectPages(reader, alert);
    const { logs_url: lines, traces_url: traces } = alert.annotations;
    await expectFound(reader, "logs", lines);
    // Explore cannot list traces of every backend.
    if (tracesBackend(stack).traces.show) await expectFound(reader, "traces", traces);
    else expect(traces).toBeUndefined();
  });
}

/** Of the edge, where it asks. */
async function loginOf({ settings }: Stack, env: Record<string, string>): Promise<string | undefined> {
  if (!edgeHasLogin(settings)) return undefined;
  const password = await pulumi(env, "stack", "output", "edgePassword", "--show-secrets");
  return `Basic ${Buffer.from(`${ADMIN}:${password}`).toString("base64")}`;
}
