import { randomBytes } from "node:crypto";
import { broken } from "../broken";
import { HttpError, required, type Routes } from "../http";
import { log } from "../log";

/** Users live in memory: after a restart everyone signs up again. */
export function auth(): Routes {
  const keys = new Map<string, string>();
  return {
    "POST /api/users": async () => {
      const userId = `user-${randomBytes(4).toString("hex").slice(0, 5)}`;
      const key = randomBytes(16).toString("hex");
      keys.set(userId, key);
      log("INFO", `Signed up ${userId}`);
      return { status: 201, body: { userId, key } };
    },
    "GET /api/users": async ({ query }) => {
      const userId = required(query, "userId");
      if (!keys.has(userId)) throw new HttpError(401, `Unknown user ${userId}`);
      return { status: 200, body: { userId } };
    },
    "POST /api/auth/login": async ({ body, clientIp }) => {
      const userId = required(body, "userId");
      if (broken("errors")) throw new HttpError(500, `No login for ${userId}: the fault errors is on`);
      if (keys.get(userId) !== required(body, "key")) {
        throw new HttpError(401, `Wrong login for ${userId} from ${clientIp}`);
      }
      log("INFO", `Logged in ${userId}`);
      return { status: 200, body: { userId } };
    },
  };
}
