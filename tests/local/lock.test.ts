import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { exclusively } from "../../local/lock";

const scratch = mkdtempSync(join(tmpdir(), "lock-"));
const path = (name: string) => join(scratch, name, "not", "there", "yet");

afterAll(() => rmSync(scratch, { recursive: true }));

test("two under one path follow each other", async () => {
  const events: string[] = [];
  const one = path("two");
  const run = (name: string) =>
    exclusively(one, async () => {
      events.push(`${name} begins`);
      await delay(50);
      events.push(`${name} ends`);
      return name;
    });
  expect(await Promise.all([run("a"), run("b")])).toEqual(["a", "b"]);
  const [first, second] = events[0].startsWith("a") ? ["a", "b"] : ["b", "a"];
  expect(events).toEqual([`${first} begins`, `${first} ends`, `${second} begins`, `${second} ends`]);
});

test("a failure is handed on and leaves the path free", async () => {
  const one = path("failure");
  await expect(exclusively(one, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await exclusively(one, async () => "next")).toBe("next");
});
