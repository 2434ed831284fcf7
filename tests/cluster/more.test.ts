import { apart } from "./apart";
import { exporters } from "./exporters";
import { mistakes } from "./mistakes";
import { refusals } from "./refusals";
import { type Context, start } from "./start";
import { teardown } from "./teardown";
import { second } from "./two-stacks";
import { upgrade } from "./upgrade";
import { growing, growth } from "./volumes";

/* What stack.test.ts has no time for: npm run test:cluster:more. */
jest.setTimeout(900_000);

const context = {} as Context;

start(context);
exporters(context);
upgrade(context, { ...second, ...growing });
growth(second);
apart(context);
mistakes(context, true);
refusals(context);
teardown(context);
