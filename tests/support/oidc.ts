import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, fetch, type Response } from "undici";
import { selfSigned } from "./certificate";
import { eventually } from "./eventually";
import { freePort } from "./free-port";
import { Server } from "./servers";

/** Claims of a user, beside the name that is logged in with. */
export type Claims = Record<string, unknown>;

export interface OidcProvider {
  server: Server;
  /** What Grafana is told of it. */
  settings: Record<"authUrl" | "tokenUrl" | "apiUrl" | "clientId" | "clientSecret" | "ca", string>;
  /** From the next login on. */
  users(all: Record<string, Claims>): void;
  browser(): Browser;
}

/** A provider on loopback that sends users back to one address. */
export async function oidcProvider(
  directory: string,
  redirectUri: string,
  client: { clientId: string; clientSecret: string },
  port?: number,
): Promise<OidcProvider> {
  mkdirSync(directory, { recursive: true });
  const [certificate, key, users] = ["tls.crt", "tls.key", "users.json"].map((name) => join(directory, name));
  const { cert, key: privateKey } = await selfSigned("127.0.0.1");
  writeFileSync(certificate, cert);
  writeFileSync(key, privateKey);
  writeFileSync(users, "{}");
  const issuer = `https://127.0.0.1:${port ?? (await freePort())}`;
  const agent = new Agent({ connect: { ca: cert } });
  const server = new Server(process.execPath, [join(__dirname, "oidc-provider.mjs")], {
    ISSUER: issuer,
    CERT: certificate,
    KEY: key,
    USERS: users,
    REDIRECT_URI: redirectUri,
    CLIENT_ID: client.clientId,
    CLIENT_SECRET: client.clientSecret,
  });
  server.start();
  // Its addresses, as one looks them up when one fills in the settings.
  const found = await eventually("the provider", 60, async () => {
    const response = await fetch(`${issuer}/.well-known/openid-configuration`, { dispatcher: agent });
    return (await response.json()) as Record<string, string>;
  });
  return {
    server,
    settings: {
      authUrl: found.authorization_endpoint,
      tokenUrl: found.token_endpoint,
      apiUrl: found.userinfo_endpoint,
      ...client,
      // Nobody else has signed its certificate.
      ca: cert,
    },
    users: (all) => writeFileSync(users, JSON.stringify(all)),
    browser: () => new Browser(issuer, agent),
  };
}

/** Whom Grafana takes somebody for. */
export interface User {
  login: string;
  email: string;
  isGrafanaAdmin: boolean;
}

/** Somebody's browser: it keeps cookies, follows redirects, and fills in what the provider asks. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly issuer: string,
    private readonly dispatcher: Agent,
  ) {}

  async ask(url: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      dispatcher: this.dispatcher,
      redirect: "manual",
      headers: { cookie },
      ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return response;
  }

  /** Goes through single sign-on from Grafana's button to the page where it ends, and returns that page. */
  async signIn(grafana: string, user: string): Promise<Response> {
    let url = `${grafana}/login/generic_oauth`;
    let response = await this.ask(url);
    for (let step = 0; step < 20; step++) {
      const next = response.headers.get("location");
      if (next) {
        url = new URL(next, url).href;
        response = await this.ask(url);
      } else if (url.startsWith(`${this.issuer}/interaction/`)) {
        // It asks who that is, and then whether Grafana may know.
        const prompt = /name="prompt" value="(\w+)"/.exec(await response.text())![1];
        response = await this.ask(url, { prompt, login: user, password: "any" });
      } else return response;
    }
    throw new Error(`${user} is sent on and on, at last to ${url}`);
  }

  /** Whom the Grafana with this address takes its user for; undefined: for nobody. */
  async knownAs(grafana: string): Promise<(User & { role: string }) | undefined> {
    const response = await this.ask(`${grafana}/api/user`);
    if (response.status === 401) return undefined;
    const user = (await response.json()) as User;
    const [{ role }] = (await (await this.ask(`${grafana}/api/user/orgs`)).json()) as { role: string }[];
    return { ...user, role };
  }
}
