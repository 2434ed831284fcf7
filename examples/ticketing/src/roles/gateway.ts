import { ask, forward } from "../client";
import { type Call, required, type Routes } from "../http";
import type { Role } from "../services";

/** The only door for users: knows who serves which path and, where it matters, that the user exists. */
export function gateway(): Routes {
  const open = (role: Role, route: string) => ({ [route]: (call: Call) => forward(role, route, call) });
  const members = (role: Role, route: string) => ({
    [route]: async (call: Call) => {
      const userId = required(route.startsWith("GET") ? call.query : call.body, "userId");
      await ask("auth", "GET /api/users", call, { query: { userId } });
      return forward(role, route, call);
    },
  });
  return {
    ...open("auth", "POST /api/users"),
    ...open("auth", "POST /api/auth/login"),
    ...members("queue", "POST /api/queue/join"),
    ...open("queue", "GET /api/queue/status"),
    ...members("ticket", "POST /api/tickets"),
    ...open("board", "POST /api/boards"),
    ...open("board", "POST /api/chat/messages"),
  };
}
