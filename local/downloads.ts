/** Programs of others as their publishers release them, held against the checksums that they publish. */
import { createHash } from "node:crypto";
import { chmodSync, createWriteStream, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import execa from "execa";
import { cached, isDiskFull, type Report } from "./cache";
import { UserError } from "./errors";
import { programOf } from "./offline";
import { get } from "./web";

interface Release {
  version: string;
  url: string;
  /** A list of SHA-256 sums, each before its file's name, or the one sum alone. */
  checksums: string;
}

const { platform } = process;
const go = process.arch === "x64" ? "amd64" : process.arch;
const versions = {
  pulumi: programOf("pulumi").version,
  kind: programOf("kind").version,
  kubectl: programOf("kubernetes").version,
};
const pulumi = "https://get.pulumi.com/releases/sdk";
const kind = `https://github.com/kubernetes-sigs/kind/releases/download/v${versions.kind}/kind-${platform}-${go}`;
const kubectl = `https://dl.k8s.io/release/v${versions.kubectl}/bin/${platform}/${go}/kubectl`;

export type Downloadable = keyof typeof versions;

const releases: Record<Downloadable, Release> = {
  pulumi: {
    version: versions.pulumi,
    url: `${pulumi}/pulumi-v${versions.pulumi}-${platform}-${process.arch}.tar.gz`,
    checksums: `${pulumi}/pulumi-${versions.pulumi}-checksums.txt`,
  },
  kind: { version: versions.kind, url: kind, checksums: `${kind}.sha256sum` },
  kubectl: { version: versions.kubectl, url: kubectl, checksums: `${kubectl}.sha256` },
};

/** The directory that holds a program, or why it is not in reach. */
export type Download = { directory: string } | { reason: string };

/**
 * Downloads a program in the version that is tested here, once.
 *
 * Errors: UserError for a file that is not the one that its publisher names.
 */
export async function download(name: Downloadable, report: Report): Promise<Download> {
  const release = releases[name];
  try {
    const directory = await cached(`downloads/${name}-${release.version}`, report, (unfinished) =>
      fetchInto(unfinished, name, release, report),
    );
    return { directory };
  } catch (error) {
    if (error instanceof OutOfReach) return { reason: error.message };
    throw error;
  }
}

class OutOfReach extends UserError {}

async function fetchInto(
  directory: string,
  name: Downloadable,
  { version, url, checksums }: Release,
  report: Report,
): Promise<void> {
  const list = await ask(checksums);
  const text = await list.body.text().catch((error: Error) => brokeOff(checksums, 0, error));
  const published = checksumOf(url, text, checksums);
  const answer = await ask(url);
  const file = join(directory, url.endsWith(".tar.gz") ? "archive.tar.gz" : name);
  const hash = createHash("sha256");
  const size = Number(answer.headers["content-length"]) || undefined;
  let bytes = 0;
  let told = 0;
  report(`${name} ${version}: downloading`);
  await pipeline(
    answer.body,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        // Ten lines, in a log too.
        if (bytes - told >= (size ?? 100e6) / 10) {
          report(`${name} ${version}: ${megabytes(bytes)} of ${size ? megabytes(size) : "?"} MB`);
          told = bytes;
        }
        yield chunk;
      }
    },
    createWriteStream(file),
  ).catch((error: Error) => brokeOff(url, bytes, error));
  const found = hash.digest("hex");
  if (found !== published)
    throw new UserError(
      `${name} ${version}: ${url} has the SHA-256 sum ${found}, its publisher names ${published}. Nothing of it is kept.\n` +
        `Something on the way may have changed it, such as a proxy. Run the command again, or install ${name} yourself.`,
    );
  if (!file.endsWith(".tar.gz")) return chmodSync(file, 0o755);
  await execa("tar", ["-xzf", file, "--strip-components=1", "-C", directory]);
  rmSync(file);
}

/** A line that broke is the publisher's trouble, a full disk the user's. */
function brokeOff(url: string, bytes: number, error: Error): never {
  if (isDiskFull(error.message)) throw error;
  throw new OutOfReach(`${url} broke off after ${megabytes(bytes)} MB (${error.message})`);
}

async function ask(url: string) {
  const answer = await get(url);
  if ("reason" in answer) throw new OutOfReach(answer.reason);
  if (answer.statusCode === 200) return answer;
  await answer.body.dump();
  throw new OutOfReach(`${url} answers ${answer.statusCode} ${answer.statusText}`);
}

function checksumOf(url: string, list: string, checksums: string): string {
  const lines = list.trim().split("\n");
  const file = url.slice(url.lastIndexOf("/") + 1);
  const line = lines.find((one) => one.endsWith(` ${file}`)) ?? (lines.length === 1 ? lines[0] : "");
  const sum = /^[0-9a-f]{64}\b/.exec(line)?.[0];
  if (!sum) throw new OutOfReach(`${checksums} holds no SHA-256 sum of ${file}`);
  return sum;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
