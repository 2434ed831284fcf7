import { clusterOf, fileOf } from "./support/cluster";

/* Addresses are masked before anything is taken out of a line, in the logs of pods and in events alike. */

interface Stage {
  name: string;
  expression?: string;
}

/** The stages that a line passes, in their order. */
async function stagesOf(app: string, given: object = {}): Promise<Stage[]> {
  const config = fileOf(await clusterOf({ logs: given }), app, "/etc/alloy/config.alloy");
  const stages = config.split(/^ {2}(?=stage\.)/m).slice(1);
  return stages.map((text) => ({
    name: /^stage\.(\w+)/.exec(text)![1],
    expression: JSON.parse(/expression = (".*")/.exec(text)?.[1] ?? "null") as string | undefined,
  }));
}

/** As `stage.replace` does: what a group of the expression matches becomes x. */
const masked = (stages: Stage[], line: string) =>
  stages
    .filter(({ name }) => name === "replace")
    .reduce((text, { expression }) => {
      const flags = expression!.startsWith("(?i)") ? "gi" : "g";
      return text.replaceAll(new RegExp(expression!.replace("(?i)", ""), flags), (match, ...groups) => {
        const last = groups.find((group): group is string => typeof group === "string")!;
        return `${match.slice(0, match.length - last.length)}x`;
      });
    }, line);

describe.each(["alloy", "alloy-events"])("%s", (app) => {
  test("masks IPv4 and IPv6 addresses before it takes anything out of a line", async () => {
    const stages = await stagesOf(app);
    const names = stages.map(({ name }) => name);
    expect(names.filter((name) => name === "replace")).toHaveLength(2);
    expect(names.lastIndexOf("replace")).toBeLessThan(names.indexOf("json"));
    expect(masked(stages, "from 203.0.113.7 to 10.0.0.1")).toBe("from 203.0.113.x to 10.0.0.x");
    expect(masked(stages, "from 2001:DB8:1:2:a:b:c:d")).toBe("from 2001:DB8:1:2:x");
    expect(masked(stages, "at 12:30:45, a line")).toBe("at 12:30:45, a line");
  });

  test("masks nothing where the settings say so", async () => {
    const names = (await stagesOf(app, { maskIps: false })).map(({ name }) => name);
    expect(names).not.toContain("replace");
    expect(names).toContain("json");
  });
});
