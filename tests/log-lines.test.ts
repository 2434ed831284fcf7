import { type LogCase, LOG_CASES } from "./log-lines";
import type { Entry } from "./support/alloy";
import { describeCollectors } from "./support/log-collectors";

const isHard = ({ note }: LogCase) => note?.startsWith("Hard:") ?? false;
const named = LOG_CASES.map((log, index): [string, LogCase, number] => [log.program, log, index]);

const known = ({ line, labels, metadata }: Entry) => ({
  text: line,
  level: labels.level,
  traceId: metadata.trace_id,
  spanId: metadata.span_id,
});
const wanted = ({ text, level, traceId, spanId }: LogCase["entries"][number]) => ({
  text,
  level,
  traceId,
  spanId,
});

describeCollectors("true log lines of many programs", (through) => {
  let seen: Entry[][];
  beforeAll(async () => {
    seen = await through(LOG_CASES.map(({ lines }) => lines));
  });

  test.each(named.filter(([, log]) => !isHard(log)))("%s", (_, { entries }, index) =>
    expect(seen[index].map(known)).toEqual(entries.map(wanted)),
  );

  test.each(named.filter(([, log]) => isHard(log)))(
    "%s: no rule sees what belongs together, but every line is kept",
    (_, { entries }, index) => {
      const lines = (texts: string[]) => texts.join("\n").split("\n").sort();
      expect(lines(seen[index].map(({ line }) => line))).toEqual(lines(entries.map(({ text }) => text)));
    },
  );
});
