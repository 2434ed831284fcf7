import type { Program, Stack } from "./program";

/** What is asked of the programs that keep a signal; whoever needs a backend asks that, and not which one it is. */

export type Signal = "metrics" | "logs" | "traces" | "alerts";

/** A program as a datasource of Grafana. Its uid is its type: fixed, so that links and bookmarks survive. */
export interface Datasource {
  /** What it answers about. Of each signal there is at most one. */
  signal: Signal;
  name: string;
  type: string;
  port: string;
  /** Path of its API; default none. */
  path?(stack: Stack): string;
  isDefault?: boolean;
  /** Who asks it, and the environment variable of Grafana's that holds the password; default: nobody has to log in. */
  login?: { user: string; env: string };
  /** What Grafana needs to know about it, such as the links into other datasources. */
  jsonData(stack: Stack): object;
}

/** What is asked of a program that keeps traces. */
export interface TracesBackend {
  /** Port that takes spans. */
  port: string;
  /** The Collector's exporter, by its name in the configuration. */
  exporter(stack: Stack): Record<string, object>;
  /** Spans that one batch to it has at most; default: as many as the gateway takes in one message. */
  spans?: number;
  /** Dashboards can search it, in TraceQL. */
  traceql?: true;
  /** What Explore asks to list traces; default: it cannot. */
  show?(which: Traces): object;
  /** Counter of the spans that it takes. */
  written: string;
  /** Counter of the blocks that it deletes by their age. */
  deleted?: string;
}

/** What is asked of a program that keeps logs. */
export interface LogsBackend {
  /** Port that takes lines. */
  port: string;
  /** URL that agents push to. */
  pushUrl(stack: Stack): string;
  /** Query of the lines of a trace, with Grafana's variables `__tags` and `__trace.traceId`. */
  linesOfTrace: string;
  /** What a panel asks to show lines. */
  show(which: Lines): object;
  /** What a panel asks to count them, or their bytes, by one of their fields; undefined: it cannot. */
  count(which: Lines, by: LineField, what: "lines" | "bytes"): object | undefined;
  /** Of what time the counts are. */
  per: "second" | "minute";
  /** How people write what they search for, and what finds every line. */
  search: { words: string; any: string };
}

export type LineField = "namespace" | "app" | "level";

/** Which lines: each part narrows. A text may be a variable of Grafana's. */
export interface Lines {
  namespace?: string;
  /** Name of an application; `apps`: regular expression for it. */
  app?: string;
  apps?: string;
  /** Regular expression for the name of a pod. */
  pods?: string;
  /** Level error or fatal. */
  errors?: true;
  /** What somebody has typed. */
  search?: string;
}

/** Which traces: each part narrows. Texts may be variables of Grafana's. */
export interface Traces {
  namespace: string;
  /** Regular expression for the service's name. */
  service?: string;
  /** A span in them is marked as an error. */
  failed?: true;
  /** Longer than so many seconds. */
  slow?: number;
}

/** The program that keeps traces, and what is asked of it. */
export const tracesBackend = (stack: Stack): Program & { traces: TracesBackend } =>
  keeper(stack, "traces") as Program & { traces: TracesBackend };

/** The program that keeps logs, and what is asked of it. */
export const logsBackend = (stack: Stack): Program & { logs: LogsBackend } =>
  keeper(stack, "logs") as Program & { logs: LogsBackend };

function keeper(stack: Stack, what: "traces" | "logs"): Program {
  const found = stack.programs.find((program) => program[what]);
  if (!found) throw new Error(`no program that these settings deploy keeps ${what}`);
  return found;
}

/** Uid of the datasource that answers about a signal. */
export function uidOf(stack: Stack, signal: Signal): string {
  const found = stack.programs.find(({ datasource }) => datasource?.signal === signal);
  if (!found) throw new Error(`no program that these settings deploy answers about ${signal}`);
  return found.datasource!.type;
}
