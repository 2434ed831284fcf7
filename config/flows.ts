import { namespaceOf, portsOf, type Program } from "./addresses";
import { applicationNamespaces, type Settings } from "./schema";

/** What is not a pod of the stack. */
export type Outside = "applications" | "users" | "kubernetes-api" | "kubelets" | "receivers";

export interface Flow {
  from: Program | Outside;
  to: Program | Outside;
  /** Port numbers of the receiving side; none given: every port. */
  ports?: number[];
}

/**
 * Who talks to whom: each flow once. Network policies are made from this table and the tests check it; whatever is
 * not in it is denied in both directions (name resolution aside, which all programs have).
 */
export function flows(settings: Settings): Flow[] {
  const port = (program: Program, ...names: string[]) =>
    names.map((name) => portsOf(settings, program)[name]);
  const to = (program: Program, ...names: string[]) => ({ to: program, ports: port(program, ...names) });
  const ui = (program: Program, name: string, exposed: number | null): Flow[] =>
    exposed === null ? [] : [{ from: "users", ...to(program, name) }];
  const edge: Flow[] =
    settings.edge.nodePort === null
      ? []
      : [
          { from: "users", ...to("edge", "http") },
          { from: "edge", ...to("grafana", "metrics") },
          { from: "edge", ...to("prometheus", "metrics") },
        ];
  return [
    ...ui("grafana", "metrics", settings.grafana.nodePort),
    ...ui("prometheus", "metrics", settings.metrics.nodePort),
    ...edge,

    { from: "prometheus", to: "kubernetes-api", ports: API_PORTS },
    { from: "prometheus", to: "kubelets", ports: [10250] },
    { from: "prometheus", to: "applications" },
    { from: "prometheus", ...to("alertmanager", "metrics") },
    { from: "prometheus", ...to("kube-state-metrics", "samples", "metrics") },
    ...(settings.metrics.nodeExporter.enabled
      ? [{ from: "prometheus", ...to("node-exporter", "metrics") } as Flow]
      : []),
    { from: "prometheus", ...to("grafana", "metrics") },
    { from: "prometheus", ...to("loki", "metrics") },
    { from: "prometheus", ...to("alloy", "metrics") },
    { from: "prometheus", ...to("alloy-events", "metrics") },
    { from: "prometheus", ...to("collector", "samples", "metrics") },
    { from: "prometheus", ...to("tempo", "metrics") },
    { from: "alertmanager", to: "receivers" },
    { from: "kube-state-metrics", to: "kubernetes-api", ports: API_PORTS },

    { from: "alloy", to: "kubernetes-api", ports: API_PORTS },
    { from: "alloy", ...to("loki", "metrics") },
    { from: "alloy-events", to: "kubernetes-api", ports: API_PORTS },
    { from: "alloy-events", ...to("loki", "metrics") },

    {
      from: "applications",
      ...to("collector", "otlp-grpc", "otlp-http", "zipkin", "jaeger-grpc", "jaeger-thrift"),
    },
    { from: "collector", to: "kubernetes-api", ports: API_PORTS },
    { from: "collector", ...to("tempo", "otlp-grpc") },

    { from: "grafana", ...to("prometheus", "metrics") },
    { from: "grafana", ...to("alertmanager", "metrics") },
    { from: "grafana", ...to("loki", "metrics") },
    { from: "grafana", ...to("tempo", "metrics") },
    { from: "grafana-rotation", ...to("grafana", "metrics") },
  ];
}

/** The API server's own address is not known beforehand: its usual ports, anywhere. */
const API_PORTS = [443, 6443];

export const programsOf = (settings: Settings): Program[] =>
  [
    ...new Set(flows(settings).flatMap(({ from, to }) => [from, to].filter((end) => !isOutside(end)))),
  ] as Program[];

const outside: readonly string[] = ["applications", "users", "kubernetes-api", "kubelets", "receivers"];
const isOutside = (end: Program | Outside): end is Outside => outside.includes(end);

export interface Policy {
  name: string;
  namespace: string;
  /** NetworkPolicySpec; `podSelector` is left to the component, which knows the labels. */
  program: Program;
  ingress: object[];
  egress: object[];
}

/** One policy a program, with `selector` turning a program into its pods' labels. */
export function policies(
  settings: Settings,
  selector: (program: Program) => Record<string, string>,
): Policy[] {
  const peer = (end: Program | Outside): object[] => {
    if (end === "applications")
      return applicationNamespaces(settings)
        .concat(settings.metrics.annotatedNamespaces)
        .map((name) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }));
    if (isOutside(end)) return [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }];
    return [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespaceOf(settings, end) } },
        podSelector: { matchLabels: selector(end) },
      },
    ];
  };
  const tcp = (numbers?: number[]) =>
    numbers ? { ports: numbers.map((port) => ({ protocol: "TCP", port })) } : {};
  // An empty list of peers would mean everybody, so a flow without peers makes no rule.
  const rule = (side: "from" | "to", end: Program | Outside, numbers?: number[]) => {
    const peers = peer(end);
    return peers.length === 0 ? [] : [{ [side]: peers, ...tcp(numbers) }];
  };
  const table = flows(settings);
  return programsOf(settings).map((program) => ({
    name: program,
    namespace: namespaceOf(settings, program),
    program,
    ingress: table.filter(({ to }) => to === program).flatMap(({ from, ports }) => rule("from", from, ports)),
    egress: [
      dns,
      ...table.filter(({ from }) => from === program).flatMap(({ to, ports }) => rule("to", to, ports)),
    ],
  }));
}

const dns = {
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};
