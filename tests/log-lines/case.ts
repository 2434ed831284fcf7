/** One entry, as the log store should receive it. */
export interface LogEntry {
  /** Lines joined by \n, addresses masked. */
  text: string;
  level?: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  traceId?: string;
  spanId?: string;
}

/** Lines as a program writes them, and the entries they should become. */
export interface LogCase {
  program: string;
  /** Where this form is documented: a URL, or a repository and a file. */
  source: string;
  /** What the container writes, one string a line. */
  lines: string[];
  entries: LogEntry[];
  /** What is special. It begins with `Hard:` where no rule that sees one line at a time can give the right answer. */
  note?: string;
}

/** What is known of an entry besides its text. */
export type Found = Omit<LogEntry, "text">;

interface More {
  /** The entry's text where it is not the lines as they are: with addresses masked. */
  text?: string;
  note?: string;
}

/** Identifiers of 32 and 16 digits. */
export const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
export const SPAN = "00f067aa0ba902b7";
export const IDS = { traceId: TRACE, spanId: SPAN };

/** Several lines that are one entry. */
export const joined = (
  program: string,
  source: string,
  lines: string[],
  found: Found = {},
  { text = lines.join("\n"), note }: More = {},
): LogCase => ({ program, source, lines, entries: [{ text, ...found }], note });

/** A line that is an entry by itself. */
export const one = (program: string, source: string, line: string, found?: Found, more?: More): LogCase =>
  joined(program, source, [line], found, more);

/** Lines of which each is an entry: the line, what is known of it, and its text where addresses are masked. */
export const apart = (
  program: string,
  source: string,
  rows: [line: string, found?: Found, text?: string][],
  note?: string,
): LogCase => ({
  program,
  source,
  lines: rows.map(([line]) => line),
  entries: rows.map(([line, found, text = line]) => ({ text, ...found })),
  note,
});

/** Several entries, each of several lines. */
export const groups = (
  program: string,
  source: string,
  rows: [lines: string[], found?: Found, text?: string][],
  note?: string,
): LogCase => ({
  program,
  source,
  lines: rows.flatMap(([lines]) => lines),
  entries: rows.map(([lines, found, text = lines.join("\n")]) => ({ text, ...found })),
  note,
});
