import { cpSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { type ImageName } from "../../../config/images";
import versions from "../../../config/versions.json";
import { build, programOf, type ProgramName } from "../build";
import type { Report } from "../../cache";
import { debianPackages } from "../debian";
import { bundleTicketing, ticketingDirectory } from "../../ticketing-bundle";
import { buildJava, ELASTICSEARCH, JAVA_HOME, PAYMENT, ZIPKIN } from "../java";
import { copy, withLibraries } from "./files";
import { postgres } from "./postgres";

/** What is in an image that is made here, at the paths and with the user that the upstream's image has. */
export interface Recipe {
  /** True version of the program. */
  version: string;
  /** The one that is compiled for it. */
  program?: ProgramName;
  /** What of the upstream's image is missing here: Go modules hold no built web pages. */
  lacks?: string;
  user: number;
  entrypoint: string;
  /** What the result depends on; the archive is made anew when it changes. */
  inputs(report: Report): Promise<string[]>;
  /** Fills the root file system; `inputs` are those of above. */
  fill(root: string, inputs: string[]): Promise<void>;
}

/** One statically linked program in an otherwise empty image. */
export const program = (name: ProgramName, binary: string, path: string, user: number): Recipe => ({
  version: programOf(name).version,
  program: name,
  user,
  entrypoint: path,
  inputs: async (report) => [await build(name, report)],
  fill: async (root, [directory]) => copy(join(directory, binary), join(root, path)),
});

const grafana: Recipe = {
  ...program("grafana", "grafana", "/usr/share/grafana/bin/grafana", 472),
  lacks: "its web pages",
  async fill(root, [directory]) {
    const home = join(root, "usr/share/grafana");
    for (const part of ["conf", "public"])
      cpSync(join(directory, part), join(home, part), { recursive: true });
    await withLibraries(join(directory, "grafana"), join(home, "bin/grafana"), root);
    // The password is set from it.
    await withLibraries("/bin/sh", join(root, "bin/sh"), root);
  },
};

/** The Node that runs this very program. */
const node: Recipe = {
  version: process.versions.node,
  user: 0,
  entrypoint: "/usr/local/bin/node",
  inputs: async () => [process.version],
  fill: (root) => withLibraries(process.execPath, join(root, "usr/local/bin/node"), root),
};

const REDIS = [
  "redis-tools",
  "libjemalloc2",
  "liblua5.1-0",
  "lua-cjson",
  "lua-bitop",
  "liblzf1",
  "libhiredis0.14",
  "libatomic1",
];
const redis: Recipe = {
  version: "7.0.15",
  user: 999,
  entrypoint: "/usr/local/bin/redis-server",
  inputs: async (report) => [await debianPackages("redis", REDIS, report)],
  fill: (root, [tree]) =>
    withLibraries(
      join(tree, "usr/bin/redis-check-rdb"),
      join(root, "usr/local/bin/redis-server"),
      root,
      tree,
    ),
};

/** A jar and its Java, with the libraries that this needs. */
async function withJava(directory: string, root: string): Promise<void> {
  cpSync(directory, root, { recursive: true });
  for (const file of ["bin/java", "lib/server/libjvm.so"].map((part) => join(JAVA_HOME, part)))
    await withLibraries(join(directory, file), join(root, file), root, directory);
}

const START_ZIPKIN = join(__dirname, "../zipkin/start-zipkin");
const zipkin: Recipe = {
  version: versions.zipkin.tested,
  user: 1000,
  entrypoint: "/usr/local/bin/start-zipkin",
  inputs: async (report) => [await buildJava(ZIPKIN, report), readFileSync(START_ZIPKIN, "utf8")],
  async fill(root, [directory]) {
    await withJava(directory, root);
    await withLibraries("/bin/sh", join(root, "bin/sh"), root);
    await copy(START_ZIPKIN, join(root, "usr/local/bin/start-zipkin"));
  },
};

/** Its own start script is one of a shell, as is what copies its configuration. */
const SHELL = ["bash", "sh", "cp", "dirname", "basename", "uname", "readlink", "ls", "expr", "cat", "mkdir"];
const elasticsearch: Recipe = {
  version: versions.elasticsearch.tested,
  lacks: "all but core, security and transport, such as the life cycle of indices: nothing is deleted by age",
  user: 1000,
  entrypoint: "/usr/share/elasticsearch/bin/elasticsearch",
  inputs: async (report) => [await buildJava(ELASTICSEARCH, report), SHELL.join()],
  async fill(root, [directory]) {
    await withJava(directory, root);
    const home = join(root, ELASTICSEARCH.jar);
    symlinkSync(join("/", JAVA_HOME), join(home, "jdk"));
    // In the package only its owner reads them.
    await execa("chmod", ["-R", "a+rX", home]);
    for (const name of SHELL) await withLibraries(join("/bin", name), join(root, "bin", name), root);
    symlinkSync("../bin", join(root, "usr/bin"));
  },
};

const START_FILEBEAT = join(__dirname, "../filebeat/start-filebeat");
const filebeat: Recipe = {
  ...program("filebeat", "filebeat", "/usr/share/filebeat/filebeat", 0),
  lacks: "the retention of lines, which Elasticsearch cannot do here",
  inputs: async (report) => [await build("filebeat", report), readFileSync(START_FILEBEAT, "utf8")],
  async fill(root, [directory]) {
    await withLibraries("/bin/sh", join(root, "bin/sh"), root);
    await copy(join(directory, "filebeat"), join(root, "usr/share/filebeat/filebeat-itself"));
    await copy(START_FILEBEAT, join(root, "usr/share/filebeat/filebeat"));
  },
};

const TICKETING = [
  "package-lock.json",
  "build.ts",
  "traffic.ts",
  ...readdirSync(join(ticketingDirectory, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `src/${file}`),
];

/** The sample workload of examples/ticketing: its Node services, bundled, over Node, and the others beside them. */
const ticketing: Recipe = {
  ...node,
  version: "0.1.0",
  program: "board-service",
  user: 1000,
  inputs: async (report) => [
    await build("board-service", report),
    await buildJava(PAYMENT, report),
    process.version,
    ...TICKETING.map((file) => readFileSync(join(ticketingDirectory, file), "utf8")),
  ],
  async fill(root, inputs) {
    const [board, payment] = inputs;
    await node.fill(root, inputs);
    await copy(join(board, "board-service"), join(root, "app/board-service"));
    await withJava(payment, root);
    await bundleTicketing();
    for (const file of ["service.js", "traffic.js"])
      await copy(join(ticketingDirectory, "dist", file), join(root, "app", file));
  },
};

export type BuiltName = ImageName | "ticketing";

const NOT_USED = "components that this stack does not use";

/** An image without one must be pulled: it is missed only where a stack needs it and no registry answers. */
export const recipes: Partial<Record<BuiltName, Recipe>> = {
  prometheus: {
    ...program("prometheus", "prometheus", "/bin/prometheus", 65534),
    lacks: "its web pages, and service discovery other than Kubernetes' and static targets",
  },
  alertmanager: program("alertmanager", "alertmanager", "/bin/alertmanager", 65534),
  "kube-state-metrics": program("kube-state-metrics", "kube-state-metrics", "/kube-state-metrics", 65534),
  "node-exporter": program("node-exporter", "node_exporter", "/bin/node_exporter", 65534),
  loki: program("loki", "loki", "/usr/bin/loki", 10001),
  alloy: { ...program("alloy", "alloy", "/bin/alloy", 473), lacks: NOT_USED },
  collector: { ...program("collector", "otelcol-contrib", "/otelcol-contrib", 10001), lacks: NOT_USED },
  tempo: program("tempo", "tempo", "/tempo", 10001),
  jaeger: {
    ...program("jaeger", "jaeger", "/cmd/jaeger/jaeger-linux", 10001),
    lacks: `its web pages, and ${NOT_USED}`,
  },
  "jaeger-es-index-cleaner": program("jaeger", "es-index-cleaner", "/go/bin/es-index-cleaner-linux", 10001),
  zipkin,
  elasticsearch,
  promtail: program("promtail", "promtail", "/usr/bin/promtail", 0),
  filebeat,
  grafana,
  caddy: program("caddy", "caddy", "/usr/bin/caddy", 0),
  node,
  redis,
  postgres,
  "redis-exporter": program("redis-exporter", "redis_exporter", "/redis_exporter", 59000),
  "postgres-exporter": program("postgres-exporter", "postgres_exporter", "/bin/postgres_exporter", 65534),
  "blackbox-exporter": program("blackbox-exporter", "blackbox_exporter", "/bin/blackbox_exporter", 65534),
  ticketing,
};
