import { dump } from "js-yaml";

/** One text for one object, whatever order its keys were written in: sorted, without references or folded lines. */
export const yaml = (value: object): string =>
  dump(value, { sortKeys: true, noRefs: true, lineWidth: -1, quotingType: '"' });

/** The same for programs that read JSON. */
export const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
