import { settingsOf } from "../config/settings";
import type { Cluster } from "../local/cluster";
import { forwarded } from "../local/forward";
import { stackOf } from "../programs";
import { namespaceOf, pathOf, portOf } from "../programs/addresses";
import { programOf } from "../programs/program";

/** The stack of Pulumi.kind.yaml, as far as measurements need it. */
export const settings = settingsOf({}, "kind");
export const stack = stackOf(settings, "kind");

/** Calls a program of the running stack, at its port and below its path. */
export async function reach<T>(
  cluster: Cluster,
  name: string,
  port: string,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const program = programOf(stack, name);
  const at = portOf(stack, program, port);
  return forwarded(cluster, namespaceOf(settings, program), `service/${name}`, at, (url) =>
    use(url + pathOf(stack, name)),
  );
}
