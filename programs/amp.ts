import type { Settings } from "../config/schema";
import { accountFor, callForCredentials } from "./aws";
import type { Call } from "./program";

/** Amazon Managed Prometheus: Prometheus writes to it, Grafana asks it. */

export const ampOf = ({ metrics }: Settings) => metrics.amp;

export const ampCalls = (settings: Settings): Call[] => {
  const amp = ampOf(settings);
  if (!amp) return [];
  const port = Number(new URL(amp.url).port || 443);
  return [
    { to: "elsewhere", ports: [port], why: "Amazon Managed Prometheus" },
    callForCredentials("Amazon Managed Prometheus"),
  ];
};

export const ampAccount = (settings: Settings): Record<string, string> | undefined => {
  const amp = ampOf(settings);
  return amp ? accountFor(amp.roleArn) : undefined;
};

/** `remote_write` of Prometheus' configuration. */
export function remoteWrite(settings: Settings): object {
  const amp = ampOf(settings);
  if (!amp) return {};
  return {
    remote_write: [
      {
        name: "amp",
        url: `${amp.url}/api/v1/remote_write`,
        sigv4: { region: amp.region },
        // What waits beyond is read from Prometheus' own log again, for two hours at most.
        queue_config: { max_shards: amp.shards, capacity: 10_000, max_samples_per_send: 1_000 },
      },
    ],
  };
}

/** Grafana's datasource, signed by the identity of its pod. */
export function ampDatasources(settings: Settings): object[] {
  const amp = ampOf(settings);
  if (!amp) return [];
  return [
    {
      ...{
        name: "AMP",
        uid: "amp",
        type: "prometheus",
        url: amp.url,
        access: "proxy",
        orgId: 1,
        editable: true,
      },
      jsonData: {
        httpMethod: "POST",
        ...{ sigV4Auth: true, sigV4AuthType: "default", sigV4Region: amp.region },
        timeInterval: settings.metrics.scrapeInterval,
      },
    },
  ];
}
