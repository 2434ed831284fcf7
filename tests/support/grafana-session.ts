import execa from "execa";

/** As a browser sends them. */
export type Cookies = string;

/** Signs in at the login page of the Grafana with this address, as the administrator. */
export async function signIn(grafana: string, password: string): Promise<Cookies> {
  const response = await fetch(`${grafana}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: "admin", password }),
  });
  if (!response.ok) throw new Error(`login: ${response.status} ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

/** The status with which that Grafana answers the session: 200 while it goes on, then 401. */
export const seenWith = async (grafana: string, cookie: Cookies): Promise<number> =>
  (await fetch(`${grafana}/api/user`, { headers: { cookie } })).status;

/** What the Job of a rotation does, with the Grafana at this address. */
export const endSessions = (grafana: string, password: string) =>
  execa("node", ["programs/grafana/end-sessions.mjs"], {
    env: { GRAFANA_URL: grafana, GRAFANA_USER: "admin", GRAFANA_PASSWORD: password },
  });
