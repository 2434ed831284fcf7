import {
  clusterOf,
  configOf,
  containersOf,
  filesOf,
  fits,
  type KubernetesObject,
  ofKind,
  type Pod,
  podsOf,
} from "./support/cluster";

/*
 * What has to be open follows from what the programs are told: the addresses in their files, arguments and
 * environment, Prometheus' jobs, node ports, roles. What is open is read from the policies, as the network reads them.
 */

/** `who -> whom:port`. */
type Flow = string;

const services = [{ name: "board-service", namespace: "shop", port: 8000 }];
const webhook = { url: "https://hook.example.org/" };
const stacks: Record<string, Record<string, unknown>> = {
  "the default stack": { services },
  "a stack with receivers": {
    services,
    metrics: { annotatedNamespaces: [] },
    alerting: { receivers: [{ name: "team", webhook }], heartbeat: { url: "https://heartbeat.example.org" } },
  },
  "a stack with other namespaces and ports": {
    services: [...services, { name: "auth-service", namespace: "bank", port: 8080 }],
    namespaces: { stack: "watch", agents: "watchers" },
    metrics: { annotatedNamespaces: ["garden"], nodePort: 31001 },
    grafana: { port: 3006 },
  },
  "a stack that nobody outside can open": {
    services,
    metrics: { nodePort: null },
    grafana: { nodePort: null },
    edge: { nodePort: null },
  },
  "a stack with a proxy that an Ingress of the user's leads to": {
    services,
    edge: { enabled: true, nodePort: null },
  },
  "a stack that watches servers": {
    services,
    metrics: {
      redis: {
        targets: [
          { name: "cache", host: "cache.example.org", password: "p" },
          { name: "queue", host: "10.0.0.7", port: 6380 },
        ],
      },
      postgres: {
        targets: [{ name: "board", host: "pg.example.org", port: 5433, username: "u", password: "p" }],
      },
    },
  },
  "a stack that keeps traces in Jaeger": { services, tracing: { backend: "jaeger" } },
  "a stack beside a mesh": { services, metrics: { annotatedNamespaces: [], istio: { enabled: true } } },
  "a stack that shows the mesh": {
    services,
    metrics: { istio: { enabled: true }, kiali: { enabled: true } },
  },
  "a stack that shows the mesh and its traces in Jaeger": {
    services,
    metrics: { istio: { enabled: true }, kiali: { enabled: true } },
    tracing: { backend: "jaeger" },
  },
  "a stack beside a mesh, where every namespace is open": { services, metrics: { istio: { enabled: true } } },
  "a stack that keeps traces in Zipkin": { services, tracing: { backend: "zipkin" } },
  "a stack that keeps logs in Elasticsearch": {
    services,
    logs: { backend: "elasticsearch", collector: "filebeat" },
  },
  "a stack that keeps logs and Jaeger's traces in Elasticsearch": {
    services,
    logs: { backend: "elasticsearch" },
    tracing: { backend: "jaeger", jaeger: { storage: "elasticsearch" } },
  },
  "a stack that keeps logs and Zipkin's traces in Elasticsearch": {
    services,
    logs: { backend: "elasticsearch" },
    tracing: { backend: "zipkin", zipkin: { storage: "elasticsearch" } },
  },
  "a stack that shows logs in Kibana": {
    services,
    logs: { backend: "elasticsearch", elasticsearch: { kibana: { enabled: true } } },
  },
  "a stack whose Elasticsearch speaks TLS": {
    services,
    logs: {
      backend: "elasticsearch",
      elasticsearch: { tls: { secretName: "certificate" }, kibana: { enabled: true } },
    },
  },
  "a stack whose proxy speaks TLS": {
    services,
    edge: { url: "https://ops.example.org", tls: { secretName: "certificate" } },
  },
  "a stack whose proxy and Elasticsearch speak TLS": {
    services,
    edge: { url: "https://ops.example.org", tls: { secretName: "certificate" } },
    logs: { backend: "elasticsearch", elasticsearch: { tls: { secretName: "certificate" } } },
  },
  "a stack whose logs pass Logstash": {
    services,
    logs: { backend: "elasticsearch", elasticsearch: { logstash: { enabled: true } } },
  },
  "a stack whose logs pass Logstash by TLS": {
    services,
    logs: {
      backend: "elasticsearch",
      elasticsearch: { tls: { secretName: "certificate" }, logstash: { enabled: true } },
    },
  },
  "a stack whose logs Promtail reads": { services, logs: { collector: "promtail" } },
  "a stack without services and node-exporter": { metrics: { nodeExporter: { enabled: false } } },
};

describe.each(Object.entries(stacks))("%s", (_, given) => {
  let objects: KubernetesObject[];
  let pods: Pod[];
  beforeAll(async () => {
    objects = await clusterOf(given);
    pods = podsOf(objects);
  });

  test("what is let out of a pod is what its program needs, and nothing more", () => {
    expect(allowed(objects, "egress")).toEqual(sorted([...needed(objects), ...names(pods)]));
  });

  test("what is let in to a pod is what others need of it, and nothing more", () => {
    const inside = new Set(pods.map(({ app }) => app));
    const toPods = needed(objects).filter((flow) => inside.has(flow.split(" -> ")[1].split(":")[0]));
    expect(allowed(objects, "ingress")).toEqual(sorted([...toPods, ...fromOutside(objects)]));
  });
});

const sorted = (flows: Flow[]) => [...new Set(flows)].sort();

/** All resolve names. */
const names = (pods: Pod[]): Flow[] =>
  pods.flatMap(({ app }) => [`${app} -> everybody:53/UDP`, `${app} -> everybody:53`]);

/** The flows that begin at the stack's pods, from what their programs are told. */
function needed(objects: KubernetesObject[]): Flow[] {
  const pods = podsOf(objects);
  return [
    ...pods.flatMap((pod) => addressesOf(objects, pod).map((to) => `${pod.app} -> ${to}`)),
    ...scraped(objects).map((to) => `prometheus -> ${to}`),
    ...asked(objects),
    ...pods
      .filter(({ spec }) => mayAskTheApi(objects, spec.serviceAccountName))
      .flatMap(({ app }) => [`${app} -> anywhere:443`, `${app} -> anywhere:6443`]),
    // Slack, mail servers, webhooks: on whichever port, in the cluster and outside of it.
    ...["alertmanager -> anywhere", "alertmanager -> any pod"],
  ].filter((flow) => {
    const [from, to] = flow.split(" -> ");
    return from !== to.split(":")[0]; // nobody can keep a pod from itself
  });
}

/** What people read or open in a browser; the program itself does not follow it. */
const LINKS = [/--web\.external-url=\S+/g, /\S+\/alerting\/groups\S*/g, /<code>[^<]*<\/code>/g];

/** `program:port` of every address of a Service that the pod's program is told. Prometheus passes some on to an exporter. */
function addressesOf(objects: KubernetesObject[], pod: Pod): string[] {
  const passedOn = pod.app === "prometheus" ? questionsOf(objects).map(({ target }) => target) : [];
  const told = [
    ...filesOf(objects, pod).map(({ text }) => text),
    ...containersOf(pod).flatMap(({ command = [], args = [], env }) => [
      ...command,
      ...args,
      ...env.map(({ value = "" }) => value),
    ]),
  ].map((text) => [...LINKS, ...passedOn].reduce<string>((rest, part) => rest.replaceAll(part, ""), text));
  return told.flatMap((text) =>
    [...text.matchAll(new RegExp(ADDRESS, "g"))].map(([address]) => {
      const found = atAddress(objects, address);
      if (!found) throw new Error(`${pod.app} is told ${address}, which is no Service`);
      return found;
    }),
  );
}

const ADDRESS = /([\w-]+)\.([\w-]+)\.svc:(\d+)/;

/** `program:port` of the pods at an address of one of the stack's Services. */
function atAddress(objects: KubernetesObject[], address: string): string | undefined {
  const [, name, namespace, port] = ADDRESS.exec(address) ?? [];
  const service = ofKind(objects, "Service").find(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  );
  return service && behind(objects, service, Number(port));
}

/** `program:port` of the pods behind a Service's port. */
function behind(objects: KubernetesObject[], service: KubernetesObject, port: number): string {
  const { selector, ports } = service.spec as ServiceSpec;
  const pod = podsOf(objects).find(
    ({ namespace, labels }) => namespace === service.metadata.namespace && fits(labels, selector),
  )!;
  const { targetPort } = ports.find((one) => one.port === port)!;
  const found = pod.spec.containers[0].ports!.find(({ name }) => name === targetPort)!;
  return `${pod.app}:${found.containerPort}`;
}

const jobsOf = (objects: KubernetesObject[]): Job[] =>
  configOf<{ scrape_configs: Job[] }>(objects, "prometheus", "/etc/prometheus/config/prometheus.yml")
    .scrape_configs;

/** What Prometheus asks an exporter for, which is named by its own address. */
const questionsOf = (objects: KubernetesObject[]): { exporter: string; target: string }[] =>
  jobsOf(objects).flatMap(({ static_configs = [], relabel_configs: rules }) => {
    const exporter = rules.find(({ target_label }) => target_label === "__address__")?.replacement;
    return static_configs
      .flatMap(({ targets }) => targets)
      .map((target) => ({ exporter: exporter!.split(".")[0], target }));
  });

/** Programs of the stack, or servers in the cluster or outside of it. */
const asked = (objects: KubernetesObject[]): Flow[] =>
  questionsOf(objects).flatMap(({ exporter, target }) => {
    const [, port] = /:(\d+)(?:\/|$)/.exec(target)!;
    const own = atAddress(objects, target);
    return (own ? [own] : [`anywhere:${port}`, `any pod:${port}`]).map((to) => `${exporter} -> ${to}`);
  });

/** Whom Prometheus' configuration makes it find and scrape. */
function scraped(objects: KubernetesObject[]): string[] {
  const stack = new Set(ofKind(objects, "StatefulSet", "DaemonSet").map((one) => one.metadata.namespace));
  const found = jobsOf(objects).flatMap(
    ({ job_name, kubernetes_sd_configs: discoveries = [], relabel_configs: rules }) =>
      discoveries.flatMap(({ role, namespaces }) => {
        if (role === "node") return ["anywhere:10250"];
        if (!namespaces) return ["any pod"];
        const others = namespaces.names.filter((name) => !stack.has(name));
        if (others.includes("istio-system"))
          return [`pods of istio-system:${job_name === "istiod" ? 15014 : 15090}`];
        if (others.length > 0) return others.map((name) => `pods of ${name}`);
        const marked = rules.find(({ source_labels: [, port] = [] }) =>
          port?.endsWith("_container_port_name"),
        )!;
        return podsOf(objects).flatMap(({ app, spec }) =>
          (spec.containers[0].ports ?? [])
            .filter(({ name }) => new RegExp(`^(?:${marked.regex})$`).test(`${app};${name}`))
            .map(({ containerPort }) => `${app}:${containerPort}`),
        );
      }),
  );
  return found.includes("any pod") ? found.filter((to) => !to.startsWith("pods of ")) : found;
}

function mayAskTheApi(objects: KubernetesObject[], account?: string): boolean {
  return ofKind(objects, "ClusterRoleBinding", "RoleBinding").some(({ subjects }) =>
    (subjects as { name: string }[]).some(({ name }) => name === account),
  );
}

/** Users by the nodes' ports or their own Ingress before the proxy, the applications by what the Collector listens on. */
function fromOutside(objects: KubernetesObject[]): Flow[] {
  const nodePorts = ofKind(objects, "Service").flatMap((service) =>
    (service.spec as ServiceSpec).ports
      .filter(({ nodePort }) => nodePort !== undefined)
      .map(({ port }) => behind(objects, service, port)),
  );
  const { receivers } = configOf<{ receivers: object }>(objects, "collector", "/etc/collector/config.yaml");
  const waysIn = [...JSON.stringify(receivers).matchAll(/"endpoint":"0\.0\.0\.0:(\d+)"/g)];
  const applications = scraped(objects).filter((to) => /^(pods of [^:]*|any pod)$/.test(to));
  const proxy = podsOf(objects).filter(({ app }) => app === "edge");
  const behindProxy = proxy.flatMap(({ spec }) =>
    spec.containers[0].ports!.map(({ containerPort }) => `edge:${containerPort}`),
  );
  return [
    // Before it there may be an Ingress controller, which to some networks is no address.
    ...["anywhere", "any pod"].flatMap((from) =>
      [...nodePorts, ...behindProxy].map((to) => `${from} -> ${to}`),
    ),
    ...applications.flatMap((from) => waysIn.map(([, port]) => `${from} -> collector:${port}`)),
  ];
}

/** What the policies let through in one direction, as flows. */
function allowed(objects: KubernetesObject[], side: "ingress" | "egress"): Flow[] {
  const pods = podsOf(objects);
  const stack = new Set(pods.map(({ namespace }) => namespace));
  const ends = ({ ipBlock, namespaceSelector, podSelector }: Peer): string[] => {
    if (ipBlock) return ["anywhere"];
    const namespace = namespaceSelector!.matchLabels?.["kubernetes.io/metadata.name"];
    if (!namespace) return ["any pod"];
    if (!stack.has(namespace)) return [`pods of ${namespace}`];
    return pods
      .filter((pod) => pod.namespace === namespace && fits(pod.labels, podSelector?.matchLabels))
      .map(({ app }) => app);
  };
  const flows = ofKind(objects, "NetworkPolicy").flatMap(({ metadata, spec }) => {
    const { podSelector, ...rules } = spec as Policy;
    const chosen = pods.filter(
      ({ namespace, labels }) => namespace === metadata.namespace && fits(labels, podSelector.matchLabels),
    );
    return (rules[side] ?? []).flatMap(({ from, to, ports }) => {
      const others = (from ?? to)?.flatMap(ends) ?? ["everybody"];
      // An empty list opens every port, as none does.
      const numbers = ports?.map(({ port, protocol }) => `:${port}${protocol === "UDP" ? "/UDP" : ""}`);
      return chosen.flatMap(({ app }) =>
        others.flatMap((other) => {
          const [caller, called] = side === "egress" ? [app, other] : [other, app];
          return (numbers?.length ? numbers : [""]).map((port) => `${caller} -> ${called}${port}`);
        }),
      );
    });
  });
  return sorted(flows);
}

describe("policies", () => {
  test("both namespaces deny by default, and each program has one policy for its pods alone", async () => {
    const objects = await clusterOf({ services });
    const policies = ofKind(objects, "NetworkPolicy").map(({ metadata, spec }) => ({
      of: `${metadata.namespace}/${metadata.name}`,
      ...(spec as Policy),
    }));
    for (const { policyTypes } of policies) expect(policyTypes).toEqual(["Ingress", "Egress"]);
    const denied = policies.filter(({ of }) => of.endsWith("/default-deny"));
    expect(denied.map(({ of, podSelector }) => [of, podSelector])).toEqual([
      ["observability/default-deny", {}],
      ["observability-agents/default-deny", {}],
    ]);
    for (const pod of podsOf(objects)) {
      const own = policies.filter(
        ({ of, podSelector }) =>
          of.startsWith(`${pod.namespace}/`) &&
          podSelector.matchLabels &&
          fits(pod.labels, podSelector.matchLabels),
      );
      expect(own.map(({ of }) => of)).toEqual([`${pod.namespace}/${pod.app}`]);
    }
    expect(policies).toHaveLength(denied.length + podsOf(objects).length);
  });

  test("in namespaces that are there already, only the stack's own pods are denied", async () => {
    const objects = await clusterOf({ namespaces: { create: false } });
    const denied = ofKind(objects, "NetworkPolicy").filter(
      ({ metadata }) => metadata.name === "default-deny",
    );
    const matchLabels = {
      "app.kubernetes.io/part-of": "observability-stack",
      "app.kubernetes.io/instance": "test",
    };
    expect(denied.map(({ spec }) => spec)).toEqual(
      Array(2).fill({ podSelector: { matchLabels }, policyTypes: ["Ingress", "Egress"] }),
    );
    for (const { labels } of podsOf(objects)) expect(labels).toMatchObject(matchLabels);
  });

  test("replicas reach each other on what they tell each other by, and one alone has no such port", async () => {
    const peers = [
      "alertmanager -> alertmanager:9094",
      "alertmanager -> alertmanager:9094/UDP",
      "prometheus -> prometheus:9090",
      "elasticsearch -> elasticsearch:9300",
    ];
    const logs = (elasticsearch: object) => ({ backend: "elasticsearch", elasticsearch });
    const tls = { secretName: "certificate" };
    const several = await clusterOf({
      ...{ platform: "eks", alerting: { unattended: true, replicas: 3 } },
      ...{ metrics: { replicas: 2 }, logs: logs({ replicas: 3, tls }) },
    });
    const alone = await clusterOf({ logs: logs({ tls }) });
    for (const side of ["ingress", "egress"] as const) {
      expect(allowed(several, side)).toEqual(expect.arrayContaining(peers));
      for (const peer of peers) expect(allowed(alone, side)).not.toContain(peer);
    }
  });

  describe("towards servers in the cluster that are not the stack's", () => {
    const everybody = (app: string) => [`${app} -> everybody:53`, `${app} -> everybody:53/UDP`];
    /** By the port that the settings name, as for any server: pods of which the settings know nothing have others. */
    const elsewhere = (app: string, ...ports: number[]) =>
      ["anywhere", "any pod"].flatMap((to) => ports.map((port) => `${app} -> ${to}:${port}`));
    const letOut = async (app: string, given: Record<string, unknown>) =>
      allowed(await clusterOf({ services, ...given }), "egress").filter((flow) =>
        flow.startsWith(`${app} -> `),
      );
    const keys = { accessKeyId: "id-of-it", secretAccessKey: "secret-of-it" };
    const database = (host: string) => ({ database: { host, password: "p" } });
    const provider = {
      ...{ authUrl: "https://id.example.org/auth", clientId: "grafana", clientSecret: "s" },
      ...{ tokenUrl: "https://keycloak.login.svc:8443/token", apiUrl: "https://keycloak.login.svc:8443/me" },
      roles: [{ group: "dev", role: "Viewer" }],
    };

    test.each([
      ["http://minio.minio.svc", 80, "minio"],
      ["https://minio-0.minio.store.svc.cluster.local:9000", 9000, "store"],
      ["http://minio.store:9000", 9000, "store"],
      ["http://MINIO.Store.svc:9000", 9000, "store"],
      ["https://s3.example.org", 443, undefined],
      ["https://localhost:9000", 9000, undefined],
      // No namespace is called so, and no label may be.
      [`http://minio.${"a".repeat(64)}.svc:9000`, 9000, undefined],
      ["https://10.0.0.7:9000", 9000, undefined],
    ])("Loki, to its bucket at %s", async (endpoint, port, namespace) => {
      const s3 = { bucket: "lines", region: "eu-west-1", endpoint, ...keys };
      const towards = namespace ? [`loki -> pods of ${namespace}`] : [];
      expect(await letOut("loki", { logs: { s3 } })).toEqual(
        sorted([...everybody("loki"), ...elsewhere("loki", port), ...towards]),
      );
    });

    test.each([
      ["redis", 6379, {}],
      ["postgres", 5432, { username: "u", password: "p" }],
    ])("the exporter of %s, to a server there and to one outside", async (what, port, login) => {
      const app = `${what}-exporter`;
      const targets = ["cache.shop.svc", "10.0.0.7"].map((host, index) => ({
        name: `a${index}`,
        host,
        ...login,
      }));
      expect(await letOut(app, { metrics: { [what]: { targets } } })).toEqual(
        sorted([...everybody(app), ...elsewhere(app, port), `${app} -> pods of shop`]),
      );
    });

    test("Grafana, with its database and with single sign-on", async () => {
      const grafana = { ...database("pg.data.svc"), oidc: provider };
      const flows = await letOut("grafana", {
        edge: { enabled: true, url: "https://ops.example.org" },
        grafana,
      });
      expect(flows).toEqual(
        expect.arrayContaining([
          ...[...elsewhere("grafana", 5432, 8443), "grafana -> pods of data", "grafana -> pods of login"],
        ]),
      );
    });

    test("a name alone is one in the stack's namespace, whose pods all are reached then", async () => {
      const flows = await letOut("grafana", { grafana: database("orders-db") });
      expect(flows).toEqual(expect.arrayContaining(["grafana -> tempo", "grafana -> edge"]));
    });

    test("Alertmanager reaches a webhook there, whatever its port", async () => {
      expect(await letOut("alertmanager", {})).toEqual(
        sorted([...everybody("alertmanager"), "alertmanager -> anywhere", "alertmanager -> any pod"]),
      );
    });
  });

  test("the applications are told ways in that are open to them", async () => {
    const objects = await clusterOf({ services, metrics: { annotatedNamespaces: [] } });
    const told = ofKind(objects, "ConfigMap").find(({ metadata }) => metadata.namespace === "shop")!;
    const ports = [...JSON.stringify(told.data).matchAll(/collector\.observability\.svc:(\d+)/g)];
    expect(ports).toHaveLength(4);
    for (const [, port] of ports)
      expect(allowed(objects, "ingress")).toContain(`pods of shop -> collector:${port}`);
  });
});

interface Peer {
  podSelector?: { matchLabels: Record<string, string> };
  namespaceSelector?: { matchLabels?: Record<string, string> };
  ipBlock?: object;
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port: number; protocol: string }[];
}

interface Policy {
  podSelector: { matchLabels?: Record<string, string> };
  policyTypes: string[];
  ingress?: Rule[];
  egress?: Rule[];
}

interface ServiceSpec {
  selector: Record<string, string>;
  ports: { port: number; targetPort: string; nodePort?: number }[];
}

interface Job {
  job_name: string;
  kubernetes_sd_configs?: { role: string; namespaces?: { names: string[] } }[];
  static_configs?: { targets: string[] }[];
  relabel_configs: {
    source_labels?: string[];
    regex?: string;
    target_label?: string;
    replacement?: string;
  }[];
}
