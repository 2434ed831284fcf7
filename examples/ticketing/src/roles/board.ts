import { randomUUID } from "node:crypto";
import { required, type Routes } from "../http";
import { log } from "../log";

/** Not among the configured services: Prometheus finds it by its pod annotations. */
export function board(): Routes {
  return {
    "POST /api/boards": async ({ body }) => {
      const title = required(body, "title");
      log("INFO", `Board created: ${title}`);
      return { status: 201, body: { boardId: randomUUID() } };
    },
  };
}
