import { once } from "node:events";
import { createServer } from "node:net";
import { listening } from "./receivers";

/** A port on localhost that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = Number((await listening(server)).split(":")[1]);
  server.close();
  await once(server, "close");
  return port;
}

/**
 * A port that is still free when its server starts again: below those that the kernel gives to connections, which
 * may take a free one at any time.
 */
export async function steadyPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
