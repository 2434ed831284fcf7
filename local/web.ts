import { type Dispatcher, EnvHttpProxyAgent, interceptors, request } from "undici";
import { UserError } from "./errors";

export type Answer = Dispatcher.ResponseData | { reason: string };

/** What a server answers, or why it does not, in words that go into a sentence. Errors: UserError for a wrong proxy. */
export async function get(url: string): Promise<Answer> {
  dispatcher ??= makeDispatcher();
  try {
    return await request(url, { dispatcher, headersTimeout: 15_000 });
  } catch (error) {
    return { reason: `${new URL(url).host} does not answer (${(error as Error).message})` };
  }
}

let dispatcher: Dispatcher | undefined;

/** By the proxies that HTTPS_PROXY and NO_PROXY name. */
function makeDispatcher(): Dispatcher {
  // Milliseconds for the connection: a machine without a way out should not wait long. A slow line may take its time.
  const connect = { timeout: 3_000 };
  try {
    const proxied = new EnvHttpProxyAgent({ connect, proxyTls: connect, requestTls: connect });
    return proxied.compose(interceptors.redirect({ maxRedirections: 5 }));
  } catch (error) {
    throw new UserError(
      `HTTPS_PROXY or HTTP_PROXY cannot be used: ${(error as Error).message}. Allowed: an address such as http://proxy.example.org:3128.`,
    );
  }
}
