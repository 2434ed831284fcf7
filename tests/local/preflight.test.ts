import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../local/cluster";
import {
  type Present,
  refuseUnprepared,
  unprepared,
  withoutCertificate,
  withoutRole,
} from "../../local/preflight";
import { settingsOf } from "../../config/settings";
import { rendered } from "../support/render";

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

test("what has its volume already asks for no class", async () => {
  const claims = [
    ...["alertmanager-data", "collector-data", "grafana-data", "loki-data", "prometheus-data", "tempo-data"],
  ];
  expect(await said({}, { claims, classes: [], drivers: [] })).toEqual([]);
  expect(await said({}, { claims: claims.slice(1), classes: [] })).toEqual([
    expect.stringContaining("observability:alerting.storage.class"),
  ]);
});

test("who has neither key nor role is told of Pod Identity, where its agent is missing", () => {
  const withRoles = (given: Record<string, unknown>, agent = false) =>
    withoutRole(settingsOf({ platform: "eks", alerting: { unattended: true }, ...given }, "eks"), agent);
  const logs = { s3: bucket };
  expect(withRoles({ logs })).toEqual([
    expect.stringMatching(
      /^observability:logs\.s3 .*Set logs\.s3\.roleArn, or: aws eks create-addon .*eks-pod-identity-agent/,
    ),
  ]);
  expect(withRoles({ logs }, true)).toEqual([]);
  expect(withRoles({ logs, platform: "kind" })).toEqual([]);
  expect(withRoles({})).toEqual([]);
  const roleArn = "arn:aws:iam::123456789012:role/loki";
  const keys = { accessKeyId: "key", secretAccessKey: "secret-of-lines" };
  for (const more of [{ roleArn }, keys])
    expect(withRoles({ logs: { s3: { ...bucket, ...more } } })).toEqual([]);
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
    expect.stringMatching(/no IngressClass alb.*Allowed: nginx.*AWS Load Balancer Controller/),
  ]);
});

test("https at the edge needs its certificate, in a Secret of the right type", () => {
  const given = { url: "https://ops.example.org", tls: { secretName: "ops" } };
  const saidOf = (type?: string) => withoutCertificate(settingsOf({ edge: given }, "kind"), type);
  expect(saidOf("kubernetes.io/tls")).toEqual([]);
  // Who previews may read no Secret.
  expect(saidOf(undefined)).toEqual([]);
  expect(saidOf("")).toEqual([
    expect.stringMatching(
      /edge\.tls\.secretName: the Secret ops is not in the namespace observability\. .*kubectl -n observability create secret tls ops --cert=FILE/,
    ),
  ]);
  expect(saidOf("Opaque")).toEqual([expect.stringContaining("ops is of type Opaque")]);
});

test("that Secret is asked for by its name; who may not see it is told so, and goes on", async () => {
  const directory = mkdtempSync(join(tmpdir(), "preflight-"));
  const kubectl = join(directory, "kubectl");
  const settings = settingsOf(
    { edge: { url: "https://ops.example.org", tls: { secretName: "ops" } } },
    "kind",
  );
  const said = jest.spyOn(console, "error").mockImplementation();
  const asking = (secret: string) => {
    const script = `case "$*" in *"get secret ops -n observability "*) ${secret};; *) echo '{"items":[]}';; esac`;
    writeFileSync(kubectl, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return refuseUnprepared([], settings, { kubectl, kubeconfig: "none" } as Cluster);
  };
  try {
    await expect(asking("true")).rejects.toThrow(/Secret ops is not in the namespace[^]*Nothing was changed/);
    await asking("printf kubernetes.io/tls");
    expect(said).not.toHaveBeenCalled();
    await asking("echo Forbidden >&2; exit 1");
    expect(said).toHaveBeenCalledWith(expect.stringMatching(/Nobody looked.*edge\.tls.*Forbidden/));
  } finally {
    said.mockRestore();
    rmSync(directory, { recursive: true });
  }
});
