import { selfSigned } from "./support/certificate";
import { type Edge, edgeServer, get } from "./support/edge";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { type PodSpec, rendered } from "./support/render";
import { stackWith } from "./support/servers";

/* A real Caddy that serves https with a certificate of the user's. */
const HOST = "ops.example.org";
const settings = { edge: { url: `https://${HOST}`, tls: { secretName: "ops-certificate" } } };
const stack = stackWith(settings);

describeWith(["caddy", "caddy"])("the edge proxy by https", () => {
  let certificate: Awaited<ReturnType<typeof selfSigned>>;
  let edge: Edge;
  beforeAll(async () => {
    certificate = await selfSigned(HOST);
    edge = await edgeServer(stack, {}, certificate);
  });
  afterAll(() => edge.end());

  test("the certificate proves it to who asks for its host", async () => {
    const answer = await get(`${edge.url}/`, { ca: certificate.cert, servername: HOST });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining("What is here")]);
    const other = await selfSigned(HOST);
    await expect(get(`${edge.url}/`, { ca: other.cert, servername: HOST })).rejects.toThrow(/self-signed/);
  });

  test("probes and load balancers, which ask for no host or another one, are answered too", async () => {
    const asked = [
      await get(`${edge.url}/healthz`),
      await get(`${edge.url}/healthz`, { servername: "else.org" }),
    ];
    for (const { status, certificate } of asked)
      expect([status, certificate?.subject.CN]).toEqual([200, HOST]);
  });

  test("nothing is served by http", async () => {
    const answer = await get(`${edge.url.replace("https:", "http:")}/`);
    expect([answer.status, answer.text]).toEqual([400, expect.not.stringContaining("What is here")]);
  });

  test("a renewed certificate is shown from the next connection on, without a restart", async () => {
    const shown = async () => (await get(`${edge.url}/healthz`)).certificate!.fingerprint256;
    const before = await shown();
    const renewed = await selfSigned(HOST);
    edge.renew(renewed);
    expect(await shown()).not.toBe(before);
    const answer = await get(`${edge.url}/`, { ca: renewed.cert, servername: HOST });
    expect(answer.status).toBe(200);
  });

  test("with a key that belongs to another certificate it answers nobody, and says why; then the right one", async () => {
    const right = await selfSigned(HOST);
    edge.renew({ ...right, key: (await selfSigned(HOST)).key });
    await expect(get(`${edge.url}/healthz`)).rejects.toThrow(/alert internal error/);
    await eventually(
      "the reason",
      10,
      async () => edge.log().includes("private key does not match public key") || undefined,
    );
    edge.renew(right);
    expect((await get(`${edge.url}/healthz`)).status).toBe(200);
  });

  test("the key is not to be had at the address to which port-forward leads", async () => {
    const { port } = new URL(edge.certificateUrl);
    expect((await get(edge.certificateUrl)).text).toContain("PRIVATE KEY");
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toThrow(/ECONNREFUSED/);
  });
});

test("the kubelet asks by https, the Service says https, and the key comes from the user's Secret", async () => {
  const objects = await rendered("kind", settings);
  const edgeOf = (kind: string) => objects.find((one) => one.kind === kind && one.metadata.name === "edge")!;
  const { spec } = (edgeOf("Deployment").spec as { template: { spec: PodSpec } }).template;
  const httpGet = { path: "/healthz", port: "https", scheme: "HTTPS" };
  expect(spec.containers[0]).toMatchObject({
    ports: [{ name: "https", containerPort: 8080 }],
    readinessProbe: { httpGet },
    livenessProbe: { httpGet },
    volumeMounts: expect.arrayContaining([{ name: "tls", mountPath: "/etc/edge-tls" }]),
  });
  const items = ["tls.crt", "tls.key"].map((key) => ({ key, path: key }));
  expect(spec.volumes).toContainEqual({ name: "tls", secret: { secretName: "ops-certificate", items } });
  expect(edgeOf("Service").spec).toMatchObject({ ports: [{ name: "https", port: 8080, nodePort: 30080 }] });
  // Of the user's own Secret nothing is made.
  expect(objects.filter(({ metadata }) => metadata.name.includes("ops-certificate"))).toEqual([]);
});
