import type { Settings } from "../../config/schema";
import type { Authority, Secrets } from "../program";
/** Of the user's Secret: who signed the certificate. */
const CA = "ca.crt";
const AUTHORITY = "/etc/elasticsearch-authority";

const mounted = ({ logs }: Settings, secrets: Secrets, ...keys: string[]): Secrets[] => {
  const { secretName: name } = logs.elasticsearch.tls ?? {};
  return name ? [{ ...secrets, existing: { name, keys, setting: "logs.elasticsearch.tls.secretName" } }] : [];
};

/** What servers mount there: one certificate for all nodes, and for Logstash. */
export const certificate = (settings: Settings, path: string): Secrets[] =>
  mounted(settings, { name: "certificate", path }, "tls.crt", "tls.key", CA);

/** What callers mount, each in its own namespace. */
export function authority(settings: Settings): Authority | undefined {
  const secrets = mounted(settings, { name: "elasticsearch-authority", path: AUTHORITY }, CA);
  return secrets.length > 0 ? { secrets, file: `${AUTHORITY}/${CA}` } : undefined;
}
