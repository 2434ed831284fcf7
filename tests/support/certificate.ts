import { isIP } from "node:net";
import { generate } from "selfsigned";

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
