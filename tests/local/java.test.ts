/** What a machine without Docker says that cannot build or fetch what is in Java. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../support/own-cache";
import { UserError } from "../../local/errors";
import { buildJava, builtJava, PAYMENT, ZIPKIN } from "../../local/offline/java";

const bin = join(scratch, "bin");
const { PATH } = process.env;
mkdirSync(join(scratch, "observability-stack/programs"), { recursive: true });
mkdirSync(bin);
beforeAll(() => (process.env.PATH = bin));
afterAll(() => {
  process.env.PATH = PATH;
  rmSync(scratch, { recursive: true, force: true });
});

const failure = (program = PAYMENT) =>
  buildJava(program, () => undefined).catch((error: unknown) => {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  });

test("there is no Maven: what it takes, and where it comes from", async () => {
  const message = await failure();
  expect(message).toMatch(/mvn failed: .*ENOENT/);
  expect(message).toContain("Debian: maven, openjdk-17-jdk-headless");
});

/** Stands for Maven. */
function mvn(script: string): void {
  writeFileSync(join(bin, "mvn"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, "mvn"), 0o755);
}

test("Maven fails: its last words, and nothing half made is kept", async () => {
  mvn("echo Could not resolve spring-boot; exit 1");
  expect(await failure()).toMatch(/mvn failed: Could not resolve spring-boot\n/);
  expect(builtJava(PAYMENT)).toBeUndefined();
});

test("Maven fetches another Zipkin than the pinned one: both sums are said, and it is not used", async () => {
  mvn(
    'while [ "$1" != --file ]; do shift; done; target=${2%/*}/target; /bin/mkdir $target; echo other > $target/zipkin.jar',
  );
  const message = await failure(ZIPKIN);
  expect(message).toContain(`wanted: ${ZIPKIN.sha256}`);
  expect(message).toMatch(/its SHA-256 is [0-9a-f]{64}, wanted/);
  expect(builtJava(ZIPKIN)).toBeUndefined();
});
