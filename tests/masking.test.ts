import { eventsThroughAlloy } from "./support/alloy";
import { describeCollectors } from "./support/log-collectors";
import { describeWith } from "./support/programs";
import { stackWith } from "./support/servers";

/* Addresses are masked before anything is taken out of a line, in the logs of pods and in events alike. */

const MESSAGE = "from 203.0.113.7 to 10.0.0.1 and 2001:DB8:1:2:a:b:c:d at 12:30:45";
const MASKED = "from 203.0.113.x to 10.0.0.x and 2001:DB8:1:2:x at 12:30:45";
const unmasked = () => stackWith({ logs: { maskIps: false } });

describeCollectors("masking", (through) => {
  test("of a pod's lines, and of what is found in them", async () => {
    const line = JSON.stringify({ level: "info", message: MESSAGE, service: "10.0.0.1" });
    const [[entry]] = await through([[line]]);
    expect(JSON.parse(entry.line)).toMatchObject({ message: MASKED });
    expect(entry.metadata.service_name).toBe("10.0.0.x");
    expect(JSON.stringify(entry)).not.toMatch(/203\.0\.113\.7|10\.0\.0\.1|:a:b:c:d/);
    expect((await through([[line]], { logs: { maskIps: false } }))[0][0].line).toBe(line);
  });
});

describeWith(["alloy", "alloy"])("masking", () => {
  const event = (more: object) => JSON.stringify({ kind: "Pod", name: "gate-1", msg: MESSAGE, ...more });

  test("of Kubernetes' events, which say how bad and of which pod they are", async () => {
    const events = [
      event({ type: "Normal" }),
      event({ type: "Warning", name: "gate-2" }),
      event({ type: "Normal", kind: "Node", name: "10.0.0.1" }),
    ];
    const entries = await eventsThroughAlloy(events);
    const of = (pod?: string) => entries.find(({ labels }) => labels.pod === pod)!;
    expect(of("gate-1").labels).toMatchObject({ app: "kubernetes-events", level: "info", namespace: "shop" });
    expect(of("gate-2").labels).toMatchObject({ app: "kubernetes-events", level: "warn" });
    // The name of a node is no pod's.
    expect(JSON.parse(of(undefined).line)).toMatchObject({ kind: "Node", msg: MASKED });
    expect(of("gate-1").metadata).toMatchObject({ env: "kind", region: "local" });
    expect(JSON.stringify(entries)).not.toMatch(/203\.0\.113\.7|10\.0\.0\.1|:a:b:c:d/);
    expect((await eventsThroughAlloy(events, unmasked())).map(({ line }) => line)).toContain(events[0]);
  });
});
