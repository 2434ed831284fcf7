import { ADDRESS_CASES } from "./addresses";
import { ADDRESS_V6_CASES } from "./addresses-v6";
import type { LogCase } from "./case";
import { COLON_CASES } from "./colons";
import { DATABASE_CASES } from "./databases";
import { GO_CASES } from "./go";
import { JAVA_CASES } from "./java";
import { JAVA_TRACE_CASES } from "./java-traces";
import { LOOKALIKE_CASES } from "./lookalikes";
import { NODE_CASES } from "./node";
import { OTHER_TRACE_CASES } from "./other-traces";
import { OTHER_CASES } from "./others";
import { PLATFORM_CASES } from "./platform";
import { PYTHON_CASES } from "./python";
import { SEPARATE_CASES } from "./separate";
import { SERVER_CASES } from "./servers";
import { SPRING_CASES } from "./spring";
import { TRACE_CASES } from "./traces";

export type { LogCase, LogEntry } from "./case";

/** Lines as programs write them by their public documentation or source, and the entries they should become. */
export const LOG_CASES: LogCase[] = [
  ...SPRING_CASES,
  ...JAVA_CASES,
  ...NODE_CASES,
  ...GO_CASES,
  ...PLATFORM_CASES,
  ...PYTHON_CASES,
  ...SERVER_CASES,
  ...DATABASE_CASES,
  ...OTHER_CASES,
  ...JAVA_TRACE_CASES,
  ...TRACE_CASES,
  ...OTHER_TRACE_CASES,
  ...SEPARATE_CASES,
  ...ADDRESS_CASES,
  ...ADDRESS_V6_CASES,
  ...LOOKALIKE_CASES,
  ...COLON_CASES,
];
