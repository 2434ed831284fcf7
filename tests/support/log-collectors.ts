import { type Container, type Entry, throughAlloy } from "./alloy";
import { inElasticsearch, throughFilebeat } from "./filebeat";
import { jruby, throughElk, throughLogstash } from "./logstash";
import { describeWith, type TestedProgram } from "./programs";
import { throughPromtail, withPromtail } from "./promtail";
import { stackWith } from "./servers";

/** What a backend would be sent for each of these logs, each the log of a container of its own. */
type Through = (
  logs: string[][],
  given?: Record<string, unknown>,
  more?: Partial<Container>,
) => Promise<Entry[][]>;

const collectors: Record<string, { program: TestedProgram; isHere?: boolean; through: Through }> = {
  Alloy: { program: "alloy", through: (logs, given, more) => throughAlloy(logs, stackWith(given), more) },
  Promtail: {
    program: "promtail",
    through: (logs, given, more) => throughPromtail(logs, withPromtail(given), more),
  },
  Filebeat: {
    program: "filebeat",
    through: (logs, given, more) => throughFilebeat(logs, inElasticsearch(given), more),
  },
  "Filebeat and the script of Logstash": {
    program: "filebeat",
    isHere: jruby !== undefined,
    through: (logs, given, more) => throughLogstash(logs, throughElk(given), more),
  },
};

/** The same tests for each of the collectors that can run here: what they are expected to send is the same. */
export function describeCollectors(what: string, tests: (through: Through) => void): void {
  for (const [name, { program, isHere = true, through }] of Object.entries(collectors)) {
    const where = isHere ? describeWith([program, program]) : describe.skip;
    where(`${what} through ${name}`, () => tests(through));
  }
}
