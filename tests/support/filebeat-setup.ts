import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { urlOf } from "../../programs/addresses";
import { filebeatSetup } from "../../programs/filebeat/setup";
import { FILES } from "../../programs/filebeat/store";
import type { Stack } from "../../programs/program";
import { listening } from "./receivers";
import { binary, output } from "./programs";

/** What the Job's own command puts into an Elasticsearch that has all that the stand-in of ours lacks: path -> body. */
export async function putBySetup(stack: Stack): Promise<Record<string, unknown>> {
  const put: Record<string, unknown> = {};
  const elasticsearch = createServer((request, response) => {
    void readText(request).then((body) => {
      response.setHeader("X-Elastic-Product", "Elasticsearch").setHeader("Content-Type", "application/json");
      if (request.method === "PUT") {
        put[request.url!] = JSON.parse(body);
        return response.end('{"acknowledged":true}');
      }
      if (request.url === "/") return response.end('{"version":{"number":"8.19.0"}}');
      if (request.url!.startsWith("/_license"))
        return response.end('{"license":{"type":"basic","status":"active"}}');
      if (request.url!.startsWith("/_xpack"))
        return response.end('{"features":{"ilm":{"available":true,"enabled":true}}}');
      return response.writeHead(404).end("{}");
    });
  });
  const directory = mkdtempSync(join(tmpdir(), "setup-"));
  try {
    const url = `http://${await listening(elasticsearch)}`;
    const files = join(directory, "etc");
    mkdirSync(files);
    for (const [name, text] of Object.entries(filebeatSetup.files!(stack)[0].files))
      writeFileSync(
        join(files, name),
        text.replaceAll(FILES, files).replace(urlOf(stack, "elasticsearch", "http"), url),
      );
    const args = filebeatSetup.args!(stack).map((arg) =>
      arg.replace(FILES, files).replace("/var/lib/filebeat", directory),
    );
    await output(binary("filebeat", "filebeat")!, args, directory, { ELASTICSEARCH_PASSWORD: "asked" });
    return put;
  } finally {
    elasticsearch.close();
    elasticsearch.closeAllConnections();
    rmSync(directory, { recursive: true, force: true });
  }
}
