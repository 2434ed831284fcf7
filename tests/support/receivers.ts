import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json, text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { selfSigned } from "./certificate";

export interface Mail {
  /** Who logged in. */
  user: string;
  to: string[];
  /** Headers and body as they came. */
  content: string;
}

/** Listens on a free port of this machine. Returns host:port. */
export async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Whoever Alertmanager may tell: a web server for everything that takes JSON, and a mail server that wants TLS and a login. */
export async function startReceivers(login: { username: string; password: string }) {
  const certificates = mkdtempSync(join(tmpdir(), "receivers-"));
  const authority = join(certificates, "ca.crt");
  const { cert, key } = await selfSigned("127.0.0.1");
  writeFileSync(authority, cert);
  const posts: { path: string; body: Record<string, unknown> }[] = [];
  const mails: Mail[] = [];

  const web = createServer((request, response) => {
    void json(request).then((body) => {
      posts.push({ path: request.url!, body: body as Record<string, unknown> });
      response.end("ok");
    });
  });
  const mail = new SMTPServer({
    key,
    cert,
    onAuth: ({ username, password }, { secure }, done) =>
      secure && username === login.username && password === login.password
        ? done(null, { user: username })
        : done(new Error("wrong user or password, or no TLS")),
    onData: (stream, { user, envelope }, done) => {
      void text(stream).then((content) => {
        mails.push({ user: String(user), to: envelope.rcptTo.map(({ address }) => address), content });
        done();
      });
    },
  });

  return {
    url: `http://${await listening(web)}`,
    smarthost: await listening(mail.server),
    /** File with the authority that signed the mail server's certificate. */
    authority,
    mails,
    /** What was posted to a path, oldest first. */
    postedTo: (path: string) => posts.filter((post) => post.path === path).map(({ body }) => body),
    stop: () => {
      web.close();
      web.closeAllConnections();
      mail.close();
      rmSync(certificates, { recursive: true });
    },
  };
}
