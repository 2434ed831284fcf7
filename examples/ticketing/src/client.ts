import { type Answer, type Call, HttpError } from "./http";
import { type Role, services } from "./services";

/** Where a service is: its Kubernetes name, or for instance QUEUE_URL=http://127.0.0.1:3007. */
const urlOf = (role: Role): string =>
  process.env[`${role.toUpperCase()}_URL`] ?? `http://${services[role].name}:${services[role].port}`;

/** Hands a call on to another service and returns whatever it answers. Throws 502 where nobody answers in 5 s. */
export async function forward(role: Role, route: string, call: Call): Promise<Answer> {
  const [method, path] = route.split(" ");
  const query = call.query.size > 0 ? `?${call.query}` : "";
  const headers = { "x-forwarded-for": call.clientIp };
  const body = {
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(call.body),
  };
  try {
    const response = await fetch(`${urlOf(role)}${path}${query}`, {
      method,
      signal: AbortSignal.timeout(5000),
      ...(method === "GET" ? { headers } : body),
    });
    return { status: response.status, body: (await response.json()) as object };
  } catch (error) {
    throw new HttpError(502, `${services[role].name} does not answer: ${String(error)}`);
  }
}

/** Asks another service on behalf of a call; its refusal (4xx, 5xx) becomes ours. Returns the answer's body. */
export async function ask(
  role: Role,
  route: string,
  call: Call,
  { query = {}, body = {} }: { query?: Record<string, string>; body?: Call["body"] } = {},
): Promise<Record<string, unknown>> {
  const { clientIp } = call;
  const answer = await forward(role, route, { clientIp, body, query: new URLSearchParams(query) });
  const fields: Record<string, unknown> = { ...answer.body };
  if (answer.status >= 400) throw new HttpError(answer.status, String(fields.error));
  return fields;
}
