// A provider of OpenID Connect (oidc-provider, certified), as a process of its own since it is an ES module. Its users
// are in a file that is read at each login, so that a test can change them; any password will do.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import Provider from "oidc-provider";

const { ISSUER, CERT, KEY, USERS, REDIRECT_URI, CLIENT_ID, CLIENT_SECRET } = process.env;

const provider = new Provider(ISSUER, {
  clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [REDIRECT_URI] }],
  claims: { openid: ["sub"], email: ["email"], profile: ["name", "preferred_username", "teams:of"] },
  pkce: { required: () => true },
  findAccount: (_, id) => {
    const user = JSON.parse(readFileSync(USERS, "utf8"))[id];
    return user && { accountId: id, claims: () => ({ sub: id, ...user }) };
  },
});
createServer({ cert: readFileSync(CERT), key: readFileSync(KEY) }, provider.callback()).listen(
  new URL(ISSUER).port,
  "127.0.0.1",
);
