import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { inflateSync } from "node:zlib";
import { listening } from "./receivers";

/*
 * The end of Beats' protocol that Logstash has, version 2: frames of a W (how many events follow), of a J (an event: its
 * number and its JSON) or of a C (frames, compressed); after so many events an A with the last one's number.
 */

const HEAD = 2;
const NUMBER = 4;

interface Manner {
  /** Nobody is told that the first ones came, which go there. */
  unheard?: object[];
  /** It is shown, and whatever is no TLS is refused. */
  certificate?: { cert: string; key: string };
}

/** Takes events as Logstash's input does, and keeps them. */
export async function lumberjack(received: object[], { unheard, certificate }: Manner = {}) {
  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    sockets.add(socket);
    let waiting: Buffer = Buffer.alloc(0);
    let left = 0;
    let batch: object[] = [];
    const end = (number: number) => {
      const lost = unheard && (unheard.length === 0 || socket.destroyed);
      (lost ? unheard : received).push(...batch);
      batch = [];
      if (lost) socket.destroy();
      else socket.write(acknowledged(number));
    };
    /** What remains of the text after its whole frames. */
    const read = (text: Buffer): Buffer => {
      for (let rest = text; ;) {
        const frame = frameOf(rest);
        if (!frame) return rest;
        rest = rest.subarray(frame.length);
        if (frame.type === "W") left = frame.number;
        else if (frame.type === "C") read(inflateSync(frame.payload));
        else {
          batch.push(JSON.parse(frame.payload.toString()) as object);
          if (--left === 0) end(frame.number);
        }
      }
    };
    socket.on("data", (data) => (waiting = read(Buffer.concat([waiting, data]))));
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  const server = certificate ? createTlsServer(certificate, take) : createServer(take);
  const address = await listening(server);
  const stop = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { address, stop };
}

/** The first frame, once all of it is there. */
function frameOf(text: Buffer) {
  if (text.length < HEAD + NUMBER) return undefined;
  const type = text.toString("latin1", 1, HEAD);
  const number = text.readUInt32BE(HEAD);
  if (type === "W") return { type, number, length: HEAD + NUMBER, payload: Buffer.alloc(0) };
  // A number of its own stands before the length of an event.
  const start = HEAD + NUMBER + (type === "J" ? NUMBER : 0);
  if (text.length < start) return undefined;
  const length = start + text.readUInt32BE(start - NUMBER);
  return text.length < length ? undefined : { type, number, length, payload: text.subarray(start, length) };
}

function acknowledged(number: number): Buffer {
  const frame = Buffer.from("2A\0\0\0\0", "latin1");
  frame.writeUInt32BE(number, HEAD);
  return frame;
}
