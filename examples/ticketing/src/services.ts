import type { LogFormat } from "./format";

export interface Service {
  /** Kubernetes Service, label `app` and OpenTelemetry `service.name`. */
  name: string;
  port: number;
  /** What it logs unless LOG_FORMAT says otherwise. */
  logFormat: LogFormat;
}

/** One program, many services: the environment variable ROLE says which of these a process is. */
export const services = {
  gateway: { name: "gateway-service", port: 3001, logFormat: "json" },
  auth: { name: "auth-service", port: 3005, logFormat: "json" },
  queue: { name: "queue-service", port: 3007, logFormat: "spring" },
  ticket: { name: "ticket-service", port: 3002, logFormat: "spring" },
  payment: { name: "payment-service", port: 3003, logFormat: "spring" },
  board: { name: "board-service", port: 3010, logFormat: "spring" },
} satisfies Record<string, Service>;

export type Role = keyof typeof services;

export const roles = Object.keys(services) as Role[];
export const isRole = (value: string): value is Role => value in services;
