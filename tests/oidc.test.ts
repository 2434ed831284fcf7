/** Single sign-on: a real Grafana and a real provider of OpenID Connect, walked through as a browser does it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSigned } from "./support/certificate";
import { freePort } from "./support/free-port";
import { GrafanaPod } from "./support/grafana-pod";
import { endSessions, seenWith, signIn as signInAsAdmin } from "./support/grafana-session";
import { type Browser, type OidcProvider, oidcProvider, type User } from "./support/oidc";
import { describeWith } from "./support/programs";
import { stackWith } from "./support/servers";

jest.setTimeout(180_000);

const PASSWORD = "of the test";
/** Whatever JMESPath, Grafana's settings and JSON could take for something else. */
const ODD = "O'Neill \"`x` \\ ${HOME} $__env{HOME} %(protocol)s 팀";
const ROLES = [
  { group: "dev", role: "Editor" },
  { group: "platform", role: "Admin" },
];

describeWith(["grafana", "grafana"])("Grafana with single sign-on", () => {
  const directory = mkdtempSync(join(tmpdir(), "oidc-"));
  const client = { clientId: "grafana", clientSecret: "first-secret" };
  let origin: string;
  let url: string;
  let provider: OidcProvider;
  let pod: GrafanaPod;

  async function start(given: object = {}): Promise<void> {
    const roles = [...ROLES, { group: ODD, role: "Viewer" }];
    pod.stack = stackWith({
      edge: { enabled: true, url: origin },
      grafana: { oidc: { ...provider.settings, groupsClaim: "teams:of", roles, ...given } },
    });
    await pod.serve(PASSWORD);
  }

  beforeAll(async () => {
    pod = new GrafanaPod(directory, await freePort(), stackWith());
    ({ url } = pod);
    ({ origin } = new URL(url));
    provider = await oidcProvider(join(directory, "provider"), `${url}/login/generic_oauth`, client);
    await start();
  });
  afterAll(async () => {
    await pod?.end();
    await provider?.server.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const asAdmin = (path: string) => pod.as(PASSWORD, path);
  const logins = async () =>
    ((await (await asAdmin("/api/users")).json()) as User[]).map(({ login }) => login).sort();

  /** Logs somebody in whose claims are these. */
  async function signIn(user: string, claims: object): Promise<Browser> {
    provider.users({ [user]: { email: `${user}@example.org`, name: user, ...claims } });
    const browser = provider.browser();
    await browser.signIn(url, user);
    return browser;
  }
  const known = (browser: Browser) => browser.knownAs(url);

  test.each([
    ["anna", ["platform", "dev"], "Admin"],
    ["ben", ["dev", "others"], "Editor"],
    ["eve", [ODD], "Viewer"],
  ])("%s in the groups %j is %s, and no administrator of the server", async (user, groups, role) => {
    expect(await known(await signIn(user, { "teams:of": groups }))).toMatchObject({
      email: `${user}@example.org`,
      role,
      isGrafanaAdmin: false,
    });
  });

  test.each([
    ["no group", []],
    ["groups that have no role", ["no-dev", "developers", "DEV"]],
    ["no claim of groups", undefined],
    ["a text that holds a group", "dev"],
    ["a map in its place", { dev: "dev" }],
  ])("who has %s is refused and not made", async (_, groups) => {
    expect(await known(await signIn("mallory", { "teams:of": groups }))).toBeUndefined();
    expect(await logins()).not.toContain("mallory@example.org");
  });

  test("another role at the provider counts from the next login on, and without one there is none", async () => {
    expect(await known(await signIn("carla", { "teams:of": ["dev"] }))).toMatchObject({ role: "Editor" });
    expect(await known(await signIn("carla", { "teams:of": ["platform"] }))).toMatchObject({ role: "Admin" });
    expect(await known(await signIn("carla", { "teams:of": ["dev"] }))).toMatchObject({ role: "Editor" });
    expect(await known(await signIn("carla", { "teams:of": [] }))).toBeUndefined();
    expect((await logins()).filter((login) => login === "carla@example.org")).toHaveLength(1);
  });

  test("nobody becomes the administrator by its name or address at the provider", async () => {
    const claims = { email: "admin@localhost", preferred_username: "admin", "teams:of": ["dev"] };
    expect(await known(await signIn("admin", claims))).toBeUndefined();
    const admin = (await (await asAdmin("/api/user")).json()) as User;
    expect(admin).toMatchObject({ login: "admin", isGrafanaAdmin: true });
  });

  test("nobody makes an account without the provider", async () => {
    const response = await fetch(`${url}/api/user/signup`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "self@example.org" }),
    });
    expect([response.status, await response.text()]).toEqual([401, expect.stringContaining("disabled")]);
    expect(await logins()).not.toContain("self@example.org");
  });

  test("the login page offers both, the generated password still opens, and a rotation ends its sessions", async () => {
    // What the login page is drawn from; the page itself needs assets that this Grafana was built without.
    expect(await (await asAdmin("/api/frontend/settings")).json()).toMatchObject({
      disableLoginForm: false,
      oauth: { generic_oauth: { name: "Single sign-on" } },
    });
    expect(await (await asAdmin("/api/admin/settings")).json()).toMatchObject({
      auth: { login_maximum_lifetime_duration: "1d" },
    });
    const cookies = await signInAsAdmin(url, PASSWORD);
    const asked = () => seenWith(url, cookies);
    expect(await asked()).toBe(200);
    const anna = await signIn("anna", { "teams:of": ["dev"] });
    const { stdout } = await endSessions(url, PASSWORD);
    expect(stdout).toMatch(/ended [1-9]\d* sessions of admin/);
    expect(await asked()).toBe(401);
    expect(await known(anna)).toMatchObject({ role: "Editor" });
  });

  test("another secret of the client takes effect when the pod has it", async () => {
    await provider.server.end();
    const issuer = new URL(provider.settings.authUrl);
    provider = await oidcProvider(
      join(directory, "provider-2"),
      `${url}/login/generic_oauth`,
      { ...client, clientSecret: "second-secret" },
      Number(issuer.port),
    );
    // As the old pod: it trusts the provider and has the first secret.
    await pod.end();
    await start({ clientSecret: "first-secret" });
    expect(await known(await signIn("ben", { "teams:of": ["dev"] }))).toBeUndefined();
    await pod.end();
    await start();
    expect(await known(await signIn("ben", { "teams:of": ["dev"] }))).toMatchObject({ role: "Editor" });
  });

  test("a provider that another authority has signed for is not trusted", async () => {
    await pod.end();
    await start({ ca: (await selfSigned("127.0.0.1")).cert });
    expect(await known(await signIn("ben", { "teams:of": ["dev"] }))).toBeUndefined();
    expect(pod.server!.output).toContain("x509: ");
  });

  test("without single sign-on sessions that it opened go on, until their users are logged out or deleted", async () => {
    await pod.end();
    await start();
    const [anna, ben] = [
      await signIn("anna", { "teams:of": ["dev"] }),
      await signIn("ben", { "teams:of": ["dev"] }),
    ];
    await pod.end();
    pod.stack = stackWith({ edge: { enabled: true, url: origin } });
    await pod.serve(PASSWORD);
    const idOf = async (user: string) =>
      ((await (await asAdmin(`/api/users/lookup?loginOrEmail=${user}@example.org`)).json()) as { id: number })
        .id;
    expect(await known(anna)).toMatchObject({ role: "Editor" });
    expect((await pod.as(PASSWORD, `/api/admin/users/${await idOf("anna")}/logout`, {})).status).toBe(200);
    expect(await known(anna)).toBeUndefined();
    expect(await known(ben)).toMatchObject({ role: "Editor" });
    const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
    const deleted = await fetch(`${url}/api/admin/users/${await idOf("ben")}`, {
      ...{ method: "DELETE", headers: { authorization } },
    });
    expect(deleted.status).toBe(200);
    expect(await known(ben)).toBeUndefined();
  });

  test("roles in organisations, which this Grafana does not know, let nobody in rather than too many", async () => {
    await pod.end();
    await start({ roles: [...ROLES, { group: "dev", role: "Viewer", organisation: "Shop" }] });
    expect(await known(await signIn("ben", { "teams:of": ["dev"] }))).toBeUndefined();
  });
});
