// Runs once a rotation, as a Kubernetes Job, after Grafana's pod has set the new password: ends every session that
// was opened with an older one. Current Grafana ends them by itself when a password is set through its API, 10.1
// does not, and a password set offline never does; revoking each token works in all of them.
import { setTimeout as wait } from "node:timers/promises";

const { GRAFANA_URL, GRAFANA_USER, GRAFANA_PASSWORD } = process.env;
const authorization = `Basic ${Buffer.from(`${GRAFANA_USER}:${GRAFANA_PASSWORD}`).toString("base64")}`;

async function ask(method, path, body) {
  const response = await fetch(`${GRAFANA_URL}${path}`, {
    method,
    headers: { authorization, "content-type": "application/json" },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

// Grafana locks a user out for five minutes after five wrong passwords: knock rarely, give up after five times.
for (let attempt = 1; ; attempt++) {
  try {
    const sessions = await ask("GET", "/api/user/auth-tokens");
    for (const { id } of sessions) await ask("POST", "/api/user/revoke-auth-token", { authTokenId: id });
    console.log(`ended ${sessions.length} sessions of ${GRAFANA_USER}`);
    break;
  } catch (error) {
    console.error(`attempt ${attempt}: ${error.message}`);
    if (attempt === 5) process.exit(1);
    await wait(5_000);
  }
}
