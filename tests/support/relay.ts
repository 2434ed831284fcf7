import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "./free-port";

type Side = "client" | "server";
/** Who says what. */
export type Saying = [by: Side, said: string];

/** Lies before a server on loopback, as a Service does, or a network: it can be pointed at another, and stop at a word. */
export class Relay {
  private awaited: Saying[] = [];
  private reached?: () => void;

  private constructor(
    /** Where connections go from now on. */
    public to: number,
    readonly port: number,
    private readonly listener: Server,
    private readonly sockets = new Set<Socket>(),
  ) {
    listener.on("connection", (client: Socket) => this.between(client, connect(this.to, "127.0.0.1")));
  }

  static async before(to: number): Promise<Relay> {
    const port = await freePort();
    const listener = createServer().listen(port, "127.0.0.1");
    await once(listener, "listening");
    return new Relay(to, port, listener);
  }

  /**
   * Once they have said this, one after the other, the last word is not passed on, nor is anything else on that
   * connection. To be called before they begin; `done` is when it was said.
   */
  stopAt(...sayings: Saying[]): { done: Promise<void> } {
    this.awaited = [...sayings];
    return { done: new Promise((resolve) => (this.reached = resolve)) };
  }

  end(): void {
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private stopsAt(side: Side, part: Buffer): boolean {
    const [next] = this.awaited;
    if (next?.[0] !== side || !part.includes(next[1])) return false;
    this.awaited.shift();
    if (this.awaited.length > 0) return false;
    this.reached?.();
    return true;
  }

  private between(client: Socket, server: Socket): void {
    let stopped = false;
    const pass = (side: Side, from: Socket, to: Socket) => {
      this.sockets.add(from);
      from.on("data", (part: Buffer) => {
        stopped ||= this.stopsAt(side, part);
        if (!stopped) to.write(part);
      });
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => this.sockets.delete(from));
    };
    pass("client", client, server);
    pass("server", server, client);
  }
}
