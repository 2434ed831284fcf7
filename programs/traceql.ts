import type { Traces } from "./backends";

/** Which traces, in TraceQL. */
export const traceql = ({ namespace, service, failed, slow }: Traces): string =>
  `{${[
    `resource.namespace="${namespace}"`,
    ...(service ? [`resource.service.name=~"${service}"`] : []),
    ...(slow ? ["duration > 500ms"] : []),
    ...(failed ? ["status = error"] : []),
  ].join(" && ")}}`;
