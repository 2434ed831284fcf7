import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../local/cluster";
import { givenSecrets, lacked } from "../../local/given-secrets";
import { type Present, refuseUnprepared, unprepared, withoutRole } from "../../local/preflight";
import { settingsOf } from "../../config/settings";
import { rendered } from "../support/render";
import { stackWith } from "../support/servers";

/* What of a cluster's own the stack cannot do without: each absence is said before anything is made. */

const gp3 = { metadata: { name: "gp3" }, provisioner: "ebs.csi.aws.com" };
const gp2 = { metadata: { name: "gp2" }, provisioner: "kubernetes.io/aws-ebs" };
const complete: Present = {
  claims: [],
  classes: [gp3, gp2],
  drivers: ["ebs.csi.aws.com"],
  ingressClasses: ["alb"],
};
const bucket = { bucket: "lines", region: "us-east-1" };

const said = async (given: Record<string, unknown>, present: Partial<Present>) => {
  return unprepared(await rendered("kind", { platform: "eks", alerting: { unattended: true }, ...given }), {
    ...complete,
    ...present,
  });
};

test("nothing is said of a cluster that has everything", async () => {
  expect(await said({ logs: { s3: bucket } }, {})).toEqual([]);
});

test("a class that is not there is named once, with the keys that ask for it and what is there", async () => {
  const [one, ...more] = await said({ logs: { storage: { class: "gp2" } } }, { classes: [gp2] });
  expect(more).toEqual([]);
  expect(one).toMatch(
    /^observability:.*metrics\.storage\.class.*: the cluster has no StorageClass gp3\. Allowed: gp2\. .*placement\.createGp3: true/,
  );
  expect(one).not.toContain("logs.storage");
});

test("null asks for a default class, which EKS may lack", async () => {
  const given = { platform: "kind" };
  expect(await said(given, { classes: [gp2] })).toEqual([
    expect.stringMatching(
      /logs\.storage\.class.*no default StorageClass, and null asks for it.*Allowed: gp2/,
    ),
  ]);
  const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
  expect(await said(given, { classes: [{ ...gp2, metadata: { name: "gp2", annotations } }] })).toEqual([]);
});

test("a class that the stack makes is there, the driver behind it is not", async () => {
  const given = { placement: { createGp3: true } };
  expect(await said(given, { classes: [] })).toEqual([]);
  expect(await said(given, { classes: [], drivers: [] })).toEqual([
    expect.stringMatching(
      /gp3 takes its volumes from ebs\.csi\.aws\.com.*lacks.*--addon-name aws-ebs-csi-driver/,
    ),
  ]);
});

test("a class gp3 that the stack has not made is refused, its own of before is not", async () => {
  const given = { placement: { createGp3: true } };
  const refused = (by: string) => [
    expect.stringMatching(
      `^observability:placement\\.createGp3: .* StorageClass gp3 already, which ${by} has made\\. Allowed: false`,
    ),
  ];
  const labelled = (labels: Record<string, string>) => ({
    classes: [{ ...gp3, metadata: { name: "gp3", labels } }],
  });
  const made = { "app.kubernetes.io/part-of": "observability-stack" };
  expect(await said(given, {})).toEqual(refused("somebody else"));
  const helm = { "app.kubernetes.io/instance": "kind" };
  expect(await said(given, labelled(helm))).toEqual(refused("somebody else"));
  const other = { ...made, "app.kubernetes.io/instance": "prod" };
  expect(await said(given, labelled(other))).toEqual(refused("the stack prod"));
  const before = { ...made, "app.kubernetes.io/instance": "kind" };
  expect(await said(given, labelled(before))).toEqual([]);
});

test("what has its volume already asks for no class", async () => {
  const claims = [
    ...["alertmanager-data", "collector-data", "grafana-data", "loki-data", "prometheus-data", "tempo-data"],
  ];
  expect(await said({}, { claims, classes: [], drivers: [] })).toEqual([]);
  expect(await said({}, { claims: claims.slice(1), classes: [] })).toEqual([
    expect.stringContaining("observability:alerting.storage.class"),
  ]);
});

const amp = { url: "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1", region: "us-east-1" };

test("who has neither key nor role is told of Pod Identity, where its agent is missing", () => {
  const withRoles = (given: Record<string, unknown>, agent = false) =>
    withoutRole(settingsOf({ platform: "eks", alerting: { unattended: true }, ...given }, "eks"), agent);
  const logs = { s3: bucket };
  for (const [key, given] of [
    ["logs.s3", { logs }],
    ["tracing.s3", { tracing: { s3: bucket } }],
    ["metrics.amp", { metrics: { amp } }],
  ] as const)
    expect(withRoles(given)).toEqual([
      expect.stringMatching(
        `^observability:${key} .*Set ${key}\\.roleArn, or: aws eks create-addon .*eks-pod-identity-agent`,
      ),
    ]);
  expect(withRoles({ logs }, true)).toEqual([]);
  expect(withRoles({ logs, platform: "kind" })).toEqual([]);
  expect(withRoles({})).toEqual([]);
  const roleArn = "arn:aws:iam::123456789012:role/loki";
  const keys = { accessKeyId: "key", secretAccessKey: "secret-of-lines" };
  for (const more of [{ roleArn }, keys])
    for (const signal of ["logs", "tracing"])
      expect(withRoles({ [signal]: { s3: { ...bucket, ...more } } })).toEqual([]);
  expect(withRoles({ metrics: { amp: { ...amp, roleArn } } })).toEqual([]);
});

test("an Ingress needs its class", () => {
  const ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "edge" },
    spec: { ingressClassName: "alb" },
  };
  expect(unprepared([ingress], complete)).toEqual([]);
  expect(unprepared([ingress], { ...complete, ingressClasses: ["nginx"] })).toEqual([
    expect.stringMatching(
      /no IngressClass alb.*Allowed: nginx.*helm upgrade --install aws-load-balancer-controller .*--set clusterName=NAME$/,
    ),
  ]);
});

describe("Secrets of users' own", () => {
  const edge = { edge: { url: "https://ops.example.org", tls: { secretName: "ops" } } };
  const encrypted = {
    logs: {
      backend: "elasticsearch",
      elasticsearch: { tls: { secretName: "es" }, kibana: { enabled: true } },
    },
  };

  test("each is named once, with the keys that pods mount in its namespace", () => {
    expect(givenSecrets(stackWith())).toEqual([]);
    const setting = "logs.elasticsearch.tls.secretName";
    expect(givenSecrets(stackWith({ ...edge, ...encrypted }))).toEqual([
      {
        ...{ setting: "edge.tls.secretName", namespace: "observability", name: "ops" },
        keys: ["tls.crt", "tls.key"],
      },
      // Grafana, which gets no key, comes first.
      { setting, namespace: "observability", name: "es", keys: ["ca.crt", "tls.crt", "tls.key"] },
      // Filebeat is in the other namespace.
      { setting, namespace: "observability-agents", name: "es", keys: ["ca.crt"] },
    ]);
  });

  test("one that is not there, or lacks a key, is named with the command that makes it", () => {
    const [given] = givenSecrets(stackWith(edge));
    expect(lacked(given, ["ca.crt", "tls.crt", "tls.key"])).toEqual([]);
    // Who previews may read no Secret.
    expect(lacked(given, undefined)).toEqual([]);
    expect(lacked(given, [])).toEqual([
      expect.stringMatching(
        /^observability:edge\.tls\.secretName: the Secret ops in the namespace observability is not there\. .*kubectl -n observability create secret generic ops --from-file=tls\.crt=FILE --from-file=tls\.key=FILE\. .*kubectl create namespace observability\.$/,
      ),
    ]);
    expect(lacked(given, ["tls.crt"])).toEqual([expect.stringContaining(" lacks tls.key. Allowed: ")]);
  });

  test("each is asked for by its name, and for no value; who may not see it is told so, and goes on", async () => {
    const directory = mkdtempSync(join(tmpdir(), "preflight-"));
    const kubectl = join(directory, "kubectl");
    const said = jest.spyOn(console, "error").mockImplementation();
    const asking = (secret: string) => {
      const script = `case "$*" in
*"get secret ops -n observability "*'{{$key}}'*) ${secret};;
*) echo '{"items":[]}';; esac`;
      writeFileSync(kubectl, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return refuseUnprepared([], stackWith(edge), { kubectl, kubeconfig: "none" } as Cluster);
    };
    try {
      await expect(asking("true")).rejects.toThrow(/Secret ops .* is not there[^]*Nothing was changed/);
      await asking("printf 'tls.crt tls.key '");
      expect(said).not.toHaveBeenCalled();
      await asking("echo Forbidden >&2; exit 1");
      expect(said).toHaveBeenCalledWith(expect.stringMatching(/Nobody looked.*edge\.tls.*Forbidden/));
    } finally {
      said.mockRestore();
      rmSync(directory, { recursive: true });
    }
  });
});
