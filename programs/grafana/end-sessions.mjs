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

// Grafana locks a user out for five minutes after five wrong passwords: two refusals, and the Job's second pod may
// try twice more. Until the new pod answers at all, asking costs nothing.
let refused = 0;
for (const end = Date.now() + 300_000; ;) {
  try {
    const sessions = await ask("GET", "/api/user/auth-tokens");
    for (const { id } of sessions) await ask("POST", "/api/user/revoke-auth-token", { authTokenId: id });
    console.log(`ended ${sessions.length} sessions of ${GRAFANA_USER}`);
    break;
  } catch (error) {
    console.error(error.message);
    if (/: 401/.test(error.message)) refused++;
    if (refused === 2 || Date.now() > end) process.exit(1);
    await wait(refused > 0 ? 20_000 : 2_000);
  }
}
