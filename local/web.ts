import { EnvHttpProxyAgent, interceptors, request, type Dispatcher } from "undici";

/** Milliseconds to wait for a connection; a machine without a way out should not wait long. A slow line may take its time. */
const connecting = { timeout: 3_000 };

/** By the proxies that HTTPS_PROXY and NO_PROXY name. */
const dispatcher = new EnvHttpProxyAgent({
  connect: connecting,
  proxyTls: connecting,
  requestTls: connecting,
}).compose(interceptors.redirect({ maxRedirections: 5 }));

export type Answer = Dispatcher.ResponseData | { reason: string };

/** What a server answers, or why it does not, in words that go into a sentence. */
export async function get(url: string): Promise<Answer> {
  try {
    return await request(url, { dispatcher });
  } catch (error) {
    return { reason: `${new URL(url).host} does not answer (${(error as Error).message})` };
  }
}
