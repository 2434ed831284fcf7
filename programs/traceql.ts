import { wholeDuration } from "../config/units";
import type { Traces } from "./backends";

/** Which traces, in TraceQL. */
export const traceql = ({ namespace, service, failed, slow }: Traces): string =>
  `{${[
    `resource.namespace="${namespace}"`,
    ...(service ? [`resource.service.name=~"${service}"`] : []),
    ...(slow ? [`duration > ${wholeDuration(slow)}`] : []),
    ...(failed ? ["status = error"] : []),
  ].join(" && ")}}`;
