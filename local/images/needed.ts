/** An image and who needs it. */
export interface Needed {
  ref: string;
  by: string;
}

/** The images of all pods that these objects are or make, each once. */
export function imagesOf(manifests: object[]): Needed[] {
  const needed = new Map<string, Needed>();
  for (const manifest of manifests as { metadata: { name: string } }[])
    for (const ref of imagesIn(manifest))
      if (!needed.has(ref)) needed.set(ref, { ref, by: manifest.metadata.name });
  return [...needed.values()];
}

/** Wherever a pod's containers stand: a CronJob has them deeper than a Deployment. */
function imagesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    ["containers", "initContainers"].includes(key)
      ? (inner as { image: string }[]).map(({ image }) => image)
      : imagesIn(inner),
  );
}
