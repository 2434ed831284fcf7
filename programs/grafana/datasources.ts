import { ampDatasources } from "../amp";
import { authorityOf, urlOf } from "../addresses";
import type { Datasource, Signal } from "../backends";
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
          ...identities(stack, one),
        })),
      ...ampDatasources(stack.settings),
    ],
  };
}

/** Who Grafana is to the server, and by what it knows the server; besides that, what else there is to know. */
function identities(stack: Stack, { program, login, jsonData }: Datasource & { program: string }): object {
  const authority = authorityOf(stack, program);
  const secrets = {
    ...(login ? { basicAuthPassword: `$${login.env}` } : {}),
    // Grafana takes what the file holds.
    ...(authority ? { tlsCACert: `$__file{${authority.file}}` } : {}),
  };
  return {
    ...(login ? { basicAuth: true, basicAuthUser: login.user } : {}),
    ...(Object.keys(secrets).length > 0 ? { secureJsonData: secrets } : {}),
    jsonData: { ...jsonData(stack), ...(authority ? { tlsAuthWithCACert: true } : {}) },
  };
}
