/** Longer than what a text that differs may hold itself. */
export const FENCE = "````";

const CUT = "_Cut here: the rest has no room in a comment._";

/**
 * The first lines of a text, as many as there is room for. Half a line, or a fence that is left open, or one that opens at
 * the end, would change how what follows in the same comment is read.
 */
export function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  const left = Math.max(0, room - `\n${FENCE}\n\n${CUT}`.length);
  const lines = text.slice(0, left).split("\n").slice(0, -1);
  const isOpen = lines.filter((line) => line.startsWith(FENCE)).length % 2 === 1;
  return [...lines, ...(isOpen ? [FENCE] : []), "", CUT].join("\n");
}
