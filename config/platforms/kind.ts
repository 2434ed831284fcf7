/** A laptop: ports on the node, which the local cluster maps to localhost. */
export const kind = {
  metrics: { nodePort: 30090 },
  grafana: { nodePort: 30006 },
  edge: { nodePort: 30080 },
};
