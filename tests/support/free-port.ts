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
