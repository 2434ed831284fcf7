/**
 * The keys of a cluster, as files. The authority and the key that signs service-account tokens are made once and
 * kept; everything they sign is made anew at each start, because the addresses may have changed (2 ms each).
 */
import "reflect-metadata"; // wanted by @peculiar/x509
import * as x509 from "@peculiar/x509";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { join } from "node:path";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const year = 365 * 24 * 3600 * 1000;

/** A certificate to issue: `names` are the DNS names and IP addresses it is valid for. */
export interface Subject {
  file: string;
  commonName: string;
  organization?: string;
  names?: string[];
}

/** PEM text of a certificate and of its key. */
export interface Identity {
  certificate: string;
  key: string;
}

/** Every client and server of the control plane. `system:masters` and the rest are names Kubernetes knows. */
export function subjects(nodeName: string, nodeAddress: string, serviceAddress: string): Subject[] {
  const api = "kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local";
  return [
    {
      file: "apiserver",
      commonName: "kube-apiserver",
      names: [...api.split(" "), "localhost", "127.0.0.1", nodeAddress, serviceAddress],
    },
    { file: "apiserver-kubelet-client", commonName: "kube-apiserver", organization: "system:masters" },
    { file: "admin", commonName: "kubernetes-admin", organization: "system:masters" },
    { file: "controller-manager", commonName: "system:kube-controller-manager" },
    { file: "scheduler", commonName: "system:kube-scheduler" },
    { file: "proxy", commonName: "system:kube-proxy" },
    { file: "dns", commonName: "cluster-dns", organization: "system:masters" },
    {
      file: "kubelet",
      commonName: `system:node:${nodeName}`,
      organization: "system:nodes",
      names: [nodeName, nodeAddress],
    },
  ];
}

/** Writes `ca`, `service-account` and one pair (`X.crt`, `X.key`) for each subject into `directory`. */
export async function writeCertificates(directory: string, wanted: Subject[]): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (!existsSync(join(directory, "service-account.key"))) {
    write(directory, "ca", await authority());
    write(directory, "service-account", await authority());
  }
  const ca = read(directory, "ca");
  await Promise.all(wanted.map(async (subject) => write(directory, subject.file, await issue(ca, subject))));
}

/** Reads a pair that {@link writeCertificates} wrote. */
export function read(directory: string, file: string): Identity {
  const text = (ending: string) => readFileSync(join(directory, file + ending), "utf8");
  return { certificate: text(".crt"), key: text(".key") };
}

function write(directory: string, file: string, identity: Identity): void {
  writeFileSync(join(directory, `${file}.crt`), identity.certificate);
  writeFileSync(join(directory, `${file}.key`), identity.key, { mode: 0o600 });
}

async function authority(): Promise<Identity> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: "CN=observability-stack local cluster",
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await pem(keys.privateKey) };
}

async function issue(ca: Identity, subject: Subject): Promise<Identity> {
  const issuer = new x509.X509Certificate(ca.certificate);
  const caKey = x509.PemConverter.decodeFirst(ca.key);
  const signingKey = await webcrypto.subtle.importKey("pkcs8", caKey, algorithm, false, ["sign"]);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(),
    subject: [{ CN: [subject.commonName] }, ...(subject.organization ? [{ O: [subject.organization] }] : [])],
    issuer: issuer.subject,
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.clientAuth,
        x509.ExtendedKeyUsage.serverAuth,
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(subject.names
        ? [new x509.SubjectAlternativeNameExtension(subject.names.map(alternativeName))]
        : []),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await pem(keys.privateKey) };
}

const alternativeName = (name: string): x509.JsonGeneralName => ({
  type: /^[\d.]+$/.test(name) ? "ip" : "dns",
  value: name,
});

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

const pem = async (key: webcrypto.CryptoKey) =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");

/** From an hour ago, so that a clock that is set back does no harm, for ten years: a cluster is thrown away before. */
const validity = () => ({
  notBefore: new Date(Date.now() - 3600 * 1000),
  notAfter: new Date(Date.now() + 10 * year),
});
