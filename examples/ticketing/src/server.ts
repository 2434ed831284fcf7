import { context } from "@opentelemetry/api";
import { getRPCMetadata } from "@opentelemetry/core";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import type { Level } from "./format";
import { type Answer, HttpError, type Routes } from "./http";
import { log } from "./log";
import { metricsPage, requestDuration } from "./metrics";

/** Serves the routes of a role, plus GET /health and GET /metrics. */
export function serve(routes: Routes, port: number): Server {
  const server = createServer((request, response) => void handle(routes, request, response));
  return server.listen(port, () => log("INFO", `Listening on port ${port}`));
}

async function handle(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://service");
  if (pathname === "/health") return send(response, { status: 200, body: { status: "UP" } });
  if (pathname === "/metrics") {
    const { type, text } = await metricsPage();
    response.setHeader("content-type", type).end(text);
    return;
  }

  const method = request.method ?? "GET";
  const handler = routes[`${method} ${pathname}`];
  // Paths that nobody serves share one name, else anyone could add series and span names at will.
  const route = handler ? pathname : "unknown";
  const rpc = getRPCMetadata(context.active());
  if (rpc) rpc.route = route;
  const started = performance.now();

  const answer = await answerOf(async () => {
    if (!handler) throw new HttpError(404, `No such route: ${method} ${pathname}`);
    const clientIp = addressOf(request);
    return handler({ query: searchParams, body: await bodyOf(request), clientIp });
  });

  const seconds = (performance.now() - started) / 1000;
  const { status } = answer;
  requestDuration.observe({ method, route, status_code: status }, seconds);
  log(levelOf(status), `${method} ${route} ${status}`, {
    fields: { method, path: route, status, duration_ms: Math.round(seconds * 1000) },
  });
  send(response, answer);
}

/** The handler's answer, or what its error means to the caller. */
async function answerOf(handler: () => Promise<Answer>): Promise<Answer> {
  try {
    return await handler();
  } catch (error) {
    const { status, message, stackTrace } = error instanceof HttpError ? error : unexpected(error);
    log(levelOf(status), message, { stack: stackTrace });
    return { status, body: { error: message } };
  }
}

/** The first line of a JavaScript stack repeats the message; the frames follow it, indented. */
function unexpected(error: unknown): HttpError {
  const frames = error instanceof Error ? error.stack?.split("\n").slice(1).join("\n") : undefined;
  return new HttpError(500, String(error), frames);
}

const levelOf = (status: number): Level => (status >= 500 ? "ERROR" : status >= 400 ? "WARN" : "INFO");

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (request.method === "GET") return {};
  const body: unknown = await json(request).catch(() => undefined);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body };
  throw new HttpError(400, "Request error: the body is no JSON object");
}

function addressOf(request: IncomingMessage): string {
  const forwarded = request.headers["x-forwarded-for"]?.toString().split(",")[0].trim();
  return forwarded || (request.socket.remoteAddress ?? "").replace("::ffff:", "");
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
