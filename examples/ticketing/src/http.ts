/** What a handler gets of a request. */
export interface Call {
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** The user's address: what the gateway saw, handed on in X-Forwarded-For. */
  clientIp: string;
}

export interface Answer {
  status: number;
  body: object;
}

export type Handler = (call: Call) => Promise<Answer>;

/** Key: method and path, for instance `POST /api/users`. */
export type Routes = Partial<Record<string, Handler>>;

/** A handler throws it to answer with this status; `stackTrace` is logged under the message. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly stackTrace?: string,
  ) {
    super(message);
  }
}

/** A field that must be there and be text that is not empty. Throws 400 otherwise. */
export function required(source: Call["body"] | URLSearchParams, field: string): string {
  const value = source instanceof URLSearchParams ? source.get(field) : source[field];
  if (typeof value === "string" && value !== "") return value;
  throw new HttpError(400, `Request error: "${field}" is missing; expected text`);
}
