/** Single sign-on: a real Grafana and a real provider of OpenID Connect, walked through as a browser does it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import execa from "execa";
import { grafana as program } from "../programs/grafana";
import { OIDC_CA } from "../programs/grafana/authorities";
import { grafanaEnvironment } from "../programs/grafana/server";
import { selfSigned } from "./support/certificate";
import { freePort } from "./support/free-port";
import { type Browser, type OidcProvider, oidcProvider } from "./support/oidc";
import { binary, describeWith } from "./support/programs";
import { Server, stackWith, startGrafana } from "./support/servers";

jest.setTimeout(180_000);

const PATH = "/api/monitoring/grafana";
/** Whatever JMESPath, Grafana's settings and JSON could take for something else. */
const ODD = "O'Neill \"`x` \\ ${HOME} $__env{HOME} %(protocol)s 팀";
const ROLES = [
  { group: "dev", role: "Editor" },
  { group: "platform", role: "Admin" },
];

describeWith(["grafana", "grafana"])("Grafana with single sign-on", () => {
  const directory = mkdtempSync(join(tmpdir(), "oidc-"));
  const client = { clientId: "grafana", clientSecret: "first-secret" };
  let port: number;
  let origin: string;
  let url: string;
  let provider: OidcProvider;
  let server: Server;

  /** Its environment is that of the stack; in the cluster the Secret's part of it comes by the Secret. */
  async function start(given: object = {}): Promise<void> {
    const roles = [...ROLES, { group: ODD, role: "Viewer" }];
    const stack = stackWith({
      edge: { enabled: true, url: origin },
      grafana: { port, oidc: { ...provider.settings, groupsClaim: "teams:of", roles, ...given } },
    });
    const { values, env } = program.secrets!(stack).find(({ name }) => name === "oidc")!;
    // In the pod the file is where Grafana is told.
    const authority = join(directory, basename(OIDC_CA));
    const { files } = program.files!(stack).find(({ name }) => name === "authorities")!;
    writeFileSync(authority, files[basename(OIDC_CA)]);
    const told = Object.entries(grafanaEnvironment(stack)).map(([name, value]) => [
      name,
      value.replace(OIDC_CA, authority),
    ]);
    const secrets = Object.entries(env!).map(([variable, key]) => [variable, values![key]]);
    server = new Server(
      binary("grafana", "grafana")!,
      ["server", `--homepath=${dirname(binary("grafana", "grafana")!)}`],
      {
        ...(Object.fromEntries([...told, ...secrets]) as Record<string, string>),
        GF_PATHS_DATA: join(directory, "data"),
        GF_PATHS_LOGS: join(directory, "log"),
        GF_PATHS_PLUGINS: join(directory, "plugins"),
        GF_PATHS_PROVISIONING: join(directory, "provisioning"),
        GF_SERVER_HTTP_ADDR: "127.0.0.1",
        GF_SECURITY_ADMIN_PASSWORD: "of the test",
      },
    );
    await startGrafana(server, url);
  }

  beforeAll(async () => {
    port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    url = origin + PATH;
    provider = await oidcProvider(join(directory, "provider"), `${url}/login/generic_oauth`, client);
    await start();
  });
  afterAll(async () => {
    await server?.end("SIGTERM");
    await provider?.server.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const asAdmin = async (path: string) => {
    const authorization = `Basic ${Buffer.from("admin:of the test").toString("base64")}`;
    return fetch(url + path, { headers: { authorization } });
  };
  const logins = async () =>
    ((await (await asAdmin("/api/users")).json()) as User[]).map(({ login }) => login).sort();

  /** Logs somebody in whose claims are these. */
  async function signIn(user: string, claims: object): Promise<Browser> {
    provider.users({ [user]: { email: `${user}@example.org`, name: user, ...claims } });
    const browser = provider.browser();
    await browser.signIn(url, user);
    return browser;
  }
  /** Who Grafana takes that browser's user for; undefined: for nobody. */
  async function known(browser: Browser): Promise<(User & { role: string }) | undefined> {
    const response = await browser.ask(`${url}/api/user`);
    if (response.status === 401) return undefined;
    const user = (await response.json()) as User;
    const [{ role }] = (await (await browser.ask(`${url}/api/user/orgs`)).json()) as { role: string }[];
    return { ...user, role };
  }

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
    const response = await fetch(`${url}/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user: "admin", password: "of the test" }),
    });
    expect(response.status).toBe(200);
    const cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const asked = async () => (await fetch(`${url}/api/user`, { headers: { cookie } })).status;
    expect(await asked()).toBe(200);
    const anna = await signIn("anna", { "teams:of": ["dev"] });
    const { stdout } = await execa("node", ["programs/grafana/end-sessions.mjs"], {
      env: { GRAFANA_URL: url, GRAFANA_USER: "admin", GRAFANA_PASSWORD: "of the test" },
    });
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
    await server.end("SIGTERM");
    await start({ clientSecret: "first-secret" });
    expect(await known(await signIn("ben", { "teams:of": ["dev"] }))).toBeUndefined();
    await server.end("SIGTERM");
    await start();
    expect(await known(await signIn("ben", { "teams:of": ["dev"] }))).toMatchObject({ role: "Editor" });
  });

  test("a provider that another authority has signed for is not trusted", async () => {
    await server.end("SIGTERM");
    await start({ ca: (await selfSigned("127.0.0.1")).cert });
    expect(await known(await signIn("ben", { "teams:of": ["dev"] }))).toBeUndefined();
    expect(server.output).toContain("x509: ");
  });

  test("roles in organisations, which this Grafana does not know, let nobody in rather than too many", async () => {
    await server.end("SIGTERM");
    await start({ roles: [...ROLES, { group: "dev", role: "Viewer", organisation: "Shop" }] });
    expect(await known(await signIn("ben", { "teams:of": ["dev"] }))).toBeUndefined();
  });
});

interface User {
  login: string;
  email: string;
  isGrafanaAdmin: boolean;
}
