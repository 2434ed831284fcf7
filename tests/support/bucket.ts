import { AwsClient } from "aws4fetch";
import { join } from "node:path";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { Server } from "./servers";

/** An S3 of our own: MinIO with one bucket. */
export interface Bucket {
  server: Server;
  /** As in a stack file. */
  settings: {
    bucket: string;
    region: string;
    endpoint: string;
    accessKeyId: string;
    secretAccessKey: string;
  };
  /** Keys of the objects that begin so. */
  objects(prefix?: string): Promise<string[]>;
}

export async function bucketServer(directory: string, bucket: string): Promise<Bucket> {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const keys = { accessKeyId: "key-of-the-test", secretAccessKey: "secret-of-the-test" };
  const server = new Server(
    binary("minio", "minio")!,
    ["server", "--quiet", "--address", new URL(endpoint).host, join(directory, "minio")],
    { MINIO_ROOT_USER: keys.accessKeyId, MINIO_ROOT_PASSWORD: keys.secretAccessKey, MINIO_BROWSER: "off" },
  );
  server.start();
  await server.ready(`${endpoint}/minio/health/ready`);
  const region = "us-east-1";
  const aws = new AwsClient({ ...keys, region, service: "s3" });
  const ask = async (path: string, method = "GET"): Promise<string> => {
    const response = await aws.fetch(`${endpoint}/${bucket}${path}`, { method });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.text();
  };
  await ask("", "PUT");
  return {
    server,
    settings: { bucket, region, endpoint, ...keys },
    async objects(prefix = "") {
      const list = await ask(`?list-type=2&prefix=${encodeURIComponent(prefix)}`);
      return [...list.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key);
    },
  };
}
