import { openNamespaces, type Settings } from "../config/schema";
import { namespaceOf, portOf, replicasOf } from "./addresses";
import { namespaceOfHost } from "./hosts";
import { hasOwnWords } from "./overrides";
import { type Call, type Outside, type Program, programOf, type Stack } from "./program";

export interface Flow {
  from: string | Outside;
  to: string | Outside;
  /** Port numbers of the receiving side; none given: every port. */
  ports?: number[];
  /** Namespaces of the cluster that servers elsewhere are in. */
  namespaces?: string[];
  udp?: true;
  /** Prometheus asks the pods one by one: it needs no Service. */
  scrape?: boolean;
}

/**
 * Who talks to whom, from what each program says of itself: its calls, the ports that Prometheus scrapes, Grafana's
 * datasources. Network policies are made from it; whatever is not in it is denied in both directions (name
 * resolution aside, which all programs have).
 */
export function flows(stack: Stack): Flow[] {
  const { programs, settings } = stack;
  const to = (program: Program, ports: string[]) => ({
    to: program.name,
    ports: ports.map((port) => portOf(stack, program, port)),
  });
  const users = programs.flatMap((program): Flow[] => {
    const exposed = program.exposed?.(settings);
    const isOpen = exposed && (exposed.ingress || exposed.nodePort !== null);
    return isOpen ? [{ from: "users", ...to(program, [exposed.port]) }] : [];
  });
  const calls = programs.flatMap((program): Flow[] => {
    const own = (program.calls?.(stack) ?? []).map((call) => flowOf(stack, program, call));
    return [
      ...(program.kubernetesApi ? [{ from: program.name, to: "kubernetes-api", ports: API_PORTS }] : []),
      ...own,
      ...(program.name === SCRAPER ? scrapes(stack, own) : []),
      ...(hasOwnWords(stack, program.name) ? [{ from: program.name, to: "elsewhere" }] : []),
    ];
  });
  const applications = programs.flatMap((program): Flow[] =>
    program.openToApplications ? [{ from: "applications", ...to(program, program.openToApplications) }] : [],
  );
  const datasources = programs.flatMap((program): Flow[] =>
    program.datasource ? [{ from: "grafana", ...to(program, [program.datasource.port]) }] : [],
  );
  return [...users, ...calls, ...applications, ...datasources];
}

const SCRAPER = "prometheus";

/** Scrapes of the stack's own pods, save those on a port that Prometheus calls anyway. A pod reaches itself without leave. */
const scrapes = (stack: Stack, called: Flow[]): Flow[] =>
  stack.programs.flatMap((program): Flow[] => {
    const ports = (program.telemetry?.(stack) ?? [])
      .map(({ port }) => portOf(stack, program, port))
      .filter((port) => !called.some((flow) => flow.to === program.name && flow.ports?.includes(port)));
    const itself = program.name === SCRAPER && replicasOf(stack, program) === 1;
    return ports.length === 0 || itself ? [] : [{ from: SCRAPER, to: program.name, ports, scrape: true }];
  });

function flowOf(stack: Stack, program: Program, { to, ports, hosts = [], udp }: Call): Flow {
  const { name } = program;
  if (isOutside(to)) {
    const own = namespaceOf(stack.settings, program);
    const namespaces = hosts.flatMap((host) => namespaceOfHost(host, own) ?? []);
    return { from: name, to, namespaces, ...(ports ? { ports: ports as number[] } : {}) };
  }
  const called = programOf(stack, to, name);
  const numbers = (ports ?? []).map((port) => portOf(stack, called, String(port)));
  return { from: name, to, ports: numbers, ...(udp ? { udp } : {}) };
}

/** The API server's own address is not known beforehand: its usual ports, anywhere. */
const API_PORTS = [443, 6443];

const outside: readonly string[] = [
  ...["applications", "mesh", "users", "kubernetes-api", "kubelets", "receivers", "elsewhere"],
];
const isOutside = (end: string): end is Outside => outside.includes(end);

/** Whether somebody calls it by name, so that it needs a Service. Scrape jobs of its own name it to Prometheus. */
export const isCalled = (stack: Stack, { name, exposed, scrapeJobs }: Program): boolean =>
  exposed !== undefined ||
  scrapeJobs !== undefined ||
  flows(stack).some((flow) => flow.to === name && !flow.scrape);

/** NetworkPolicySpec without `podSelector`, which the component adds. */
export interface Policy {
  ingress: object[];
  egress: object[];
}

/** What the network lets in to a program and out of it; `selector` turns a program's name into its pods' labels. */
export function policyOf(
  stack: Stack,
  program: Program,
  selector: (name: string) => Record<string, string>,
): Policy {
  const peers = (end: string | Outside): object[] => {
    if (end === "applications") return applicationPeers(stack.settings);
    if (end === "mesh") return [inNamespace(stack.settings.metrics.istio.namespace)];
    // Nodes are addresses to every network.
    if (end === "kubernetes-api" || end === "kubelets") return ADDRESSES;
    // A pod is none to some: an Ingress controller, a webhook's server, a database beside the stack.
    if (isOutside(end)) return [...ADDRESSES, { namespaceSelector: {} }];
    const namespace = namespaceOf(stack.settings, programOf(stack, end));
    return [{ ...inNamespace(namespace), podSelector: { matchLabels: selector(end) } }];
  };
  const open = ({ ports, udp }: Flow) =>
    ports
      ? {
          ports: ["TCP", ...(udp ? ["UDP"] : [])].flatMap((protocol) =>
            ports.map((port) => ({ protocol, port })),
          ),
        }
      : {};
  // An empty list of peers would mean everybody, so a flow without peers makes no rule.
  const rule = (side: "from" | "to", flow: Flow) => {
    const ends = peers(flow[side]);
    return ends.length === 0 ? [] : [{ [side]: ends, ...open(flow) }];
  };
  // Many networks look at where a packet goes when the Service's address and port have become a pod's, which no setting
  // names: towards the namespace of a host in the cluster every port is open. The rule beside it has the Service's, for
  // networks that look before, and for Services that lead out of the cluster.
  const behindServices = ({ namespaces = [] }: Flow) =>
    namespaces.length > 0 ? [{ to: [...new Set(namespaces)].sort().map(inNamespace) }] : [];
  const table = flows(stack);
  return {
    ingress: table.filter(({ to }) => to === program.name).flatMap((flow) => rule("from", flow)),
    egress: [
      dns,
      ...table
        .filter(({ from }) => from === program.name)
        .flatMap((flow) => [...rule("to", flow), ...behindServices(flow)]),
    ],
  };
}

const ADDRESSES = [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }];

const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

const applicationPeers = (settings: Settings): object[] =>
  openNamespaces(settings)?.map(inNamespace) ?? [{ namespaceSelector: {} }];

const dns = {
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};
