/** Two real Grafanas on one real PostgreSQL, that of examples/prod-local, with what their pods are told. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dashboardFiles } from "../dashboards";
import { grafana } from "../programs/grafana";
import type { Probe } from "../programs/program";
import { selfSigned } from "./support/certificate";
import { describeWithDatabases, postgresServer } from "./support/databases";
import { eventually } from "./support/eventually";
import { freePort } from "./support/free-port";
import { GrafanaPod } from "./support/grafana-pod";
import { seenWith, signIn } from "./support/grafana-session";
import { manifestsOf } from "./support/prod-local";
import { stackWith } from "./support/servers";

jest.setTimeout(300_000);

/** Whatever a connection string or an INI file could take for something else. */
const PASSWORD = "p#w;d:/?@=&!~{}";

describeWithDatabases(["grafana", "grafana"])("two Grafanas on PostgreSQL", () => {
  const directory = mkdtempSync(join(tmpdir(), "grafana-database-"));
  let postgres: Awaited<ReturnType<typeof postgresServer>>;
  let replicas: GrafanaPod[];

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
    return new GrafanaPod(
      join(directory, name),
      await freePort(),
      stackWith({ grafana: { replicas: 2, database } }),
    );
  };

  const keepsake = { uid: "made-by-a-user", title: "Made by a user" };
  const title = async (replica: GrafanaPod, password: string) =>
    (
      (await (await replica.as(password, `/api/dashboards/uid/${keepsake.uid}`)).json()) as {
        dashboard?: { title: string };
      }
    ).dashboard?.title;
  const dashboards = async (replica: GrafanaPod) =>
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
      expect(existsSync(join(directory, name, "tmp/grafana/grafana.db"))).toBe(false);
  });

  test("what a user makes and who is logged in at one is known to the other, also when that one is killed", async () => {
    const [first, second] = replicas;
    expect((await first.as("first", "/api/dashboards/db", { dashboard: keepsake })).status).toBe(200);
    expect(await title(second, "first")).toBe(keepsake.title);
    const cookies = await signIn(first.url, "first");
    await first.end("SIGKILL");
    expect(await seenWith(second.url, cookies)).toBe(200);
    await first.start("first");
    expect(await seenWith(first.url, cookies)).toBe(200);
  });

  test("both pods that are made anew at once set the same password, and find what was there", async () => {
    for (const replica of replicas) await replica.end("SIGKILL");
    await Promise.all(replicas.map((replica) => replica.start("third")));
    for (const replica of replicas) expect(await title(replica, "third")).toBe(keepsake.title);
  });

  test("while the database is away they are alive and not ready, and go on with it", async () => {
    const [{ stack, server }] = replicas;
    const { ready, live } = grafana.probes!(stack);
    const answers = ({ path }: Probe) => {
      const at = `http://127.0.0.1:${new URL(replicas[0].url).port}`;
      // Without a path a connection counts, whatever is answered.
      return fetch(at + (path ?? "/"), { redirect: "manual" }).then(
        ({ ok }) => !path || ok,
        () => false,
      );
    };
    expect([await answers(ready), await answers(live)]).toEqual([true, true]);
    await postgres.end();
    await eventually("it is not ready", 60, async () => !(await answers(ready)) || undefined);
    expect(await answers(live)).toBe(true);
    await postgres.start();
    await eventually("it is ready again", 60, async () => (await answers(ready)) || undefined);
    expect(replicas[0].server).toBe(server);
    expect(server!.running).toBe(true);
  });

  test("a database that another authority has signed for gets no password", async () => {
    const { cert } = await selfSigned("127.0.0.1");
    await expect((await replica("third", cert)).setPassword("third")).rejects.toThrow(/x509: /);
  });
});
