/**
 * Three nodes of the real Elasticsearch on loopback, with the stack's files, as one cluster over TLS. Each is lost in turn,
 * under lines that the real Filebeat sends.
 */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connect } from "node:tls";
import { authorityOf, urlOf } from "../programs/addresses";
import { logsBackend } from "../programs/backends";
import { PASSWORD as ENVIRONMENT, READER, READS, WRITER } from "../programs/elasticsearch/access";
import { criLine, logDirectory } from "./support/alloy";
import { askingGrafana } from "./support/asking-grafana";
import { blackboxServer } from "./support/blackbox-exporter";
import { type Authority, newAuthority } from "./support/certificate";
import { get } from "./support/edge";
import {
  type Elasticsearch,
  elasticsearchServer,
  isFetched,
  PASSWORD,
  type TlsSecret,
} from "./support/elasticsearch";
import { eventually } from "./support/eventually";
import { filebeatServer, inElasticsearch } from "./support/filebeat";
import { freePort } from "./support/free-port";
import { binary, describeWith } from "./support/programs";
import type { Server } from "./support/servers";

jest.setTimeout(400_000);

const SERVICE = "elasticsearch.observability.svc";
const memory = { requests: { memory: "512Mi" }, limits: { memory: "512Mi" } };
const stack = inElasticsearch({
  ...{ platform: "eks", alerting: { unattended: true } },
  logs: { elasticsearch: { replicas: 3, tls: { secretName: "certificate" }, resources: memory } },
});

interface Health {
  status: string;
  number_of_nodes: number;
}

const others = [binary("grafana", "grafana"), binary("blackbox-exporter", "blackbox_exporter")];
const where = isFetched && others.every(Boolean) ? describeWith : () => describe.skip;

where(["filebeat", "filebeat"])("three nodes of Elasticsearch", () => {
  const directory = mkdtempSync(join(tmpdir(), "nodes-"));
  const log = join(
    logDirectory(join(directory, "pods"), { namespace: "shop", pod: "ticket", name: "server" }),
    "0.log",
  );
  const sent: string[] = [];
  let authority: Authority;
  const nodes: Elasticsearch[] = [];
  let ports: number[];
  let filebeat: Server;

  /** As cert-manager makes it: of the Service's name, and here of loopback's. No node's own address is in it. */
  const secretOf = async ({ sign, cert }: Authority): Promise<TlsSecret> => {
    const leaf = await sign(SERVICE, "localhost");
    return { "tls.crt": leaf.cert, "tls.key": leaf.key, "ca.crt": cert };
  };
  /** By the one name that is in the certificate. */
  const named = ({ url }: Elasticsearch) => url.replace("127.0.0.1", "localhost");

  beforeAll(async () => {
    authority = await newAuthority();
    const secret = await secretOf(authority);
    ports = [await freePort(), await freePort(), await freePort()];
    for (const index of [0, 1, 2])
      nodes.push(await elasticsearchServer(stack, { index, transport: ports, secret }));
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, "");
    filebeat = await filebeatServer(directory, nodes.map(named), stack, PASSWORD, authority.cert);
    for (const { server } of nodes) server.start();
    for (const node of nodes) await node.ready();
    filebeat.start();
  });
  afterAll(async () => {
    await filebeat?.end();
    await Promise.all(nodes.map(({ server }) => server.end("SIGTERM")));
    for (const node of nodes) node.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (...lines: string[]) => {
    sent.push(...lines);
    appendFileSync(log, lines.map((line) => criLine(line)).join(""));
  };
  const found = async ({ ask }: Elasticsearch) => {
    await ask(READER, `/${READS}*/_refresh`);
    const { status, answer } = await ask<{ hits: { hits: { _source: { message: string } }[] } }>(
      READER,
      `/${READS}*/_search?size=1000`,
    );
    if (status !== 200) throw new Error(JSON.stringify(answer));
    return answer.hits.hits.map(({ _source }) => _source.message);
  };
  /** Every line that was ever written, each once. */
  const allFoundBy = (node: Elasticsearch) =>
    eventually(`all lines; ${filebeat.output.slice(-2000)}`, 90, async () => {
      const lines = await found(node);
      if (lines.length < sent.length) return undefined;
      expect(lines.sort()).toEqual([...sent].sort());
      return true;
    });
  const healthy = (by: Elasticsearch, count: number) =>
    eventually(`${count} nodes with all copies`, 90, async () => {
      const { answer } = await by.ask<Health>(WRITER, "/_cluster/health");
      return (answer.number_of_nodes === count && answer.status === "green") || undefined;
    });

  test("become one cluster, in which each line is on two of them", async () => {
    write("first", "second");
    await allFoundBy(nodes[0]);
    for (const node of nodes) await healthy(node, 3);
    const { answer } = await nodes[1].ask<Record<string, { settings: { index: object } }>>(
      READER,
      `/${READS}/_settings`,
    );
    for (const { settings } of Object.values(answer))
      expect(settings.index).toMatchObject({ number_of_shards: "1", number_of_replicas: "1" });
  });

  test.each([0, 1, 2])(
    "node %i is killed: the others take and find lines, and it comes back",
    async (index) => {
      const killed = nodes[index];
      const other = nodes[(index + 1) % 3];
      await killed.kill();
      write(`without ${index}`);
      await allFoundBy(other);
      killed.server.start();
      await killed.ready();
      await healthy(other, 3);
      write(`with ${index} again`);
      await allFoundBy(killed);
    },
  );

  test("one whose volume is lost joins the others and begins no cluster of its own", async () => {
    const [lost, other] = nodes;
    await lost.kill();
    lost.loseVolume();
    lost.server.start();
    await lost.ready();
    await healthy(other, 3);
    await allFoundBy(lost);
  });

  test("Grafana knows them by the authority of the Secret", async () => {
    writeFileSync(join(directory, "ca.crt"), authority.cert);
    const here = {
      [urlOf(stack, "elasticsearch", "http")]: named(nodes[0]),
      [authorityOf(stack, "elasticsearch")!.file]: join(directory, "ca.crt"),
    };
    const grafana = await askingGrafana(directory, stack, { here, env: { [ENVIRONMENT]: PASSWORD } });
    try {
      expect(await grafana.ask("elasticsearch", logsBackend(stack).logs.show({ namespace: "shop" }))).toEqual(
        {
          status: 200,
          text: expect.stringContaining("without 2"),
        },
      );
    } finally {
      await grafana.end();
    }
  });

  test("whoever knows another authority, or speaks no TLS, gets no answer", async () => {
    const [{ url }] = nodes;
    const asked = { servername: SERVICE };
    expect((await get(url, { ...asked, ca: authority.cert })).status).toBe(401);
    const { cert } = await newAuthority();
    await expect(get(url, { ...asked, ca: cert })).rejects.toThrow(/certificate|signature/);
    await expect(get(url, { ca: authority.cert, servername: "another.svc" })).rejects.toThrow(/altnames/);
    await expect(get(url.replace("https:", "http:"))).rejects.toThrow(/hang up|ECONNRESET/);
  });

  test("only who has a certificate of that authority is let in among the nodes", async () => {
    const answer = (certificate: { cert?: string; key?: string }) =>
      new Promise<string>((resolve) => {
        const asked = { port: ports[0], host: "127.0.0.1", servername: SERVICE, ca: authority.cert };
        const socket = connect({ ...asked, ...certificate });
        socket
          .on("error", ({ message }) => resolve(message))
          .on("close", () => resolve("closed"))
          // By TLS 1.3 the server looks at the certificate after that.
          .on("secureConnect", () => setTimeout(() => resolve("let in"), 2000));
        socket.on("data", () => undefined);
      });
    expect(await answer(await authority.sign("localhost"))).toBe("let in");
    for (const other of [{}, await (await newAuthority()).sign("localhost")])
      expect(await answer(other)).toMatch(/alert|closed/);
  });

  test("a renewed certificate is shown without a restart, and so is when it ends", async () => {
    const node = nodes[2];
    const exporter = await blackboxServer(stack, [["elasticsearch", "http", new URL(node.url).host]]);
    try {
      const shown = async () => (await get(node.url)).certificate!;
      const end = ({ valid_to }: { valid_to: string }) => new Date(valid_to);
      const before = await shown();
      expect(await exporter.ends("elasticsearch")).toEqual(end(before));
      node.renew(await secretOf(authority));
      const after = await eventually("another certificate", 60, async () => {
        const certificate = await shown();
        return certificate.fingerprint256 === before.fingerprint256 ? undefined : certificate;
      });
      expect(end(after)).not.toEqual(end(before));
      expect(await exporter.ends("elasticsearch")).toEqual(end(after));
    } finally {
      await exporter.end();
    }
    await healthy(node, 3);
  });
});
