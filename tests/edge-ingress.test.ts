import { settingsOf } from "../config/settings";
import { type Manifest, rendered } from "./support/render";

/* The load balancer that EKS makes of the edge's Ingress, as far as it can be seen without AWS. */
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/a";
const edge = { url: "https://ops.example.org", anonymous: false, ingress: { certificateArn } };
const eks = (given: object = {}) =>
  rendered("kind", { platform: "eks", alerting: { unattended: true }, edge: { ...edge, ...given } });

const ofKind = (objects: Manifest[], kind: string, name = "edge") =>
  objects.filter((one) => one.kind === kind && one.metadata.name === name);

interface IngressSpec {
  ingressClassName: string;
  rules: {
    host: string;
    http: { paths: { backend: { service: { name: string; port: { name: string } } } }[] };
  }[];
}

/** The port of the pods that the Ingress leads to, by the Service that it names. */
function target(objects: Manifest[], spec: IngressSpec): number {
  const { name, port } = spec.rules[0].http.paths[0].backend.service;
  const [service] = ofKind(objects, "Service", name);
  const { ports } = service.spec as { ports: { name: string; targetPort: string }[] };
  const { targetPort } = ports.find((one) => one.name === port.name)!;
  const [{ spec: workload }] = ofKind(objects, "Deployment", name);
  const { template } = workload as {
    template: { spec: { containers: { ports: { name: string; containerPort: number }[] }[] } };
  };
  return template.spec.containers[0].ports.find((one) => one.name === targetPort)!.containerPort;
}

test("one Ingress leads the host to the edge's pods: by https, inside of the VPC unless it says otherwise", async () => {
  const objects = await eks();
  const ingresses = objects.filter(({ kind }) => kind === "Ingress");
  expect(ingresses).toHaveLength(1);
  const [{ spec, metadata }] = ingresses;
  const paths = [{ path: "/", pathType: "Prefix" }];
  expect(spec).toMatchObject({
    ingressClassName: "alb",
    rules: [{ host: "ops.example.org", http: { paths } }],
  });
  expect(target(objects, spec as IngressSpec)).toBe(8080);
  const annotation = (name: string) => metadata.annotations![`alb.ingress.kubernetes.io/${name}`];
  expect(annotation("scheme")).toBe("internal");
  expect(annotation("target-type")).toBe("ip");
  expect(JSON.parse(annotation("listen-ports"))).toEqual([{ HTTP: 80 }, { HTTPS: 443 }]);
  expect(annotation("ssl-redirect")).toBe("443");
  // No TLS before 1.2.
  expect(annotation("ssl-policy")).toMatch(/^ELBSecurityPolicy-TLS13-1-2-/);
  expect(annotation("certificate-arn")).toBe(certificateArn);
  expect(annotation("healthcheck-path")).toBe("/healthz");
  expect(annotation("backend-protocol")).toBe("HTTP");
  expect(annotation("healthcheck-protocol")).toBe("HTTP");
});

test("with a certificate of the edge's own the load balancer speaks https to it", async () => {
  const objects = await eks({ tls: { secretName: "inside" } });
  const [{ metadata, spec }] = ofKind(objects, "Ingress");
  expect(metadata.annotations).toMatchObject({
    "alb.ingress.kubernetes.io/backend-protocol": "HTTPS",
    "alb.ingress.kubernetes.io/healthcheck-protocol": "HTTPS",
  });
  expect(target(objects, spec as IngressSpec)).toBe(8080);
});

test("the load balancer is let in, to the edge alone; Prometheus is behind the edge's login", async () => {
  const objects = await eks();
  const anybody = { from: expect.arrayContaining([{ ipBlock: { cidr: "0.0.0.0/0" } }]) };
  const open = objects
    .filter(({ kind }) => kind === "NetworkPolicy")
    .filter(({ spec }) =>
      ((spec as { ingress?: { from: object[] }[] }).ingress ?? []).some((rule) =>
        JSON.stringify(rule.from).includes("0.0.0.0/0"),
      ),
    );
  expect(open.map(({ metadata }) => metadata.name)).toEqual(["edge"]);
  expect((open[0].spec as { ingress: object[] }).ingress).toContainEqual({
    ...anybody,
    ports: [{ protocol: "TCP", port: 8080 }],
  });
  const config = objects.find(({ data }) => (data as Record<string, string>)?.["caddy.json"])!;
  expect((config.data as Record<string, string>)["caddy.json"]).toContain("http_basic");
});

test("a load balancer that everybody reaches does not lead to Prometheus, the others do", async () => {
  const facing = async (scheme: string) => {
    const objects = await eks({ ingress: { certificateArn, scheme } });
    const files = objects.map(({ data }) => (data as Record<string, string>)?.["caddy.json"]).find(Boolean)!;
    const [{ spec }] = ofKind(objects, "NetworkPolicy");
    const called = JSON.stringify((spec as { egress: object[] }).egress);
    return ["prometheus", "alertmanager", "grafana"].map((name) => [
      files.includes(`/api/monitoring/${name}`),
      called.includes(`"${name}"`),
    ]);
  };
  const [yes, no] = [
    [true, true],
    [false, false],
  ];
  expect(await facing("internal")).toEqual([yes, yes, yes]);
  expect(await facing("internet-facing")).toEqual([no, yes, yes]);
});

test("an Ingress is reason enough for an edge; without one, and without a NodePort, there is none", () => {
  const enabled = (given: object) =>
    settingsOf({ platform: "eks", alerting: { unattended: true }, edge: given }, "prod").edge.enabled;
  expect([enabled(edge), enabled({}), enabled({ ...edge, enabled: false })]).toEqual([true, false, false]);
});
