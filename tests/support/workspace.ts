import { AwsV4Signer } from "aws4fetch";
import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { uncompress } from "snappyjs";
import { selfSigned } from "./certificate";
import { listening } from "./receivers";

/** A workspace of Amazon Managed Prometheus on loopback: it takes and answers what is signed with its key, and nothing else. */
export async function workspaceServer(directory: string) {
  const { cert, key } = await selfSigned("127.0.0.1");
  const authority = join(directory, "ca.crt");
  writeFileSync(authority, cert);
  const keys = { accessKeyId: "key-of-the-test", secretAccessKey: "secret-of-the-test" };
  const region = "ap-northeast-2";
  /** What was written, readable where it is text: names and values of labels. */
  const written: string[] = [];
  const asked: string[] = [];
  let refused = 0;
  const server = createServer({ cert, key }, (request, response) => {
    void buffer(request).then(async (body) => {
      if (!(await isSigned(request, body, { ...keys, region, service: "aps" }))) {
        refused++;
        response.writeHead(403).end("The request signature we calculated does not match");
      } else if (request.url!.endsWith("/api/v1/remote_write")) {
        written.push(Buffer.from(uncompress(body)).toString("latin1"));
        response.writeHead(200).end();
      } else {
        asked.push(request.url!);
        const result = [{ metric: { __name__: "shelf_books" }, value: [Date.now() / 1000, "7"] }];
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
      }
    });
  });
  const url = `https://${await listening(server)}/workspaces/ws-of-the-test`;
  return {
    /** As in a stack file. */
    settings: { url, region },
    /** What a pod has by its role, and the authority that signed the certificate. */
    env: (more: Partial<typeof keys> = {}) => {
      const { accessKeyId, secretAccessKey } = { ...keys, ...more };
      return {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        SSL_CERT_FILE: authority,
      };
    },
    written,
    asked,
    get refused() {
      return refused;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Signs the same request again and compares. */
async function isSigned(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  who: { accessKeyId: string; secretAccessKey: string; region: string; service: string },
): Promise<boolean> {
  const given = headers.authorization ?? "";
  const signed = /SignedHeaders=([^,]+)/.exec(given)?.[1].split(";") ?? [];
  const own = signed.filter((name) => name !== "host");
  const signer = new AwsV4Signer({
    ...{ ...who, method, url: `https://${headers.host}${url}` },
    headers: Object.fromEntries(own.map((name) => [name, String(headers[name])])),
    ...{ body: new Uint8Array(body), datetime: String(headers["x-amz-date"]), allHeaders: true },
  });
  return given === (await signer.authHeader());
}
