import { kind } from "../platforms/kind";
import { type Refuse, repeated } from "./common";

export interface CheckedNodePorts {
  platform: string;
  metrics: { nodePort: number | null };
  tracing: { backend: string; zipkin: { nodePort: number | null } };
  grafana: { nodePort: number | null };
  edge: { enabled: boolean; nodePort: number | null };
}

/** A NodePort is one Service's. Of two keys that one is named first that the user wrote: kind brings the others. */
export function checkNodePorts(
  { platform, metrics, tracing, grafana, edge }: CheckedNodePorts,
  refuse: Refuse,
): void {
  const all = [
    { of: ["metrics"], port: metrics.nodePort, brought: kind.metrics.nodePort },
    { of: ["grafana"], port: grafana.nodePort, brought: kind.grafana.nodePort },
    {
      of: ["tracing", "zipkin"],
      port: tracing.backend === "zipkin" ? tracing.zipkin.nodePort : null,
      brought: kind.tracing.zipkin.nodePort,
    },
    { of: ["edge"], port: edge.enabled ? edge.nodePort : null, brought: kind.edge.nodePort },
  ].filter(({ port }) => port !== null);
  const written = ({ port, brought }: (typeof all)[number]) => platform !== "kind" || port !== brought;
  const opened = [...all.filter((one) => !written(one)), ...all.filter(written)];
  repeated(opened.map(({ port }) => port)).forEach(({ index, value }) => {
    const { of } = opened.find(({ port }) => port === value)!;
    const other = `${of.join(".")}.nodePort`;
    refuse(
      [...opened[index].of, "nodePort"],
      `${value} is taken by ${other}; allowed: each NodePort once. Set another one, or another one or null in ${other}.`,
    );
  });
}
