/** Programs in Java, from Maven Central, each by a pom.xml, and a Java to run it. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import execa, { type ExecaError } from "execa";
import { cached, isThere, keyOf, type Report } from "../cache";
import { UserError } from "../errors";
import { cacheDir } from "../paths";
import { ticketingDirectory } from "../ticketing-bundle";

/** A program of one jar, or of a directory. */
interface JavaProgram {
  name: string;
  /** What it is to whoever reads that it must be built. */
  what: string;
  /** Of its pom.xml, and of what is compiled. */
  directory: string;
  sources: string[];
  /** Where Maven leaves it, and where it is in the image, as the upstream's has it. */
  built: string;
  jar: string;
  /** What must have been fetched, where it is not compiled; default: what Maven leaves. */
  sha256?: string;
  fetched?: string;
  /** Of the JDK's modules, beside those that all have. */
  modules?: string;
}

const project = join(ticketingDirectory, "payment");

/** payment-service of the sample workload, on Spring Boot. */
export const PAYMENT: JavaProgram = {
  name: "payment-service",
  what: "payment-service of the sample workload",
  directory: project,
  sources: [
    "pom.xml",
    ...readdirSync(join(project, "src"), { recursive: true, encoding: "utf8" })
      .map((file) => join("src", file))
      .filter((file) => statSync(join(project, file)).isFile())
      .sort(),
  ],
  built: "target/payment-service.jar",
  jar: "app/payment-service.jar",
};

/** Zipkin, as its publisher has built it. */
export const ZIPKIN: JavaProgram = {
  name: "zipkin",
  what: "Zipkin",
  directory: join(__dirname, "zipkin"),
  sources: ["pom.xml"],
  built: "target/zipkin.jar",
  jar: "zipkin/zipkin.jar",
  sha256: "7ac633a6832647e71e50012a5e3e91fbc7054414955261724526030faf271d8d",
};

/** Elasticsearch: what of it is published as a package, and one answer of ours. */
export const ELASTICSEARCH: JavaProgram = {
  name: "elasticsearch",
  what: "Elasticsearch",
  directory: join(__dirname, "elasticsearch"),
  sources: ["pom.xml", "RootPlugin.java", "plugin/plugin-descriptor.properties"],
  built: "target/elasticsearch-8.19.0",
  jar: "usr/share/elasticsearch",
  fetched: "target/elasticsearch.zip",
  sha256: "14833b2d86c30656901f92049f81fb5777a8e4545413c8656cd1a21b55173033",
  modules: "jdk.attach,jdk.management.agent,jdk.net",
};

/** The Ruby that Logstash runs its scripts by; there is no Logstash to fetch. */
export const JRUBY: JavaProgram = {
  name: "jruby",
  what: "JRuby",
  directory: join(__dirname, "jruby"),
  sources: ["pom.xml"],
  built: "target/jruby.jar",
  jar: "jruby/jruby.jar",
  sha256: "e3612050b94877ba7be01e29ab88782c0a4e07c71391f2316f3b5213e6fd89f3",
};

/** Of the JDK's modules: all that Java itself is made of, and what Tomcat, Netty and Micrometer use besides. */
const MODULES = "java.se,jdk.crypto.ec,jdk.management,jdk.unsupported,jdk.zipfs";

/** Where it is in the image. */
export const JAVA_HOME = "opt/java/openjdk";

const modulesOf = ({ modules }: JavaProgram): string => (modules ? `${MODULES},${modules}` : MODULES);

function pathOf(program: JavaProgram): string {
  const { name, directory, sources, sha256 } = program;
  const texts = sources.map((file) => readFileSync(join(directory, file)));
  return `programs/${name}-${keyOf(modulesOf(program), ...sources, ...texts, ...(sha256 ? [sha256] : []))}`;
}

/** The directory that {@link buildJava} made before, else nothing. */
export function builtJava(program: JavaProgram): string | undefined {
  const directory = join(cacheDir, pathOf(program));
  return isThere(directory) ? directory : undefined;
}

/**
 * Builds or fetches the program, once, with the Maven and the JDK of this machine.
 *
 * @returns a directory with its jar and {@link JAVA_HOME}
 * @throws UserError where Maven or the JDK is missing or fails, or the jar is another one than was pinned
 */
export function buildJava(program: JavaProgram, report: Report): Promise<string> {
  const { name, sources, built, jar } = program;
  return cached(pathOf(program), report, async (directory) => {
    report(`${name}: building with Maven`);
    const scratch = mkdtempSync(`${directory}.source-`);
    try {
      for (const file of sources) cpSync(join(program.directory, file), join(scratch, file));
      await run(program, "mvn", [
        "--quiet",
        "--batch-mode",
        "-Dstyle.color=never",
        "--file",
        join(scratch, "pom.xml"),
        "package",
      ]);
      refuseAnother(program, join(scratch, program.fetched ?? built));
      cpSync(join(scratch, built), join(directory, jar), { recursive: true });
      const runtime = ["--strip-java-debug-attributes", "--no-man-pages", "--no-header-files"];
      await run(program, "jlink", [
        "--add-modules",
        modulesOf(program),
        ...runtime,
        "--output",
        join(directory, JAVA_HOME),
      ]);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
}

function refuseAnother({ what, directory, sha256 }: JavaProgram, file: string): void {
  if (!sha256) return;
  const found = createHash("sha256").update(readFileSync(file)).digest("hex");
  if (found !== sha256)
    throw new UserError(
      `${what} that Maven fetched is not what was pinned: its SHA-256 is ${found}, wanted: ${sha256}.\n` +
        `Fetch it from Maven Central itself; after an upgrade of ${join(directory, "pom.xml")} enter the new one in local/offline/java.ts.`,
    );
}

async function run({ what }: JavaProgram, program: string, args: string[]): Promise<void> {
  await execa(program, args, { all: true }).catch((error: ExecaError) => {
    const words = error.all?.trim().split("\n").slice(-5).join("\n") || error.shortMessage;
    throw new UserError(
      `${what} must be built, and ${program} failed: ${words}\n` +
        "It takes Maven, a JDK of 17 or later (Debian: maven, openjdk-17-jdk-headless) and Maven Central within reach; install what is missing and run the command again.",
    );
  });
}
