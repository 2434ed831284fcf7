import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { exclusively } from "../../local/lock";

const path = () => join(mkdtempSync(join(tmpdir(), "lock-")), "not", "there", "yet");

test("two under one path follow each other", async () => {
  const events: string[] = [];
  const one = path();
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
  const one = path();
  await expect(exclusively(one, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await exclusively(one, async () => "next")).toBe("next");
});
