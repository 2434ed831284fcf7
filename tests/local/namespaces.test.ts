import { type Found, namespaceProblems } from "../../local/namespaces";
import { settingsOf } from "../../config/settings";

const services = ["shop", "bank"].map((namespace) => ({ name: "api", namespace, port: 80 }));
const found = (name: string, more: Partial<Found> = {}): Found => ({ name, holds: 0, ...more });

/** What is said of these settings with these namespaces in the cluster. */
function problems(namespaces: object, ...there: Found[]): string[] {
  const settings = settingsOf({ namespaces, services }, "kind");
  const { stack, agents, create, createApplications } = settings.namespaces;
  const made = [...(create ? [stack, agents] : []), ...(createApplications ? ["shop", "bank"] : [])];
  return namespaceProblems("kind", settings, made, there);
}

const applications = { createApplications: true };
const shop = found("shop");
const bank = found("bank");

test("what is there, of this stack or empty, is no problem", () => {
  expect(problems({}, shop, bank)).toEqual([]);
  expect(problems({}, found("observability"), found("observability-agents"), shop, bank)).toEqual([]);
  const ours = ["observability", "observability-agents", "shop", "bank"];
  expect(problems(applications, ...ours.map((name) => found(name, { stack: "kind" })))).toEqual([]);
  expect(problems(applications)).toEqual([]);
});

test("a namespace with pods of others is not taken over", () => {
  const [said, ...more] = problems({}, found("observability", { holds: 3 }), shop, bank);
  expect(more).toEqual([]);
  expect(said).toMatch(
    /^The namespace observability is there with pods, workloads or volumes of others \(3\)/,
  );
  expect(said).toContain("namespaces.create: false");
  expect(
    problems(
      { create: false },
      found("observability", { holds: 3 }),
      found("observability-agents"),
      shop,
      bank,
    ),
  ).toEqual([]);
});

test("a namespace that is being deleted is waited for", () =>
  expect(problems({}, found("observability", { stack: "kind", going: true }), shop, bank)).toEqual([
    "The namespace observability is being deleted: wait until it is gone. What keeps it: kubectl describe namespace observability.",
  ]));

test("a namespace of another stack is not taken over", () =>
  expect(problems({}, found("observability", { stack: "other" }), shop, bank)).toEqual([
    "The namespace observability belongs to the stack other: give this one another in observability:namespaces.",
  ]));

test("a namespace of applications that somebody else has made is not taken over, even empty", () => {
  const [said, ...more] = problems(applications, shop);
  expect(more).toEqual([]);
  expect(said).toMatch(/^The namespace shop is there, and this stack has not made it/);
  expect(said).toContain("Leave out observability:namespaces.createApplications");
});

test("namespaces that are missing: who has some of the applications' is not told to have them all made", () => {
  expect(problems({ create: false }, shop, found("observability"))).toEqual([
    "The namespace observability-agents is not in the cluster: kubectl create namespace observability-agents, or have it made by observability:namespaces.create: true.",
    "The namespace bank is not in the cluster: kubectl create namespace bank.",
  ]);
  expect(problems({})).toContain(
    "The namespace shop is not in the cluster: kubectl create namespace shop, or have it made by observability:namespaces.createApplications: true.",
  );
});
