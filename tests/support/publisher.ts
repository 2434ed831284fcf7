/** The internet as far as a first `up` wants it: an HTTPS server for all hosts, behind a proxy. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createProxy, type RequestListener } from "node:http";
import { createServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSigned } from "./certificate";
import { listening } from "./receivers";

export interface Publisher {
  /** What leads there. */
  env: Record<string, string>;
  /** Hosts that were asked for, in this order. */
  asked: string[];
  /** What the proxy says to everybody, instead of letting them through. */
  refuse(status?: string): void;
  stop(): Promise<void>;
}

export async function startPublisher(hosts: string[], answer: RequestListener): Promise<Publisher> {
  const directory = mkdtempSync(join(tmpdir(), "publisher-"));
  const authority = join(directory, "ca.crt");
  const { cert, key } = await selfSigned(...hosts);
  writeFileSync(authority, cert);
  const server = createServer({ cert, key }, answer);
  await listening(server);
  const { port } = server.address() as AddressInfo;

  const asked: string[] = [];
  let refusal: string | undefined;
  const proxy = createProxy();
  proxy.on("connect", ({ url }, client: Socket) => {
    asked.push(url!);
    if (refusal) return client.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
    const inside = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      client.pipe(inside).pipe(client);
    });
    client.on("error", () => inside.destroy());
    inside.on("error", () => client.destroy());
  });
  const address = await listening(proxy);
  return {
    env: {
      HTTPS_PROXY: `http://${address}`,
      NO_PROXY: "localhost,127.0.0.1",
      NODE_EXTRA_CA_CERTS: authority,
    },
    asked,
    refuse: (status) => (refusal = status),
    stop: async () => {
      for (const one of [server, proxy]) {
        one.closeAllConnections();
        one.close();
        await once(one, "close");
      }
      rmSync(directory, { recursive: true });
    },
  };
}
