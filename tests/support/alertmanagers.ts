import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { yaml } from "../../config/yaml";
import { pathOf } from "../../programs/addresses";
import {
  alertmanagerArgs,
  alertmanagerConfig,
  alertmanagerSecrets,
  SECRETS,
} from "../../programs/alertmanager";
import type { Stack } from "../../programs/program";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { Server } from "./servers";

export interface Alertmanager {
  server: Server;
  /** host:port of its API. */
  address: string;
  url: string;
}

/** As many as the stack has, on loopback, with the arguments that it gives them, save for places, and less patience. */
export async function alertmanagerServers(directory: string, stack: Stack): Promise<Alertmanager[]> {
  const { replicas } = stack.settings.alerting;
  const all = await Promise.all(
    Array.from({ length: replicas }, async () => ({ http: await freePort(), gossip: await freePort() })),
  );
  const secrets = join(directory, "secrets");
  mkdirSync(secrets, { recursive: true });
  for (const [name, secret] of Object.entries(alertmanagerSecrets(stack.settings)))
    writeFileSync(join(secrets, name), secret);
  const config = join(directory, "alertmanager.yml");
  writeFileSync(config, yaml(alertmanagerConfig(stack)).replaceAll(SECRETS, secrets));
  return all.map(({ http, gossip }, index) => {
    const others = alertmanagerArgs(stack).map((arg) =>
      arg
        .replace("[$(POD_IP)]:9094", `127.0.0.1:${gossip}`)
        .replace(
          /alertmanager(?:-(\d))?-0\.alertmanager-headless\.observability\.svc:9094/,
          (_, peer: string = "0") => `127.0.0.1:${all[Number(peer)].gossip}`,
        )
        .replace("/etc/alertmanager/config/alertmanager.yml", config)
        .replace("--storage.path=/alertmanager", `--storage.path=${join(directory, String(index))}`),
    );
    const address = `127.0.0.1:${http}`;
    // Each waits that long for those before it; in the cluster 15 s.
    const here = [`--web.listen-address=${address}`, ...(replicas > 1 ? ["--cluster.peer-timeout=3s"] : [])];
    const server = new Server(binary("alertmanager", "alertmanager")!, [...others, ...here]);
    return { server, address, url: `http://${address}${pathOf(stack, "alertmanager")}` };
  });
}
