import type { LogFormat } from "./format";

interface Service {
  /** Kubernetes Service, label `app` and OpenTelemetry `service.name`. */
  name: string;
  port: number;
}

interface NodeService extends Service {
  /** What it logs unless LOG_FORMAT says otherwise. */
  logFormat: LogFormat;
}

/** One Node program, many services: the environment variable ROLE says which of these a process is. */
export const nodeServices = {
  gateway: { name: "gateway-service", port: 3001, logFormat: "json" },
  auth: { name: "auth-service", port: 3005, logFormat: "json" },
  queue: { name: "queue-service", port: 3007, logFormat: "spring" },
  ticket: { name: "ticket-service", port: 3002, logFormat: "spring" },
} satisfies Record<string, NodeService>;

/** Who can be asked; payment is a program in Java, board one in Go: ../payment, ../board. */
export const services = {
  ...nodeServices,
  payment: { name: "payment-service", port: 3003 },
  board: { name: "board-service", port: 3010 },
} satisfies Record<string, Service>;

export type NodeRole = keyof typeof nodeServices;
export type Role = keyof typeof services;

export const nodeRoles = Object.keys(nodeServices) as NodeRole[];
export const isNodeRole = (value: string): value is NodeRole => value in nodeServices;
