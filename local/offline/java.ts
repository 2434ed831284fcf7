/** payment-service of the sample workload: Spring Boot from Maven Central, by its pom.xml, and a Java to run it. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import execa, { type ExecaError } from "execa";
import { cached, isThere, keyOf, type Report } from "../cache";
import { UserError } from "../errors";
import { cacheDir } from "../paths";
import { ticketingDirectory } from "../ticketing-bundle";

const project = join(ticketingDirectory, "payment");
const sources = [
  "pom.xml",
  ...readdirSync(join(project, "src"), { recursive: true, encoding: "utf8" })
    .map((file) => join("src", file))
    .filter((file) => statSync(join(project, file)).isFile())
    .sort(),
];

/** Of the JDK's modules: all that Java itself is made of, and what Tomcat and Micrometer use besides. */
const MODULES = "java.se,jdk.crypto.ec,jdk.management,jdk.unsupported,jdk.zipfs";

/** Where they are in the image, as the Dockerfile has them too. */
export const JAR = "app/payment-service.jar";
export const JAVA_HOME = "opt/java/openjdk";

const path = () =>
  `programs/payment-service-${keyOf(MODULES, ...sources, ...sources.map((file) => readFileSync(join(project, file))))}`;

/** The directory that {@link buildPayment} made before, else nothing. */
export function builtPayment(): string | undefined {
  const directory = join(cacheDir, path());
  return isThere(directory) ? directory : undefined;
}

/**
 * Builds the service, once, with the Maven and the JDK of this machine.
 *
 * @returns a directory with {@link JAR} and {@link JAVA_HOME}
 * @throws UserError where Maven or the JDK is missing or fails
 */
export function buildPayment(report: Report): Promise<string> {
  return cached(path(), report, async (directory) => {
    report("payment-service: building with Maven");
    const scratch = mkdtempSync(`${directory}.source-`);
    try {
      for (const file of sources) cpSync(join(project, file), join(scratch, file));
      await run("mvn", [
        "--quiet",
        "--batch-mode",
        "-Dstyle.color=never",
        "--file",
        join(scratch, "pom.xml"),
        "package",
      ]);
      cpSync(join(scratch, "target/payment-service.jar"), join(directory, JAR));
      const runtime = ["--strip-java-debug-attributes", "--no-man-pages", "--no-header-files"];
      await run("jlink", ["--add-modules", MODULES, ...runtime, "--output", join(directory, JAVA_HOME)]);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
}

async function run(program: string, args: string[]): Promise<void> {
  await execa(program, args, { all: true }).catch((error: ExecaError) => {
    const words = error.all?.trim().split("\n").slice(-5).join("\n") || error.shortMessage;
    throw new UserError(
      `payment-service of the sample workload must be built, and ${program} failed: ${words}\n` +
        "It takes Maven, a JDK of 17 or later (Debian: maven, openjdk-17-jdk-headless) and Maven Central within reach; install what is missing and run the command again.",
    );
  });
}
