import { isIP } from "node:net";
import { generate } from "selfsigned";

/** For tables of settings. Nobody has its key. */
export const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQ6gAwIBAgIJMBFJQz6M+eu5MAkGByqGSM49BAEwIDEeMBwGA1UEAxMV
YXV0aG9yaXR5LmV4YW1wbGUub3JnMB4XDTI2MTEyMzE3MDg1NloXDTI3MTEyMzE3
MDg1NlowIDEeMBwGA1UEAxMVYXV0aG9yaXR5LmV4YW1wbGUub3JnMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEBHIz1q1Gk1/kobc6qXldSQeAOZIu2xrlxl6ovfGb
4QCunQs4livuWkkCjTWaF2LYe4VLuW+JovyLqSoHzPss26MyMDAwDAYDVR0TBAUw
AwEB/zAgBgNVHREEGTAXghVhdXRob3JpdHkuZXhhbXBsZS5vcmcwCQYHKoZIzj0E
AQNIADBFAiEA/O4aBfzSPyQeyxIVMuiumdJZLTGiqR7lnEVmzV5uvBMCIHPOh9Fi
d8lHSEXmDs+nXTu1JEIPNY4XNBFqSdRsso+t
-----END CERTIFICATE-----
`;

/** In ms. */
const A_YEAR = 365 * 86_400_000;

interface Certificate {
  cert: string;
  key: string;
}

/** A certificate that signs itself, for host names or an address. */
export const selfSigned = (...hosts: string[]): Promise<Certificate> => made(hosts, { cA: true });

/** One that ends then, in place of in a year. */
export const selfSignedUntil = (ends: Date, host: string): Promise<Certificate> =>
  made([host], { cA: true, ends });

/** An authority, which signs others. */
export interface Authority extends Certificate {
  /** For host names or an address; its owner may call others by it as well as be called. */
  sign(...hosts: string[]): Promise<Certificate>;
}

export async function newAuthority(): Promise<Authority> {
  const ca = await selfSigned("authority");
  return { ...ca, sign: (...hosts) => made(hosts, { cA: false, ca }) };
}

async function made(
  hosts: string[],
  { cA, ca, ends }: { cA: boolean; ca?: Certificate; ends?: Date },
): Promise<Certificate> {
  const altNames = hosts.map((host) =>
    isIP(host) ? ({ type: 7, ip: host } as const) : ({ type: 2, value: host } as const),
  );
  const { cert, private: key } = await generate([{ name: "commonName", value: hosts[0] }], {
    keyType: "ec",
    // Its default is one that nobody takes from an authority any more.
    algorithm: "sha256",
    ca,
    ...(ends ? { notBeforeDate: new Date(ends.getTime() - A_YEAR), notAfterDate: ends } : {}),
    extensions: [
      { name: "basicConstraints", cA },
      ...(ca ? [{ name: "extKeyUsage", serverAuth: true, clientAuth: true } as const] : []),
      { name: "subjectAltName", altNames },
    ],
  });
  return { cert, key };
}
