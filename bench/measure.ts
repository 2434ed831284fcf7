/** Seconds that each of the runs took; the commands take turns, so that a drift of the machine meets all alike. */
export async function inTurns(
  runs: number,
  commands: Record<string, () => Promise<unknown>>,
): Promise<Record<string, number>> {
  const seconds: Record<string, number[]> = {};
  for (let run = 0; run <= runs; run++)
    for (const [name, command] of Object.entries(commands)) {
      const start = performance.now();
      await command();
      // The first round warms caches and is not counted.
      if (run > 0) (seconds[name] ??= []).push((performance.now() - start) / 1000);
    }
  return Object.fromEntries(Object.entries(seconds).map(([name, all]) => [name, median(all)]));
}

export async function once(command: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await command();
  return (performance.now() - start) / 1000;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Prints what, the figure, and what it must not exceed where something is asked for: else the command fails. */
export function judge(what: string, figure: number, limit = Infinity, unit = "x"): void {
  const shown = figure.toFixed({ x: 2, s: 1 }[unit] ?? 0);
  const asked = limit < Infinity ? `   (at most ${limit} ${unit})` : "";
  console.log(`${what.padEnd(52)} ${shown} ${unit}${asked}${figure > limit ? "   EXCEEDED" : ""}`);
  if (figure > limit) process.exitCode = 1;
}
