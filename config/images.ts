import type { Settings } from "./schema";
import versions from "./versions.json";

export type ImageName = keyof typeof versions;

/** docker.io/prom/prometheus:v3.15.0, or the same below the mirror: registry.example.org/prom/prometheus:v3.15.0 */
export function imageOf({ placement }: Settings, name: ImageName): string {
  const { image, tag } = versions[name];
  const path = placement.registry ? `${placement.registry}/${image.split("/").slice(1).join("/")}` : image;
  return `${path}:${tag}`;
}
