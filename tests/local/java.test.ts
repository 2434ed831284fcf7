/** What a machine without Docker says that cannot build the sample workload's service in Java. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../support/own-cache";
import { UserError } from "../../local/errors";
import { buildPayment, builtPayment } from "../../local/offline/java";

const bin = join(scratch, "bin");
const { PATH } = process.env;
mkdirSync(join(scratch, "observability-stack/programs"), { recursive: true });
mkdirSync(bin);
beforeAll(() => (process.env.PATH = bin));
afterAll(() => {
  process.env.PATH = PATH;
  rmSync(scratch, { recursive: true, force: true });
});

const failure = () =>
  buildPayment(() => undefined).catch((error: unknown) => {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  });

test("there is no Maven: what it takes, and where it comes from", async () => {
  const message = await failure();
  expect(message).toMatch(/mvn failed: .*ENOENT/);
  expect(message).toContain("Debian: maven, openjdk-17-jdk-headless");
});

test("Maven fails: its last words, and nothing half made is kept", async () => {
  writeFileSync(join(bin, "mvn"), "#!/bin/sh\necho Could not resolve spring-boot; exit 1\n");
  chmodSync(join(bin, "mvn"), 0o755);
  expect(await failure()).toMatch(/mvn failed: Could not resolve spring-boot\n/);
  expect(builtPayment()).toBeUndefined();
});
