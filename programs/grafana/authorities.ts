import { basename, dirname } from "node:path/posix";
import type { Settings } from "../../config/schema";
import type { Files } from "../program";

/** Who signed the certificates of the servers that Grafana asks, where the user names somebody. */

export const DATABASE_CA = "/etc/grafana/authorities/database.pem";
export const OIDC_CA = "/etc/grafana/authorities/oidc.pem";

export function authorities({ grafana: { database, oidc } }: Settings): Files[] {
  const files = {
    ...(database?.ca ? { [basename(DATABASE_CA)]: database.ca } : {}),
    ...(oidc?.ca ? { [basename(OIDC_CA)]: oidc.ca } : {}),
  };
  return Object.keys(files).length > 0 ? [{ name: "authorities", path: dirname(DATABASE_CA), files }] : [];
}
