import { flushSpans } from "./tracing";
import { watchFaults } from "./broken";
import { log } from "./log";
import { role } from "./role";
import { auth } from "./roles/auth";
import { gateway } from "./roles/gateway";
import { queue } from "./roles/queue";
import { ticket } from "./roles/ticket";
import { serve } from "./server";
import { services } from "./services";

const routes = { auth, gateway, queue, ticket }[role]();
const server = serve(routes, Number(process.env.PORT ?? services[role].port));
// What it throws ends the process: that is the crash.
void watchFaults();

/** Answers what it has begun, sends the spans that wait, and goes. */
function stop(): void {
  log("INFO", "Stopping");
  server.close(() => {
    flushSpans()
      .catch((error: unknown) => log("WARN", `Spans lost: ${String(error)}`))
      .finally(() => process.exit(0));
  });
  server.closeIdleConnections();
}
process.once("SIGTERM", stop).once("SIGINT", stop);
