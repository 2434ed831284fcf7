import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { settingsOf } from "../../config/settings";
import { builtJava, JAVA_HOME, ZIPKIN } from "../../local/offline/java";
import { bytes } from "../../config/units";
import { yaml } from "../../config/yaml";
import { stackOf } from "../../programs";
import { PASSWORD } from "../../programs/elasticsearch/access";
import { jaegerConfig } from "../../programs/jaeger";
import { lokiConfig } from "../../programs/loki";
import type { Stack } from "../../programs/program";
import type { S3 } from "../../programs/s3";
import { pathOf } from "../../programs/addresses";
import { prometheusArgs, prometheusConfig } from "../../programs/prometheus/config";
import { configFile } from "../../programs/overrides";
import { tempoConfig } from "../../programs/tempo";
import { zipkin } from "../../programs/zipkin";
import { eventually } from "./eventually";
import { freePort } from "./free-port";
import { binary } from "./programs";

/** The programs themselves, each as a process on loopback, with the files that the stack gives them. */

export const stackWith = (given: Record<string, unknown> = {}): Stack =>
  stackOf(settingsOf(given, "test"), "test");

/** A process that can be ended and started again with what it has kept. */
export class Server {
  private process?: ChildProcess;
  private said = "";
  private looking?: NodeJS.Timeout;
  /** The most memory that it has taken since its start, in MiB. */
  peakMemory = 0;

  constructor(
    private readonly file: string,
    private readonly args: string[],
    private readonly env: Record<string, string> = {},
  ) {}

  start(): void {
    const started = spawn(this.file, this.args, { env: { ...process.env, ...this.env } });
    for (const stream of [started.stdout, started.stderr])
      stream.on("data", (text: Buffer) => (this.said = (this.said + text.toString()).slice(-100_000)));
    this.process = started;
    this.peakMemory = 0;
    this.looking = setInterval(() => this.look(), 50);
  }

  /** Waits until it answers 200; tells what the server said where it does not. */
  async ready(url: string, seconds = 120): Promise<void> {
    try {
      await eventually(url, seconds, async () => ((await fetch(url)).ok ? true : undefined));
    } catch (error) {
      throw new Error(`${String(error)}\n${this.said.slice(-3000)}`);
    }
  }

  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const ended = this.process;
    clearInterval(this.looking);
    this.process = undefined;
    if (!ended || ended.exitCode !== null || ended.signalCode !== null) return;
    const exit = once(ended, "exit");
    ended.kill(signal);
    // As the kubelet does it.
    const patience = setTimeout(() => ended.kill("SIGKILL"), 30_000);
    await exit;
    clearTimeout(patience);
  }

  get running(): boolean {
    return this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Of the process that was started itself. */
  get pid(): number {
    return this.process!.pid!;
  }

  /** What it has said lately. */
  get output(): string {
    return this.said;
  }

  /** Processor time that it has taken, of all its threads. */
  get cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // User and system time, in hundredths of a second (proc_pid_stat(5)).
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Sees how much memory of its own it takes; a mapped file can be given back at any time. */
  private look(): void {
    const { pid } = this.process!;
    const status = existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
    this.peakMemory = Math.max(this.peakMemory, Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
  }
}

/** Starts a Grafana and waits for it; as the kubelet, again where it gives up. */
export async function startGrafana(server: Server, url: string): Promise<void> {
  await eventually("Grafana", 120, async () => {
    // On an empty SQLite the one that runs here now and then ends with "UNIQUE constraint failed: org.id".
    if (!server.running) {
      await server.end();
      server.start();
    }
    return (await fetch(`${url}/api/health`)).ok ? true : undefined;
  });
}

/** The same object with paths below another directory. */
export const below = <T>(directory: string, path: string, config: T): T =>
  JSON.parse(JSON.stringify(config).replaceAll(`"${path}`, `"${join(directory, path)}`)) as T;

export function written(directory: string, name: string, config: object): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, name);
  writeFileSync(file, yaml(config));
  return file;
}

/** What Kubernetes gives a Go program of ours besides its files. */
export const goLimit = (memory: string) => ({
  GOMEMLIMIT: `${Math.floor((bytes(memory) * 0.9) / 2 ** 20)}MiB`,
});

/** By a Secret in the cluster. */
const bucketKeys = (s3: S3 | null): Record<string, string> =>
  s3?.accessKeyId ? { AWS_ACCESS_KEY_ID: s3.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.secretAccessKey! } : {};

export interface Loki {
  server: Server;
  url: string;
  push: string;
}

/** `gossip`: ports of several replicas, this one's first; `ruler`: where its rules are here, and whom it tells. */
export async function lokiServer(
  directory: string,
  stack = stackWith(),
  gossip: number[] = [],
  ruler: object = {},
): Promise<Loki> {
  const [http, grpc] = [await freePort(), await freePort()];
  const config = below(directory, "/loki", lokiConfig(stack)) as {
    server: object;
    common: { ring: object };
    memberlist?: object;
    ruler?: object;
  };
  Object.assign(config.ruler ?? {}, ruler);
  Object.assign(config.server, {
    http_listen_address: "127.0.0.1",
    http_listen_port: http,
    grpc_listen_address: "127.0.0.1",
    grpc_listen_port: grpc,
  });
  if (gossip.length > 0) {
    // In a pod Loki takes the address of eth0, and the pod's name.
    Object.assign(config.common, { instance_addr: "127.0.0.1" });
    Object.assign(config.common.ring, { instance_id: `loki-${gossip[0]}` });
    Object.assign(config.memberlist!, {
      bind_addr: ["127.0.0.1"],
      bind_port: gossip[0],
      advertise_addr: "127.0.0.1",
      advertise_port: gossip[0],
      join_members: gossip.map((port) => `127.0.0.1:${port}`),
    });
  }
  const file = written(directory, "loki.yaml", config);
  const url = `http://127.0.0.1:${http}`;
  const server = new Server(binary("loki", "loki")!, [`-config.file=${file}`, "-target=all"], {
    ...goLimit(stack.settings.logs.resources.limits.memory),
    ...bucketKeys(stack.settings.logs.s3),
  });
  return { server, url, push: `${url}/loki/api/v1/push` };
}

export interface Tempo {
  server: Server;
  url: string;
  otlp: string;
}

export async function tempoServer(directory: string, stack = stackWith()): Promise<Tempo> {
  const [http, grpc, otlp] = [await freePort(), await freePort(), await freePort()];
  const text = configFile(stack, "tempo", tempoConfig(stack));
  const config = below(directory, "/var/tempo", load(text)) as {
    server: object;
    distributor: { receivers: { otlp: { protocols: { grpc: { endpoint: string } } } } };
  };
  const loopback = { http_listen_address: "127.0.0.1", grpc_listen_address: "127.0.0.1" };
  Object.assign(config.server, loopback, { http_listen_port: http, grpc_listen_port: grpc });
  config.distributor.receivers.otlp.protocols.grpc.endpoint = `127.0.0.1:${otlp}`;
  const file = written(directory, "tempo.yaml", config);
  const server = new Server(binary("tempo", "tempo")!, [`-config.file=${file}`, "-target=all"], {
    ...goLimit(stack.settings.tracing.resources.limits.memory),
    ...bucketKeys(stack.settings.tracing.s3),
  });
  return { server, url: `http://127.0.0.1:${http}`, otlp: `127.0.0.1:${otlp}` };
}

const ELASTICSEARCH = "http://elasticsearch.observability.svc:9200";

export interface Jaeger {
  server: Server;
  /** Below which its page and its API are. */
  url: string;
  otlp: string;
  health: string;
  metrics: string;
}

/** Where it keeps traces, if not by itself. */
export interface Keeper {
  url: string;
  password: string;
}

export async function jaegerServer(directory: string, stack: Stack, keeper?: Keeper): Promise<Jaeger> {
  const ports = Object.fromEntries(
    await Promise.all(
      ["16686", "16685", "4317", "13133", "8888"].map(async (port) => [port, await freePort()]),
    ),
  ) as Record<string, number>;
  const text = JSON.stringify(
    below(directory, "/badger", load(configFile(stack, "jaeger", jaegerConfig(stack)))),
  )
    .replace(ELASTICSEARCH, keeper?.url ?? "")
    .replaceAll(/0\.0\.0\.0:(\d+)/g, (_, port: string) => `127.0.0.1:${ports[port]}`)
    .replace('"host":"0.0.0.0","port":8888', `"host":"127.0.0.1","port":${ports["8888"]}`);
  const config = JSON.parse(text) as { extensions: { jaeger_query: object } };
  // On loopback by itself, where another test's would take it.
  Object.assign(config.extensions.jaeger_query, { grpc: { endpoint: `127.0.0.1:${ports["16685"]}` } });
  const file = written(directory, "jaeger.yaml", config);
  const at = (port: string) => `127.0.0.1:${ports[port]}`;
  return {
    server: new Server(binary("jaeger", "jaeger")!, [`--config=${file}`], {
      ...goLimit(stack.settings.tracing.jaeger.resources.limits.memory),
      ...(keeper ? { [PASSWORD]: keeper.password } : {}),
    }),
    url: `http://${at("16686")}${pathOf(stack, "jaeger")}`,
    otlp: at("4317"),
    health: `http://${at("13133")}/status`,
    metrics: `http://${at("8888")}/metrics`,
  };
}

/** What runs Zipkin, where it was fetched before. */
export const zipkinJar = builtJava(ZIPKIN);

/** With what its pod is told. */
export async function zipkinServer(stack: Stack, keeper?: Keeper): Promise<{ server: Server; url: string }> {
  const port = await freePort();
  const { JAVA_OPTS, ...env } = zipkin.env!(stack);
  if (keeper) Object.assign(env, { ES_HOSTS: keeper.url, ES_PASSWORD: keeper.password });
  const server = new Server(
    join(zipkinJar!, JAVA_HOME, "bin/java"),
    [...JAVA_OPTS.split(" "), "-jar", join(zipkinJar!, ZIPKIN.jar)],
    { ...env, QUERY_PORT: String(port) },
  );
  return { server, url: `http://127.0.0.1:${port}` };
}

export interface Prometheus {
  server: Server;
  url: string;
  ready: string;
  /** Writes the file that it re-reads: the stack's, with these jobs, rules and alerting instead of those in the cluster. */
  scrape(
    jobs: object[],
    others?: { rule_files?: string[]; alerting?: object; remote_write?: object[] },
  ): void;
}

/** `told`: what it has besides from its pod. */
export async function prometheusServer(
  directory: string,
  stack = stackWith(),
  told: { args?: string[]; env?: Record<string, string> } = {},
): Promise<Prometheus> {
  const file = join(directory, "prometheus.yml");
  const listen = `127.0.0.1:${await freePort()}`;
  const args = prometheusArgs(stack).map((arg) =>
    arg
      .replace("/etc/prometheus/config/prometheus.yml", file)
      .replace("--storage.tsdb.path=/prometheus", `--storage.tsdb.path=${join(directory, "data")}`),
  );
  const limits = goLimit(stack.settings.metrics.resources.limits.memory);
  const server = new Server(
    binary("prometheus", "prometheus")!,
    [...args, `--web.listen-address=${listen}`, ...(told.args ?? [])],
    { ...limits, ...told.env },
  );
  const url = `http://${listen}${pathOf(stack, "prometheus")}`;
  const scrape: Prometheus["scrape"] = (scrape_configs, others = {}) => {
    const none = { rule_files: [], alerting: {} };
    const config = { ...prometheusConfig(stack), ...none, ...others, scrape_configs };
    written(directory, "prometheus.yml", config);
  };
  return { server, url, ready: `${url}/-/ready`, scrape };
}
