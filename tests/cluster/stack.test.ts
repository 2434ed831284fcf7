import { admitted } from "./admitted";
import { alerting } from "./alerting";
import { apart } from "./apart";
import { backends } from "./backends";
import { changes } from "./changes";
import { dashboards } from "./dashboards";
import { exporters } from "./exporters";
import { faults } from "./faults";
import { logs } from "./logs";
import { metrics } from "./metrics";
import { mistakes } from "./mistakes";
import { placed } from "./placement";
import { refusals } from "./refusals";
import { replicas } from "./replicas";
import { restarts } from "./restarts";
import { reviewer } from "./reviewer";
import { rotation } from "./rotation";
import { start, type Context } from "./start";
import { startPage } from "./start-page";
import { teardown } from "./teardown";
import { traces } from "./traces";
import { twoClusters } from "./two-clusters";
import { second, twoStacks } from "./two-stacks";
import { upgrade } from "./upgrade";
import { growing, growth, volumes } from "./volumes";
import { walk } from "./walk";

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
startPage(context);
walk(context);
alerting(context);
changes(context);
reviewer(context);
volumes(context);
placed(context);
mistakes(context);
rotation(context);
restarts(context);
replicas(context);
backends(context);
exporters(context);
faults(context);
upgrade(context, { ...second, ...growing });
growth(second);
apart(context);
twoStacks(context);
twoClusters();
refusals(context);
admitted();
teardown(context);
