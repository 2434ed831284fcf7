import { RunError } from "@pulumi/pulumi";

/** Kubernetes refuses a ConfigMap above 1 MiB; this is well below it. */
export const LIMIT = 900_000;

/**
 * The files of one ConfigMap, unless they are too large together.
 *
 * @throws RunError that names the largest file
 */
export function withinLimit(configMap: string, files: Record<string, string>): Record<string, string> {
  const sizes = Object.entries(files)
    .map(([file, text]) => ({ file, size: Buffer.byteLength(text) }))
    .sort((a, b) => b.size - a.size);
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  if (total > LIMIT)
    throw new RunError(
      `The files of ConfigMap ${configMap} have ${total} bytes together; allowed: ${LIMIT}. The largest is ${sizes[0].file} with ${sizes[0].size}.\nUsually there are too many observability:services for one stack: give some of them to another.`,
    );
  return files;
}
