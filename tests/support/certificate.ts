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

/** A certificate that signs itself, for host names or an address. */
export async function selfSigned(...hosts: string[]): Promise<{ cert: string; key: string }> {
  const altNames = hosts.map((host) =>
    isIP(host) ? ({ type: 7, ip: host } as const) : ({ type: 2, value: host } as const),
  );
  const { cert, private: key } = await generate([{ name: "commonName", value: hosts[0] }], {
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { cert, key };
}
