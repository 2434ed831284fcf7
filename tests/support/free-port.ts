import { createServer } from "node:net";

/**
 * Below the ports that the kernel gives to connections (from 32768) and below NodePorts (from 30000), which may take a
 * free one at any time. Each worker of jest has a range of its own and goes through it, so no two servers of tests
 * that run side by side are ever given the same port.
 */
const RANGE = 1250;
const first = 20_000 + ((Number(process.env.JEST_WORKER_ID ?? 1) - 1) % 8) * RANGE;
let next = Math.floor(Math.random() * RANGE);

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** A port on localhost that nothing listens on, and that is still free when its server starts again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + (next++ % RANGE);
    if (await isFree(port)) return port;
  }
}
