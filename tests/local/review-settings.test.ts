/** Which settings a reviewer is told of, between two stack files. */
import MarkdownIt from "markdown-it";
import { settingsChanged } from "../../local/review/settings";
import type { StackConfig } from "../../local/stack-config";

describe("what a stack file says", () => {
  const said = (before: StackConfig, after: StackConfig) => settingsChanged(before, after);

  test.each([
    ["a key that the schema does not know", "observability:alerting", { old: { password: "planted" } }],
    ["another program's key", "aws:secretKey", "planted"],
    ["a plain secret", "observability:alerting", { heartbeat: { url: "https://a.org/planted" } }],
  ])("%s is not shown", (_, key, value) => {
    expect(said({}, { [key]: value })).toEqual([expect.stringMatching(/: none → `\[(secret|not shown)\]`$/)]);
  });

  test("a value cannot end its own quotes", () => {
    const services = "a` **b** ``c";
    expect(said({}, { "observability:grafana": { folders: { services } } })).toEqual([
      '`observability:grafana.folders.services`: none → ``` "a` **b** ``c" ```',
    ]);
  });

  test("nor can a key", () => {
    const labels = (key: string) => ({ "observability:placement": { labels: { [key]: "a" } } });
    const [line, ...more] = said({}, labels("a` **b**\n\n# c"));
    expect(more).toEqual([]);
    expect(new MarkdownIt().renderInline(line)).not.toContain("<strong>");
    expect(line).not.toContain("\n");
  });

  test.each([
    ["alerting", "receivers", [{ name: "a" }, { name: "b" }], { name: "new", slack: { channel: "#a" } }],
    [
      "alerting",
      "routes",
      [
        { team: "a", receiver: "a" },
        { severity: "page", receiver: "b" },
      ],
      { severity: "page", team: "a", receiver: "new" },
    ],
    ["alerting", "teams", [{ name: "a", namespaces: ["a"] }], { name: "new", services: ["a"] }],
  ])("%s.%s: one at the front is one that is added", (key, list, there, added) => {
    const config = (...all: object[]) => ({ [`observability:${key}`]: { [list]: all } });
    const lines = said(config(...there), config(added, ...there));
    expect(lines[0]).toMatch(new RegExp(`^\`observability:${key}.${list}\`: \`\\[.*→`));
    for (const line of lines.slice(1)) expect(line).toMatch(/: none → /);
    expect(lines.length).toBeLessThan(5);
    expect(said(config(added, ...there), config(...there, added))).toHaveLength(1);
  });

  test("services of one name in two namespaces are two, and a change of one is its own", () => {
    const services = (port: number) => ({
      "observability:services": ["a", "b"].map((namespace) => ({
        ...{ name: "cart", namespace, port: namespace === "b" ? port : 80 },
      })),
    });
    expect(said(services(80), services(81))).toEqual([
      '`observability:services["name=cart, namespace=b"].port`: `80` → `81`',
    ]);
  });

  test("elements that nothing tells apart are numbered, and a secret names none", () => {
    const two = [{ name: "planted" }, { name: "planted" }];
    expect(said({}, { "observability:alerting": { receivers: two } })).toHaveLength(2);
    expect(said({}, { "observability:old": [{ name: "planted" }] }).join()).not.toContain("planted");
  });

  test("of very many the first are listed, and how many more there are", () => {
    const labels = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`label-${i}`, "a"]));
    const lines = said({}, { "observability:placement": { labels } });
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toMatch(/^200 more settings differ/);
  });

  test("a plain secret that changes is said to replace what reads it", () => {
    const smtp = (password: string) => ({ "observability:alerting": { smtp: { password } } });
    expect(said(smtp("one"), smtp("two"))).toEqual([
      expect.stringContaining("pods that read it are replaced"),
    ]);
  });
});
