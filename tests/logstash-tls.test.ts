/** Lines on their way to Logstash by TLS: the real Filebeat, told by the stack's files, and a stand-in with certificates. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criLine, logDirectory } from "./support/alloy";
import { type Authority, newAuthority } from "./support/certificate";
import { eventually } from "./support/eventually";
import { filebeatServer } from "./support/filebeat";
import { throughElk } from "./support/logstash";
import { lumberjack } from "./support/lumberjack";
import { describeWith } from "./support/programs";

jest.setTimeout(120_000);

const stack = throughElk({ logs: { elasticsearch: { tls: { secretName: "certificate" } } } });
const NAME = "localhost";

describeWith(["filebeat", "filebeat"])("a line on its way to Logstash by TLS", () => {
  let authority: Authority;
  beforeAll(async () => {
    authority = await newAuthority();
  });

  /** What a Logstash of that certificate has been sent when Filebeat has said that, or has sent a line. */
  async function sentTo(certificate: Awaited<ReturnType<Authority["sign"]>>, said?: RegExp) {
    const directory = mkdtempSync(join(tmpdir(), "tls-"));
    const place = logDirectory(join(directory, "pods"), { namespace: "shop", pod: "ticket", name: "server" });
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "0.log"), criLine("INFO [main] secret"));
    const received: object[] = [];
    const logstash = await lumberjack(received, { certificate });
    const address = logstash.address.replace("127.0.0.1", NAME);
    const filebeat = await filebeatServer(directory, address, stack, "nobody asks", authority.cert);
    try {
      filebeat.start();
      await eventually(
        `a line, or ${said}`,
        60,
        async () => (said ? said.test(filebeat.output) : received.length > 0) || undefined,
      );
      return received;
    } finally {
      await filebeat.end();
      logstash.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  }

  test("arrives where the authority of the Secret has signed the certificate", async () => {
    expect(await sentTo(await authority.sign(NAME))).toMatchObject([{ message: "INFO [main] secret" }]);
  });

  test("is not sent to one that another authority has signed, nor to one of another name", async () => {
    const other = await newAuthority();
    expect(await sentTo(await other.sign(NAME), /certificate signed by unknown authority/)).toEqual([]);
    const named = await authority.sign("elasticsearch.observability.svc");
    expect(await sentTo(named, /certificate is valid for elasticsearch\.observability\.svc/)).toEqual([]);
  });
});
