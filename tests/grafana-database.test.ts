/** Two real Grafanas on one real PostgreSQL, that of examples/prod-local, with what their pods are told. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import execa from "execa";
import { dashboardFiles } from "../dashboards";
import { yaml } from "../config/yaml";
import { grafana as program } from "../programs/grafana";
import { DATABASE_CA } from "../programs/grafana/authorities";
import { DASHBOARDS, dashboardProviders, grafanaEnvironment } from "../programs/grafana/server";
import type { Stack } from "../programs/program";
import { selfSigned } from "./support/certificate";
import { databasesAreHere, postgresServer } from "./support/databases";
import { eventually } from "./support/eventually";
import { freePort } from "./support/free-port";
import { type Cookies, seenWith, signIn } from "./support/grafana-session";
import { manifestsOf } from "./support/prod-local";
import { binary } from "./support/programs";
import { Server, stackWith, startGrafana } from "./support/servers";

jest.setTimeout(300_000);

const file = binary("grafana", "grafana");
/** Whatever a connection string or an INI file could take for something else. */
const PASSWORD = "p#w;d:/?@=&!~{}";

/** A replica: its pod can be lost and made anew. */
class Replica {
  server?: Server;

  constructor(
    private readonly stack: Stack,
    private readonly directory: string,
    private readonly port: number,
  ) {}

  get url() {
    return `http://127.0.0.1:${this.port}/api/monitoring/grafana`;
  }

  /** A new pod: an empty directory with its files; its environment and the command before the start. */
  private made(password: string): { environment: Record<string, string>; before: string[] } {
    rmSync(this.directory, { recursive: true, force: true });
    const provisioning = join(this.directory, "provisioning");
    mkdirSync(join(provisioning, "dashboards"), { recursive: true });
    const dashboards = join(this.directory, "dashboards");
    writeFileSync(
      join(provisioning, "dashboards", "dashboards.yaml"),
      yaml(dashboardProviders(this.stack)).replaceAll(DASHBOARDS, dashboards),
    );
    for (const [folder, files] of Object.entries(dashboardFiles(this.stack))) {
      mkdirSync(join(dashboards, folder), { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(dashboards, folder, name), text);
    }
    const authority = join(this.directory, basename(DATABASE_CA));
    const { files } = program.files!(this.stack).find(({ name }) => name === "authorities")!;
    writeFileSync(authority, files[basename(DATABASE_CA)]);
    const told = Object.entries(grafanaEnvironment(this.stack)).map(([name, value]) => [
      name,
      value.replace(DATABASE_CA, authority),
    ]);
    const { values, env } = program.secrets!(this.stack).find(({ name }) => name === "database")!;
    const secrets = Object.fromEntries(Object.entries(env!).map(([name, key]) => [name, values![key]]));
    const environment = {
      ...(Object.fromEntries(told) as Record<string, string>),
      ...secrets,
      GF_PATHS_DATA: join(this.directory, "data"),
      GF_PATHS_LOGS: join(this.directory, "log"),
      GF_PATHS_PLUGINS: join(this.directory, "plugins"),
      GF_PATHS_PROVISIONING: provisioning,
      GF_SERVER_HTTP_ADDR: "127.0.0.1",
      GF_SERVER_HTTP_PORT: String(this.port),
      GF_SECURITY_ADMIN_PASSWORD: password,
      GF_SECURITY_SECRET_KEY: "of the test",
    };
    const before = program.before!.command.map((word) =>
      word
        .replaceAll("/usr/share/grafana/bin/grafana", file!)
        .replaceAll("--homepath=/usr/share/grafana", `--homepath=${dirname(file!)}`),
    );
    return { environment, before };
  }

  /** The command before the start. */
  setPassword(password: string) {
    const { environment, before } = this.made(password);
    return execa(before[0], before.slice(1), { env: environment });
  }

  /** The command, then the server. */
  async start(password: string): Promise<void> {
    // On an empty database the one that runs here now and then ends with "org_pkey"; the kubelet tries again.
    await eventually("the password is set", 60, () => this.setPassword(password));
    const { environment } = this.made(password);
    this.server = new Server(file!, ["server", `--homepath=${dirname(file!)}`], environment);
    this.server.start();
    await startGrafana(this.server, this.url);
  }

  async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.server?.end(signal);
  }

  async as(password: string, path: string, body?: object): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
    const headers = { authorization, "content-type": "application/json" };
    return fetch(
      this.url + path,
      body ? { headers, method: "POST", body: JSON.stringify(body) } : { headers },
    );
  }

  session(password: string): Promise<Cookies> {
    return signIn(this.url, password);
  }

  sees(cookies: Cookies): Promise<number> {
    return seenWith(this.url, cookies);
  }
}

(file && databasesAreHere ? describe : describe.skip)("two Grafanas on PostgreSQL", () => {
  const directory = mkdtempSync(join(tmpdir(), "grafana-database-"));
  let postgres: Awaited<ReturnType<typeof postgresServer>>;
  let replicas: Replica[];

  beforeAll(async () => {
    const certificate = await selfSigned("127.0.0.1");
    postgres = await postgresServer(
      { GRAFANA_PASSWORD: PASSWORD },
      { manifests: manifestsOf("postgres.yaml"), certificate },
    );
    await postgres.start();
    replicas = [];
    for (const name of ["first", "second"]) replicas.push(await replica(name, certificate.cert));
    // As Pulumi makes them: the second when the first is ready.
    for (const replica of replicas) await replica.start("first");
  });
  afterAll(async () => {
    for (const replica of replicas ?? []) await replica.end();
    await postgres?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const replica = async (name: string, ca: string) => {
    const database = {
      ...{ host: "127.0.0.1", port: postgres.port, sslmode: "verify-full", ca },
      password: PASSWORD,
    };
    return new Replica(
      stackWith({ grafana: { replicas: 2, database } }),
      join(directory, name),
      await freePort(),
    );
  };

  const keepsake = { uid: "made-by-a-user", title: "Made by a user" };
  const title = async (replica: Replica, password: string) =>
    (
      (await (await replica.as(password, `/api/dashboards/uid/${keepsake.uid}`)).json()) as {
        dashboard?: { title: string };
      }
    ).dashboard?.title;
  const dashboards = async (replica: Replica) =>
    ((await (await replica.as("first", "/api/search?type=dash-db")).json()) as { uid: string }[]).map(
      ({ uid }) => uid,
    );

  test("both show each dashboard once, and none of them keeps anything on its disk", async () => {
    const files = Object.values(dashboardFiles(stackWith())).flatMap((folder) => Object.keys(folder));
    const wanted = files.map((name) => name.replace(/\.json$/, "")).sort();
    for (const replica of replicas)
      await eventually("all dashboards", 60, async () => {
        const found = await dashboards(replica);
        return found.length >= wanted.length ? (expect(found.sort()).toEqual(wanted) ?? true) : undefined;
      });
    for (const name of ["first", "second"])
      expect(existsSync(join(directory, name, "data", "grafana.db"))).toBe(false);
  });

  test("what a user makes and who is logged in at one is known to the other, also when that one is killed", async () => {
    const [first, second] = replicas;
    expect((await first.as("first", "/api/dashboards/db", { dashboard: keepsake })).status).toBe(200);
    expect(await title(second, "first")).toBe(keepsake.title);
    const cookies = await first.session("first");
    await first.end("SIGKILL");
    expect(await second.sees(cookies)).toBe(200);
    await first.start("first");
    expect(await first.sees(cookies)).toBe(200);
  });

  test("a rotation that is stopped half-way goes on: one password at the end, and no old session", async () => {
    const [first, second] = replicas;
    const cookies = await second.session("first");
    await first.end();
    await first.start("second");
    // It is the database's: the pod that was not replaced yet takes the new one as well.
    expect((await second.as("second", "/api/user")).status).toBe(200);
    // `up` was killed here, and the node of that pod is lost: its old Secret sets the old password again.
    await second.end("SIGKILL");
    await second.start("first");
    expect((await first.as("first", "/api/user")).status).toBe(200);
    // The next `up`.
    await second.end();
    await second.start("second");
    const { stdout } = await execa("node", ["programs/grafana/end-sessions.mjs"], {
      env: { GRAFANA_URL: first.url, GRAFANA_USER: "admin", GRAFANA_PASSWORD: "second" },
    });
    expect(stdout).toMatch(/ended [1-9]\d* sessions of admin/);
    for (const replica of replicas) {
      expect((await replica.as("second", "/api/user")).status).toBe(200);
      expect((await replica.as("first", "/api/user")).status).toBe(401);
      expect(await replica.sees(cookies)).toBe(401);
    }
  });

  test("both pods that are made anew at once set the same password, and find what was there", async () => {
    for (const replica of replicas) await replica.end("SIGKILL");
    await Promise.all(replicas.map((replica) => replica.start("third")));
    for (const replica of replicas) expect(await title(replica, "third")).toBe(keepsake.title);
  });

  test("a database that another authority has signed for gets no password", async () => {
    const { cert } = await selfSigned("127.0.0.1");
    await expect((await replica("third", cert)).setPassword("third")).rejects.toThrow(/x509: /);
  });
});
