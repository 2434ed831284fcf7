import { alerting } from "./alerting";
import { changes } from "./changes";
import { badInput } from "./bad-input";
import { dashboards } from "./dashboards";
import { logs } from "./logs";
import { metrics } from "./metrics";
import { mistakes } from "./mistakes";
import { rotation } from "./rotation";
import { start, type Context } from "./start";
import { teardown } from "./teardown";
import { traces } from "./traces";
import { twoNodes } from "./two-nodes";
import { twoStacks } from "./two-stacks";
import { volumes } from "./volumes";

/*
 * One stack on one real cluster, from nothing to nothing: each part of the story is a file, in this order. Every
 * question is asked where a user asks it: npm, pulumi, localhost, Grafana's API.
 */
jest.setTimeout(900_000);

const context = {} as Context;

start(context);
metrics(context);
logs(context);
traces(context);
dashboards(context);
alerting(context);
changes(context);
volumes(context);
mistakes(context);
rotation(context);
twoStacks(context);
if (process.platform === "linux" && process.getuid?.() === 0) twoNodes();
else console.warn("NOT RUN: two nodes of our own on one machine, which needs Linux and root");
badInput(context);
teardown(context);
