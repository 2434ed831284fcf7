/**
 * A rotation as `up` does it, where most can go wrong: two real Grafanas, one PostgreSQL, single sign-on, and each step
 * killed half-way. In order: the first pod, the second, the Job that ends sessions.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithDatabases, postgresServer } from "./support/databases";
import { freePort } from "./support/free-port";
import { GrafanaPod, killed } from "./support/grafana-pod";
import { type Cookies, endSessions, seenWith, signIn } from "./support/grafana-session";
import { type Browser, type Claims, type OidcProvider, oidcProvider } from "./support/oidc";
import { manifestsOf } from "./support/prod-local";
import { Relay, type Saying } from "./support/relay";
import { stackWith } from "./support/servers";

jest.setTimeout(180_000);

const DATABASE_PASSWORD = "of-the-database";
const [OLD, NEW] = ["first", "second"];
const ROLES = { anna: "Admin", ben: "Editor" };

const WRITES: Saying = ["client", 'UPDATE "user"'];
/** Where the command that sets the password is killed, and which one counts then. */
const POINTS: [point: string, sayings: Saying[], counts: string][] = [
  ["before the database has heard of it", [["client", "database"]], OLD],
  ["with the password on its way", [WRITES], OLD],
  ["with the password written and not committed", [WRITES, ["client", "COMMIT"]], OLD],
  [
    "with the password committed, which it was not told",
    [WRITES, ["client", "COMMIT"], ["server", "COMMIT"]],
    NEW,
  ],
];

describeWithDatabases(["grafana", "grafana"])("a rotation with two replicas and single sign-on", () => {
  const directory = mkdtempSync(join(tmpdir(), "grafana-rotation-"));
  let postgres: Awaited<ReturnType<typeof postgresServer>>;
  let provider: OidcProvider;
  /** What users and the Job ask: a Service that leads to the replica that is ready, behind the edge's address. */
  let service: Relay;
  let url: string;
  /** The way of each to the database. */
  const ways: Relay[] = [];
  const pods: GrafanaPod[] = [];
  /** The administrator's. */
  const sessions: Cookies[] = [];
  const browsers: Browser[] = [];

  const leadsTo = (pod: GrafanaPod) => (service.to = Number(new URL(pod.url).port));
  const tell = (command: string) => postgres.tell("grafana", command);

  beforeAll(async () => {
    postgres = await postgresServer(
      { GRAFANA_PASSWORD: DATABASE_PASSWORD },
      { manifests: manifestsOf("postgres.yaml") },
    );
    await postgres.start();
    const ports = [await freePort(), await freePort()];
    service = await Relay.before(ports[0]);
    const origin = `http://127.0.0.1:${service.port}`;
    url = `${origin}/api/monitoring/grafana`;
    provider = await oidcProvider(join(directory, "provider"), `${url}/login/generic_oauth`, {
      clientId: "grafana",
      clientSecret: "of-the-client",
    });
    const roles = Object.values(ROLES).map((role) => ({ group: `${role}s`, role }));
    for (const port of ports) {
      const way = await Relay.before(postgres.port);
      ways.push(way);
      const database = { host: "127.0.0.1", port: way.port, sslmode: "disable", password: DATABASE_PASSWORD };
      const oidc = { ...provider.settings, groupsClaim: "teams:of", roles };
      const stack = stackWith({
        ...{ platform: "eks", alerting: { unattended: true } },
        edge: { enabled: true, url: origin },
        grafana: { replicas: 2, database, oidc },
      });
      pods.push(new GrafanaPod(join(directory, String(port)), port, stack));
    }
    for (const pod of pods) await pod.start(OLD);
  });
  afterAll(async () => {
    for (const pod of pods) await pod.end();
    await provider?.server.end();
    for (const relay of [service, ...ways]) relay?.end();
    await postgres?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Begins the login at one replica; where the provider sends the user back to, the other answers. */
  async function singleSignOn(user: keyof typeof ROLES, from: number): Promise<Browser> {
    const claims = ([name, role]: [string, string]) => [
      name,
      { email: `${name}@example.org`, name, "teams:of": [`${role}s`] },
    ];
    provider.users(Object.fromEntries(Object.entries(ROLES).map(claims)) as Record<string, Claims>);
    leadsTo(pods[1 - from]);
    const browser = provider.browser();
    await browser.signIn(pods[from].url, user);
    return browser;
  }

  /** What each of these replicas says: to both passwords, the administrator's sessions, and the users of the provider. */
  async function seenAt(...those: GrafanaPod[]) {
    // Five wrong passwords within five minutes lock the administrator out: the rotation has made none.
    expect(await tell("SELECT count(*) FROM login_attempt")).toEqual(["0"]);
    const seen = await Promise.all(
      those.map(async (pod) => ({
        old: (await pod.as(OLD, "/api/user")).status,
        new: (await pod.as(NEW, "/api/user")).status,
        sessions: await Promise.all(sessions.map((cookies) => seenWith(pod.url, cookies))),
        roles: await Promise.all(browsers.map(async (browser) => (await browser.knownAs(pod.url))?.role)),
      })),
    );
    // Those of this test are forgotten, as five minutes do it.
    await tell("DELETE FROM login_attempt");
    return seen;
  }
  const before = (password: string) => ({
    ...(password === OLD ? { old: 200, new: 401 } : { old: 401, new: 200 }),
    sessions: sessions.map(() => 200),
    roles: Object.values(ROLES),
  });

  test("before it: who logs in at one replica, in either way, is known at both", async () => {
    browsers.push(await singleSignOn("anna", 0), await singleSignOn("ben", 1));
    for (const pod of [...pods, pods[0]]) sessions.push(await signIn(pod.url, OLD));
    expect(await seenAt(...pods)).toEqual([before(OLD), before(OLD)]);
  });

  /** The pod is replaced, its command killed again and again, and so is its server; the other one answers meanwhile. */
  const replaced = (which: string, index: number) =>
    describe(`the ${which} pod is replaced`, () => {
      const pod = () => pods[index];
      const other = () => pods[1 - index];
      beforeAll(() => {
        leadsTo(other());
        return pod().end();
      });

      test.each(POINTS)("its command is killed %s", async (_, sayings, counts) => {
        const { done } = ways[index].stopAt(...sayings);
        const command = pod().setPassword(NEW);
        await Promise.race([done, command.then(() => Promise.reject(new Error("it went through")))]);
        await killed(command);
        expect(await seenAt(other())).toEqual([before(counts)]);
      });

      test("its server is killed at its start", async () => {
        await pod().setPassword(NEW);
        const { done } = ways[index].stopAt(["client", "database"]);
        const server = pod().run(NEW);
        await done;
        await server.end("SIGKILL");
        expect(await seenAt(other())).toEqual([before(NEW)]);
      });

      test("started again it is ready, and the new password alone counts at both", async () => {
        await pod().start(NEW);
        expect(await seenAt(...pods)).toEqual([before(NEW), before(NEW)]);
      });
    });

  replaced("first", 0);

  test("between the two the node of the second is lost: its Secret is the old one, and so is the password of both", async () => {
    const [, second] = pods;
    await second.end("SIGKILL");
    await second.start(OLD);
    expect(await seenAt(...pods)).toEqual([before(OLD), before(OLD)]);
    // Whoever knows the old one can use it for the last time.
    sessions.push(await signIn(second.url, OLD));
  });

  replaced("second", 1);

  test("the Job is killed between two sessions: the rest goes on", async () => {
    sessions.push(await signIn(pods[0].url, NEW));
    const { done } = service.stopAt(["client", "revoke-auth-token"], ["client", "revoke-auth-token"]);
    const job = endSessions(url, NEW);
    await Promise.race([done, job]);
    job.kill("SIGKILL");
    await expect(job).rejects.toMatchObject({ signal: "SIGKILL" });
    for (const { sessions, ...seen } of await seenAt(...pods)) {
      expect(seen).toMatchObject({ old: 401, new: 200, roles: Object.values(ROLES) });
      expect(sessions.sort()).toEqual([200, 200, 200, 200, 401]);
    }
  });

  test("the Job's second pod: no session of the administrator is left, and those of all others go on", async () => {
    const { stdout } = await endSessions(url, NEW);
    expect(stdout).toBe("ended 4 sessions of admin");
    const after = { ...before(NEW), sessions: sessions.map(() => 401) };
    expect(await seenAt(...pods)).toEqual([after, after]);
  });

  test("after it everybody logs in as before, in both ways, at both", async () => {
    sessions.length = browsers.length = 0;
    browsers.push(await singleSignOn("anna", 1), await singleSignOn("ben", 0));
    for (const pod of pods) sessions.push(await signIn(pod.url, NEW));
    expect(await seenAt(...pods)).toEqual([before(NEW), before(NEW)]);
  });
  test("five old passwords lock the administrator out, and the Job with it, which gives up without making it worse", async () => {
    for (let count = 0; count < 5; count++) expect((await pods[0].as(OLD, "/api/user")).status).toBe(401);
    await expect(endSessions(url, NEW)).rejects.toMatchObject({ exitCode: 1 });
    expect(await tell("SELECT count(*) FROM login_attempt")).toEqual(["5"]);
    for (const [index, role] of Object.values(ROLES).entries())
      expect(await browsers[index].knownAs(url)).toMatchObject({ role });
    // Five minutes later, in the next `up`.
    await tell("DELETE FROM login_attempt");
    expect((await endSessions(url, NEW)).stdout).toBe("ended 2 sessions of admin");
  });
});
