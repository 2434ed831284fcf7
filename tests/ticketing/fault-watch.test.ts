import { ruleGroups } from "../../alerts";
import { type Alert, FaultWatch } from "../../bench/fault-watch";
import { settingsOf } from "../../config/settings";
import { faultNames } from "../../examples/ticketing/src/faults";
import { announced, expectedOf } from "../../local/faults";
import { stackOf } from "../../programs";

const stack = stackOf(settingsOf({}, "kind"), "kind");
const alert = (alertname: string, state: Alert["state"], labels: Record<string, string> = {}): Alert => ({
  labels: { alertname, ...labels },
  state,
});
const slow = { service: "ticket-service" };
const watchdog = alert("Watchdog", "firing");

describe("what a fault brought, from the alerts and messages of each look", () => {
  test("when it was pending, fired and was heard, in seconds since it began", () => {
    const watch = new FaultWatch("latency", [watchdog], [], 0);
    watch.look([watchdog], [], 5_000);
    watch.look([alert("HighLatency", "pending", slow)], [], 60_000);
    watch.look([alert("HighLatency", "firing", slow)], [], 120_000);
    expect(watch.failed).toBe(true);
    const labels = { alertname: "HighLatency", ...slow };
    watch.look(
      [alert("HighLatency", "firing", slow)],
      [{ status: "firing", labels, heardAt: 124_000 }],
      130_000,
    );
    expect(watch.row).toEqual([
      "latency",
      'HighLatency{service="ticket-service"}',
      "60 s",
      "120 s",
      "124 s",
      "-",
    ]);
    expect(watch.failed).toBe(false);
  });

  test("a message from before, that it ended, or of another service is none", () => {
    const watch = new FaultWatch("latency", [], [], 100_000);
    const heard = (status: "firing" | "resolved", service: string, heardAt: number) => ({
      status,
      labels: { alertname: "HighLatency", service },
      heardAt,
    });
    watch.look([], [heard("firing", "ticket-service", 99_000)], 110_000);
    watch.look([], [heard("resolved", "ticket-service", 105_000)], 110_000);
    watch.look([], [heard("firing", "queue-service", 105_000)], 110_000);
    expect(watch.row.slice(2)).toEqual(["never", "never", "never", "-"]);
    expect(watch.failed).toBe(true);
  });

  test("an alert that does not follow from it fails it; one from before, or of a fault before, does not", () => {
    const before = alert("HighCPU", "firing", { container: "loki" });
    const watch = new FaultWatch("memory", [before], ["errors"], 0);
    const late = alert("ManyServerErrors", "firing", { service: "gateway-service" });
    watch.look([before, late, alert("DiskFull", "pending")], [], 1000);
    expect([...watch.unexpected]).toEqual([]);
    watch.look([alert("ServiceDown", "firing", { service: "auth-service" })], [], 1000);
    expect([...watch.unexpected]).toEqual(['ServiceDown{service="auth-service"}']);
    expect(watch.failed).toBe(true);
  });
});

describe("what a user is told before a fault begins", () => {
  const alerts = new Set(ruleGroups(stack).flatMap(({ rules }) => rules.map((rule) => rule.alert)));

  test.each(faultNames)("%s: an alert that there is, how long it takes, where to look", (name) => {
    const { alert: expected, also = [] } = expectedOf[name];
    for (const each of [expected, ...also]) expect(alerts).toContain(each);
    const text = announced(stack, name, 900);
    expect(text).toContain("ends by itself after 900 s");
    expect(text).toMatch(new RegExp(`Expect  ${expected}\\{.+\\} after \\d+m`));
    expect(text).toMatch(
      /http:\/\/localhost:8080\/api\/monitoring\/grafana\/d\/\w+\?var-namespace=ticketing&var-service=\w+-service/,
    );
  });

  test("the time is the one that the stack has", () => {
    const given = { alerting: { rules: { highLatency: { for: "7m" } } } };
    expect(announced(stackOf(settingsOf(given, "kind"), "kind"), "latency", 60)).toContain("after 7m, and");
  });
});
