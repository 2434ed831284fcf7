/*
 * Which lines are one entry. Alloy joins lines to the one that begins an entry, and RE2 cannot say "does not match": so
 * every line that begins an entry is marked first, by an empty group that only matches where nothing before it does.
 *
 * Lines are joined twice: the frames of a trace to its head, then the trace to the line before it. So a trace is whole
 * as well where nothing stands before it: at the start of a container, or after a pause.
 */
const MARK = "\\u0001";

/** The name of an exception at the end of a class: `KeyError`, `IllegalStateException`. */
const EXCEPTION = "(?:Exception|Error|Throwable)(?:: |:?(?:\\n|$))";

/** What begins an entry though a space stands before it: Spring fills levels of four letters up. */
export const FIRST_LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const LEVEL = ` {0,2}(?:${FIRST_LEVELS.join("|")})\\b`;

/** What follows the head of a trace, or any other first line. */
export const CONTINUED = [
  "\\s",
  "$",
  "(?:Caused|Wrapped) by:",
  // Python, after the frames; what it writes between two traces.
  `[A-Z]\\w*${EXCEPTION}`,
  "During handling of the above exception,",
  "The above exception was the direct cause",
  // Go
  "goroutine \\d+ \\[",
  "\\[signal ",
  "created by \\S+\\.\\S",
  "(?:(?:[\\w.-]+/)*[\\w-]+\\.(?:\\(\\*?\\w+\\)\\.)?\\w[\\w.]*|panic)\\((?:0x[0-9a-f]|\\{|\\.\\.\\.\\)|\\)$)",
  // PHP, Rust
  "Stack (?:trace|backtrace):",
  "#\\d+ (?:\\{main\\}|/|\\[internal)",
];

/** What begins a trace that belongs to the line before it. */
export const TRACE = ["Traceback \\(most recent call last\\):", `(?:[\\w$]+\\.)+[\\w$]*${EXCEPTION}`];

/** The empty group of a line that begins an entry. */
export const BEGINS = `^()${LEVEL}|^(?:${CONTINUED.join("|")})|^()`;

const text = JSON.stringify;

/**
 * The second time waits longer: what it is to join comes as late as the first one waits. Both together are how much
 * later the last line of a burst is sent.
 */
const joined = (wait: string) => `  stage.multiline {
    firstline     = "^${MARK}"
    max_wait_time = ${text(wait)}
    max_lines     = 500
    trim_newlines = false
  }
`;

export const ENTRIES = `
  stage.replace {
    expression = ${text(BEGINS)}
    replace    = "${MARK}"
  }
${joined("700ms")}
  // What begins a trace loses its mark, and is joined to the entry before it.
  stage.replace {
    expression = "^(${MARK})(?:" + ${text(TRACE.join("|"))} + ")"
    replace    = ""
  }
${joined("1300ms")}
  stage.replace {
    expression = "^(${MARK})"
    replace    = ""
  }
`;
