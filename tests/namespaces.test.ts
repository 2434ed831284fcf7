import { type Made, madeWith } from "./support/components";

/* What is there before any program: namespaces, what they let in, pull secrets, the class of volumes. */

const services = [{ name: "board-service", namespace: "shop", port: 8000 }];
const registry = "mirror.example.org/team";
const registryLogin = { username: "puller", password: "p" };
const spacesOf = (made: Map<string, Made>) =>
  Object.fromEntries(
    [...made.values()]
      .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
      .map((one) => [one.name.replace("namespaces-", ""), one]),
  );
const madeOrNot = (made: Map<string, Made>) =>
  Object.entries(spacesOf(made)).map(
    ([name, { existing }]) => `${name} is ${existing ? "looked up" : "made"}`,
  );

let made: Map<string, Made>;
beforeAll(async () => {
  made = await madeWith({ services, placement: { registry, registryLogin, createGp3: true } });
});
const named = (name: string) => [...made.values()].find((one) => one.name === name)!;

test("the stack's are made, the applications' are looked up", () => {
  expect(madeOrNot(made)).toEqual([
    "observability-agents is made",
    "observability is made",
    "shop is looked up",
  ]);
});

test("either may be the other way round", async () => {
  const given = { create: false, createApplications: true };
  expect(madeOrNot(await madeWith({ services, namespaces: given }))).toEqual([
    "observability-agents is looked up",
    "observability is looked up",
    "shop is made",
  ]);
});

test("the agents' alone admits pods that see their node; the applications' stay as open as they were", async () => {
  const level = (made: Map<string, Made>, name: string) => {
    const { labels } = spacesOf(made)[name].inputs.metadata as { labels: Record<string, string> };
    return Object.entries(labels).filter(([label]) => label.startsWith("pod-security.kubernetes.io/"));
  };
  const enforce = "pod-security.kubernetes.io/enforce";
  expect(level(made, "observability")).toEqual([[enforce, "restricted"]]);
  expect(level(made, "observability-agents")).toEqual([[enforce, "privileged"]]);
  expect(level(await madeWith({ services, namespaces: { createApplications: true } }), "shop")).toEqual([]);
});

test("what denies by default, and the pull secret, wait for their namespace; all programs wait for the latter", () => {
  for (const namespace of ["observability", "observability-agents"]) {
    const own = [`namespaces-${namespace}`];
    expect(named(`namespaces-${namespace}-deny`).after).toEqual(own);
    const login = `namespaces-${namespace}-observability-registry`;
    expect(named(login).after).toEqual(expect.arrayContaining(own));
    expect(named("grafana-server").after).toContain(login);
  }
});

test("the class gp3 is made on request, for volumes that are encrypted, grow and wait for their pod", () => {
  expect(named("namespaces-gp3").inputs).toMatchObject({
    metadata: { name: "gp3" },
    provisioner: "ebs.csi.aws.com",
    parameters: { type: "gp3", encrypted: "true" },
    allowVolumeExpansion: true,
    // The volume of a claim that somebody deletes goes as well, as with the class that EKS brings.
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
  });
});

test("it alone stays when the stack goes: volumes of others may ask for it", () => {
  expect([...made.values()].filter(({ stays }) => stays).map(({ name }) => name)).toEqual(["namespaces-gp3"]);
});
