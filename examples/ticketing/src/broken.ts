import type Redis from "ioredis";
import { setTimeout as sleep } from "node:timers/promises";
import { faultKey, type FaultName, faultNames, faults } from "./faults";
import { log } from "./log";
import { fillMemory } from "./memory";
import { connectRedis } from "./redis";
import { role } from "./role";
import { nodeServices } from "./services";

const EVERY_MS = 1000;
const CRASH_AFTER_S = 10;

const active = new Set<FaultName>();
const mine = faultNames.filter((name) => faults[name].service === nodeServices[role].name);

/** Whether this fault is on. */
export const broken = (name: FaultName): boolean => active.has(name);

let turn = 0;
/** Whether it is on and this is every other call. */
export const brokenByTurns = (name: FaultName): boolean => broken(name) && turn++ % 2 === 0;

/** Looks for the faults of this role as long as the process lives. Nothing is broken while Redis is away. */
export async function watchFaults(): Promise<void> {
  if (mine.length === 0) return;
  const redis = connectRedis();
  for (;;) {
    await look(redis);
    if (broken("crash-loop") && process.uptime() > CRASH_AFTER_S)
      throw new Error("The fault crash-loop is on");
    if (mine.includes("memory")) fillMemory(broken("memory"));
    await sleep(EVERY_MS, undefined, { ref: false });
  }
}

async function look(redis: Redis): Promise<void> {
  for (const name of mine) {
    const on = (await redis.exists(faultKey(name)).catch(() => 0)) === 1;
    if (on === active.has(name)) continue;
    if (on) active.add(name);
    else active.delete(name);
    log("WARN", on ? `Fault ${name}: ${faults[name].does}` : `Fault ${name} has ended`);
  }
}
