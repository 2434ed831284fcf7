/** A laptop: ports on the node, which the local cluster maps to localhost, and whoever asks to be scraped is. */
export const kind = {
  metrics: { nodePort: 30090, annotatedNamespaces: ["*"] },
  alerting: { unattended: true },
  tracing: { zipkin: { nodePort: 30411 } },
  grafana: { nodePort: 30006 },
  edge: { nodePort: 30080, anonymous: true },
};
