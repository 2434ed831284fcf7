/* Single sign-on: what Grafana is told of it, and what is refused. */
import { settingsOf } from "../config/settings";
import { clusterOf, environmentOf, type KubernetesObject, ofKind } from "./support/cluster";

const oidc = {
  ...{ authUrl: "https://id.example.org/auth", tokenUrl: "https://id.example.org:8443/token" },
  ...{ apiUrl: "https://id.example.org/me", clientId: "grafana", clientSecret: "secret-of-the-client" },
  roles: [
    { group: "dev", role: "Editor" },
    { group: "platform", role: "Admin" },
  ],
};
const edge = { enabled: true, url: "https://ops.example.org" };

describe("what Grafana is told", () => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await clusterOf({ edge, grafana: { oidc } });
  });

  test("addresses, client and roles, with proof keys, and sign-up by the provider alone", () => {
    expect(environmentOf(objects, "grafana")).toMatchObject({
      GF_SERVER_ROOT_URL: "https://ops.example.org/api/monitoring/grafana/",
      GF_AUTH_GENERIC_OAUTH_ENABLED: "true",
      GF_AUTH_GENERIC_OAUTH_NAME: "Single sign-on",
      GF_AUTH_GENERIC_OAUTH_AUTH_URL: oidc.authUrl,
      GF_AUTH_GENERIC_OAUTH_TOKEN_URL: oidc.tokenUrl,
      GF_AUTH_GENERIC_OAUTH_API_URL: oidc.apiUrl,
      GF_AUTH_GENERIC_OAUTH_CLIENT_ID: "grafana",
      GF_AUTH_GENERIC_OAUTH_SCOPES: "openid profile email",
      GF_AUTH_GENERIC_OAUTH_USE_PKCE: "true",
      GF_AUTH_GENERIC_OAUTH_ALLOW_SIGN_UP: "true",
      GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT: "true",
      GF_USERS_ALLOW_SIGN_UP: "false",
    });
  });

  test("whoever lost a role at the provider is asked to log in again within a day", () => {
    expect(environmentOf(objects, "grafana").GF_AUTH_LOGIN_MAXIMUM_LIFETIME_DURATION).toBe("1d");
  });

  test("nothing at all without it", async () => {
    const names = Object.keys(environmentOf(await clusterOf(), "grafana"));
    expect(names.filter((name) => name.startsWith("GF_AUTH_"))).toEqual([]);
  });

  test("roles in organisations come from one list, so that a role in one does not count in another", async () => {
    const roles = [
      { group: "platform", role: "Admin" },
      { group: "dev", role: "Editor", organisation: "Shop floor" },
      { group: "$(A) 100%", role: "Viewer" },
    ];
    const told = environmentOf(await clusterOf({ edge, grafana: { oidc: { ...oidc, roles } } }), "grafana");
    expect(told).not.toHaveProperty("GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH");
    expect(told).toMatchObject({
      GF_AUTH_GENERIC_OAUTH_ORG_ATTRIBUTE_PATH: '"groups"',
      GF_AUTH_GENERIC_OAUTH_ORG_MAPPING:
        '["platform:1:Admin","dev:Shop floor:Editor","\\u0024(A) 100\\u0025:1:Viewer"]',
      GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT: "true",
    });
  });

  test("it may reach the provider's ports, for tokens and for the user, and no others outside", async () => {
    const outside = (all: KubernetesObject[]) => {
      const policy = ofKind(all, "NetworkPolicy").find(({ metadata }) => metadata.name === "grafana")!;
      const { egress } = policy.spec as {
        egress: { to?: { ipBlock?: object }[]; ports?: { port: number }[] }[];
      };
      return egress
        .filter(({ to }) => to?.some(({ ipBlock }) => ipBlock))
        .map(({ ports }) => ports?.map(({ port }) => port));
    };
    expect(outside(objects)).toEqual([[8443, 443]]);
    expect(outside(await clusterOf())).toEqual([]);
  });
});

describe("refused before anything is touched", () => {
  const refusal = (change: object, given: object = { edge }) => {
    try {
      settingsOf({ ...given, grafana: { oidc: { ...oidc, ...change } } }, "test");
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const two = (...groups: string[]) => groups.map((group) => ({ group, role: "Viewer" }));

  test("the settings above are not", () => expect(refusal({})).toBeUndefined());

  test.each<[string, object, string]>([
    [
      "no roles",
      { roles: undefined },
      "grafana.oidc.roles is missing; allowed: a list of groups, each with a role",
    ],
    [
      "an empty list of them",
      { roles: [] },
      "allowed: one group or more, each with a role: who has no role is not let in",
    ],
    [
      "plain http",
      { tokenUrl: "http://id.example.org/token" },
      'grafana.oidc.tokenUrl is "http://id.example.org/token"; allowed: an https:// URL',
    ],
    [
      "a role that there is not",
      { roles: [{ group: "dev", role: "Owner" }] },
      'grafana.oidc.roles[0].role is "Owner"; allowed: Admin, Editor, Viewer',
    ],
    [
      "two roles of one group",
      { roles: two("dev", "ops", "dev") },
      "grafana.oidc.roles[2].group dev has a role already; allowed: each group once",
    ],
    [
      "two in the main organisation, which is number 1",
      { roles: [...two("dev"), { ...two("dev")[0], organisation: "1" }] },
      "grafana.oidc.roles[1].group dev has a role already",
    ],
    [
      "a group that cannot be mapped",
      { roles: [{ ...two("a:b")[0], organisation: "Shop" }] },
      "grafana.oidc.roles[0].group a:b cannot be given an organisation",
    ],
    [
      "no secret of the client",
      { clientSecret: undefined },
      "grafana.oidc.clientSecret is missing; allowed: the client's secret",
    ],
    [
      "a secret that Grafana would read as something else",
      { clientSecret: "a${HOME}" },
      "grafana.oidc.clientSecret is not usable; allowed: the client's secret, without $ and %",
    ],
    ...["realm_access.roles", "resource_access.grafana.roles"].map(
      (groupsClaim): [string, object, string] => [
        `a claim within another: ${groupsClaim}`,
        { groupsClaim },
        `grafana.oidc.groupsClaim is "${groupsClaim}"; allowed: a claim at the top, without dots unless it is a URL; for`,
      ],
    ),
    ["scopes without openid", { scopes: ["email"] }, "allowed: scopes with openid among them"],
  ])("%s", (_, change, words) => {
    expect(refusal(change)).toContain(words);
    expect(refusal(change)).toMatch(/has a setting that cannot be used/);
  });

  test.each(["https://a.example.org/groups", "a.example.org/groups", "cognito:groups"])(
    "a claim at the top may be called %s",
    (groupsClaim) => {
      expect(refusal({ groupsClaim })).toBeUndefined();
    },
  );

  test("one group may have roles in two organisations", () => {
    const roles = [
      { group: "dev", role: "Editor" },
      { group: "dev", role: "Viewer", organisation: "Shop" },
    ];
    expect(refusal({ roles })).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ["no proxy", { edge: { enabled: false } }, "allowed: beside edge.enabled: true, with edge.url"],
    [
      "an address in plain http",
      { edge: { ...edge, url: "http://ops.example.org" } },
      "edge.url http://ops.example.org is where the provider sends",
    ],
    [
      "one that only begins like localhost",
      { edge: { ...edge, url: "http://localhost.example.org" } },
      "edge.url",
    ],
  ])("with %s, the provider could send nobody back", (_, given, words) => {
    expect(refusal({}, given)).toContain(words);
  });
});
