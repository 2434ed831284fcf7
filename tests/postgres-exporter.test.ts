/** A real exporter asks real PostgreSQL servers, with what its pod is told. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { settingsOf } from "../config/settings";
import type { Stack } from "../programs/program";
import { postgresExporter } from "../programs/postgres-exporter";
import { AUTHORITY, newAuthority } from "./support/certificate";
import { describeWithDatabases, postgresServer } from "./support/databases";
import { freePort } from "./support/free-port";
import { binary } from "./support/programs";
import { goLimit, Server, stackWith } from "./support/servers";

jest.setTimeout(120_000);

const target = { host: "127.0.0.1", username: "exporter", password: "p#w;d:/?@=&" };

interface Job {
  metrics_path: string;
  static_configs: { targets: string[]; labels: Record<string, string> }[];
}

/** On loopback, with its files in a directory of the test. */
async function exporterServer(stack: Stack, directory: string) {
  const here = (path: string) => join(directory, basename(path));
  const write = (path: string, files: Record<string, string>) => {
    mkdirSync(here(path));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(here(path), name), moved(text));
  };
  const moved = (text: string) => text.replaceAll(/\/etc\/postgres-\w+/g, here);
  for (const { path, files } of postgresExporter.files!(stack)) write(path as string, files);
  for (const { path, values } of postgresExporter.secrets!(stack)) write(path!, values!);
  const address = `127.0.0.1:${await freePort()}`;
  const server = new Server(
    binary("postgres-exporter", "postgres_exporter")!,
    [...postgresExporter.args!(stack).map(moved), `--web.listen-address=${address}`],
    goLimit(stack.settings.metrics.postgres.resources.limits.memory),
  );
  server.start();
  await server.ready(`http://${address}/`);
  const [job] = postgresExporter.scrapeJobs!(stack);
  const { metrics_path, static_configs } = job as unknown as Job;
  /** As Prometheus asks for a server: whether it is up. */
  const isUp = async (name: string) => {
    const { targets, labels } = static_configs.find(({ labels }) => labels.instance === name)!;
    const asked = new URLSearchParams({ target: targets[0], auth_module: labels.__param_auth_module });
    const answer = await (await fetch(`http://${address}${metrics_path}?${asked}`)).text();
    return /^pg_up (\d)$/m.exec(answer)?.[1] === "1";
  };
  return { isUp, end: () => server.end() };
}

describeWithDatabases(["postgres-exporter", "postgres_exporter"])("PostgreSQL with a certificate", () => {
  const directory = mkdtempSync(join(tmpdir(), "postgres-exporter-"));
  let postgres: Awaited<ReturnType<typeof postgresServer>>;
  let exporter: Awaited<ReturnType<typeof exporterServer>>;

  beforeAll(async () => {
    const authority = await newAuthority();
    const certificate = await authority.sign(target.host);
    const passwords = { TICKETING_PASSWORD: "of-tickets", EXPORTER_PASSWORD: target.password };
    postgres = await postgresServer(passwords, { certificate });
    await postgres.start();
    const server = { ...target, port: postgres.port };
    const targets = [
      { ...server, name: "encrypted" },
      { ...server, name: "known", sslmode: "verify-full", ca: authority.cert },
      { ...server, name: "of-another", sslmode: "verify-full", ca: AUTHORITY },
      { ...server, name: "of-nobody", sslmode: "verify-full" },
    ];
    exporter = await exporterServer(stackWith({ metrics: { postgres: { targets } } }), directory);
  });
  afterAll(async () => {
    await exporter?.end();
    await postgres?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test.each([
    ["encrypted", true],
    ["known", true],
    ["of-another", false],
    ["of-nobody", false],
  ])("the server %s is up: %s", async (name, up) => {
    expect(await exporter.isUp(name)).toBe(up);
  });
});

test("an authority that would not be looked at is refused", () => {
  const targets = [{ ...target, name: "board", ca: AUTHORITY }];
  expect(() => settingsOf({ metrics: { postgres: { targets } } }, "test")).toThrow(
    "metrics.postgres.targets[0].ca would not be looked at; allowed: beside sslmode: verify-full. Set that, or remove ca.",
  );
});
