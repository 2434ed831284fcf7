import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { criLine } from "./alloy";

/** A container that writes numbered lines, and the kubelet that rotates its log. */
export class Writer {
  /** How many lines it has written. */
  written = 0;
  private timer?: NodeJS.Timeout;
  private rotated?: string;

  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
  }

  /** What it writes as its n-th line. */
  static line = (n: number): string => ` INFO [writer,,] line ${n} of many`;

  start(linesPerSecond: number): void {
    this.timer = setInterval(
      () => appendFileSync(join(this.directory, "0.log"), criLine(Writer.line(this.written++))),
      1000 / linesPerSecond,
    );
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** As the kubelet does: what was rotated before is compressed, the log renamed, and a new one begun. */
  rotate(): void {
    if (this.rotated) {
      writeFileSync(`${this.rotated}.gz`, gzipSync(readFileSync(this.rotated)));
      rmSync(this.rotated);
    }
    const stamp = new Date()
      .toISOString()
      .replaceAll(/[-:]|\..+/g, "")
      .replace("T", "-");
    this.rotated = join(this.directory, `0.log.${stamp}`);
    renameSync(join(this.directory, "0.log"), this.rotated);
    writeFileSync(join(this.directory, "0.log"), "");
  }
}
