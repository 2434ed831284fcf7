import { collectDefaultMetrics, Counter, Gauge, Histogram, register } from "prom-client";

collectDefaultMetrics();

/** Requests of users; probes and scrapes are not counted. `route` is the path without its query, or `unknown`. */
export const requestDuration = new Histogram({
  name: "http_request_duration_seconds",
  help: "Time from a request's arrival to its answer.",
  labelNames: ["method", "route", "status_code"],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
});

/** The business metrics; a role has only those that it registers here at its start. */
export const queueMetrics = () => ({
  wait: new Histogram({
    name: "queue_wait_seconds",
    help: "Time from joining the queue to being let in.",
    buckets: [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300],
  }),
  waiting: new Gauge({ name: "queue_waiting_users", help: "Users in the queue." }),
});

export const ticketMetrics = () => ({
  attempts: new Counter({ name: "seat_lock_attempts_total", help: "Tries to lock a seat." }),
  conflicts: new Counter({ name: "seat_lock_conflicts_total", help: "Tries that found the seat taken." }),
});

export const metricsPage = async () => ({ type: register.contentType, text: await register.metrics() });
