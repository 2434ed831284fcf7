import { ampDatasources } from "../amp";
import { urlOf } from "../addresses";
import type { Signal } from "../backends";
import type { Stack } from "../program";

const ORDER: Signal[] = ["metrics", "logs", "traces", "alerts"];

/**
 * Grafana's provisioning file of the datasources that are deployed; each says itself how it links to the others.
 *
 * Grafana expands $ in provisioned files; `$$` is a plain $, which Grafana's browser part reads.
 */
export function datasources(stack: Stack): object {
  const all = stack.programs.flatMap(({ name: program, datasource }) =>
    datasource ? [{ program, ...datasource }] : [],
  );
  return {
    apiVersion: 1,
    // A datasource that is no longer listed goes away instead of staying as a broken one.
    prune: true,
    datasources: [
      ...all
        .sort((a, b) => ORDER.indexOf(a.signal) - ORDER.indexOf(b.signal))
        .map((one) => ({
          name: one.name,
          uid: one.type,
          type: one.type,
          url: urlOf(stack, one.program, one.port) + (one.path?.(stack) ?? ""),
          access: "proxy",
          orgId: 1,
          editable: true,
          ...(one.isDefault ? { isDefault: true } : {}),
          ...(one.login
            ? {
                basicAuth: true,
                basicAuthUser: one.login.user,
                secureJsonData: { basicAuthPassword: `$${one.login.env}` },
              }
            : {}),
          jsonData: one.jsonData(stack),
        })),
      ...ampDatasources(stack.settings),
    ],
  };
}
