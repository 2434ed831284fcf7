import { bytes, millicores } from "../config/units";
import { idOf, type Manifest, rendered, withPods } from "./support/render";

let stacks: Record<string, Manifest[]>;
beforeAll(async () => {
  stacks = { kind: await rendered("kind"), prod: await rendered("prod") };
});

describe.each(["kind", "prod"])("every object of %s", (stack) => {
  const manifests = () => stacks[stack];

  test("pods are restricted; the agents differ by host paths and Alloy by its user", () => {
    const allowed = manifests()
      .filter(({ kind }) => kind === "ClusterRoleBinding")
      .map(({ metadata }) => metadata.labels?.app);
    for (const { manifest, template } of withPods(manifests())) {
      const { spec } = template;
      const agent = manifest.kind === "DaemonSet";
      expect([idOf(manifest), spec.securityContext]).toEqual([
        idOf(manifest),
        expect.objectContaining({
          runAsNonRoot: manifest.metadata.name !== "alloy",
          seccompProfile: { type: "RuntimeDefault" },
        }),
      ]);
      expect(spec).not.toHaveProperty("hostNetwork");
      expect(spec).not.toHaveProperty("hostPID");
      expect([idOf(manifest), spec.volumes.some((volume) => "hostPath" in volume)]).toEqual([
        idOf(manifest),
        agent,
      ]);
      expect(spec.automountServiceAccountToken).toBe(allowed.includes(manifest.metadata.labels?.app));
      for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(container.securityContext).not.toHaveProperty("privileged");
        for (const side of ["requests", "limits"] as const) {
          expect(millicores(container.resources[side].cpu)).toBeGreaterThan(0);
          expect(bytes(container.resources[side].memory)).toBeGreaterThan(0);
        }
        for (const probe of [container.readinessProbe, container.livenessProbe])
          expect(probe ?? {}).not.toHaveProperty("exec");
        if (manifest.kind !== "Job" && !spec.initContainers?.includes(container))
          expect([idOf(manifest), container.readinessProbe, container.livenessProbe]).not.toContain(
            undefined,
          );
      }
    }
  });

  test("labels on all, selectors without a version", () => {
    for (const manifest of manifests()) {
      expect(manifest.metadata.labels).toMatchObject({
        "app.kubernetes.io/part-of": "observability-stack",
        "app.kubernetes.io/instance": stack,
      });
      const { selector } = (manifest.spec ?? {}) as { selector?: { matchLabels?: object } };
      const own = ["app.kubernetes.io/instance", "app.kubernetes.io/name"];
      if (selector)
        expect([own, [...own, "observability-stack/replica"]]).toContainEqual(
          Object.keys(selector.matchLabels ?? selector).sort(),
        );
    }
  });

  test("names of cluster-wide objects hold the stack", () => {
    for (const { kind, metadata } of manifests())
      if (!metadata.namespace && !["Namespace", "StorageClass"].includes(kind))
        expect(metadata.name).toContain(stack);
  });

  test("no CRD, few objects, no file near the limit", () => {
    const native =
      /^(v1|apps\/v1|batch\/v1|policy\/v1|storage\.k8s\.io\/v1|networking\.k8s\.io\/v1|rbac\.authorization\.k8s\.io\/v1)$/;
    expect(
      manifests()
        .filter(({ apiVersion }) => !native.test(apiVersion))
        .map(idOf),
    ).toEqual([]);
    expect(manifests().length).toBeLessThanOrEqual(stack === "kind" ? 74 : 101);
    expect(
      manifests()
        .filter((one) => Buffer.byteLength(JSON.stringify(one)) > 240_000)
        .map(idOf),
    ).toEqual([]);
  });

  test("immutable files and Secrets are named by Pulumi, files that are re-read by us", () => {
    for (const one of manifests().filter(({ kind }) => ["ConfigMap", "Secret"].includes(kind)))
      expect([idOf(one), one.metadata.name.endsWith("[auto]")]).toEqual([idOf(one), one.immutable === true]);
  });
});

test("the default stack's pods ask for 1,328 MiB and less than 1 CPU", () => {
  const containers = withPods(stacks.kind)
    .filter(({ manifest }) => manifest.kind !== "Job")
    .flatMap(({ template }) => template.spec.containers.map(({ resources }) => resources.requests));
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(containers.map(({ memory }) => bytes(memory)))).toBeLessThanOrEqual(1328 * 2 ** 20);
  expect(sum(containers.map(({ cpu }) => millicores(cpu)))).toBeLessThan(1000);
});

test("no secret outside Secrets", async () => {
  const url = (name: string) => `https://sentinel-${name}.example.org/`;
  const manifests = await rendered("kind", {
    alerting: {
      receivers: [
        { name: "a", slack: { url: url("slack"), channel: "#a" } },
        { name: "b", webhook: { url: url("webhook") }, email: { to: "a@example.org" } },
      ],
      routes: [{ severity: "critical", receiver: "b" }],
      heartbeat: { url: url("heartbeat") },
      smtp: {
        smarthost: "smtp.example.org:587",
        from: "a@example.org",
        username: "u",
        password: "sentinel-password",
      },
    },
  });
  const [secrets, others] = [true, false].map((is) =>
    manifests.filter(({ kind }) => (kind === "Secret") === is),
  );
  expect(JSON.stringify(others)).not.toContain("sentinel");
  const receivers = secrets.find(({ metadata }) => metadata.name.includes("receivers"))!;
  expect(Object.keys(receivers.stringData as object).sort()).toEqual([
    "heartbeat",
    "slack-0",
    "smtp",
    "webhook-1",
  ]);
  expect(JSON.stringify(secrets)).not.toContain("sentinel");
});

test("two stacks share a cluster without sharing an object", async () => {
  const second = await rendered("prod", {
    platform: "kind",
    namespaces: { stack: "second", agents: "second-agents" },
    metrics: { nodePort: null },
    grafana: { nodePort: null },
    edge: { nodePort: null },
  });
  const first = new Set(stacks.kind.map(idOf));
  expect(second.map(idOf).filter((id) => first.has(id))).toEqual([]);
});

test("placement arrives everywhere", async () => {
  const manifests = await rendered("kind", {
    placement: {
      registry: "mirror.example.org/team",
      imagePullSecrets: ["pull"],
      tolerations: [{ key: "only", operator: "Exists" }],
      nodeSelector: { pool: "obs" },
      priorityClassName: "high",
      labels: { team: "platform" },
      annotations: { note: "x" },
    },
  });
  for (const { metadata } of manifests) {
    expect(metadata.labels).toMatchObject({ team: "platform" });
    expect(metadata.annotations).toMatchObject({ note: "x" });
  }
  for (const { manifest, template } of withPods(manifests)) {
    const agent = manifest.kind === "DaemonSet";
    expect(template.metadata.labels).toMatchObject({ team: "platform" });
    expect(template.spec).toMatchObject({
      imagePullSecrets: [{ name: "pull" }],
      priorityClassName: "high",
      tolerations: agent ? [{ operator: "Exists" }] : [{ key: "only", operator: "Exists" }],
      nodeSelector: agent ? { "kubernetes.io/os": "linux" } : { pool: "obs" },
    });
    for (const { image } of template.spec.containers)
      expect(image).toMatch(/^mirror\.example\.org\/team\/[a-z-]+\//);
  }
});
