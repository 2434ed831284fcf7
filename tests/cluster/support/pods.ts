import { objects } from "./stack";

interface Pod {
  metadata: { name: string; uid: string; labels: Record<string, string> };
  status: { containerStatuses?: { restartCount: number }[] };
}

/** Program -> uids and restarts of its pods: equal where nothing was restarted. */
export async function serverPods(stack = "kind"): Promise<Record<string, string>> {
  const labels = `app.kubernetes.io/part-of=observability-stack,app.kubernetes.io/instance=${stack}`;
  const all = await objects<Pod>("pods", "-A", "-l", labels);
  const found: Record<string, string> = {};
  for (const { metadata, status } of all) {
    const { app } = metadata.labels;
    const restarts = (status.containerStatuses ?? []).map(({ restartCount }) => restartCount).join();
    if (app !== "grafana-rotation") found[app] = `${found[app] ?? ""} ${metadata.uid} ${restarts}`;
  }
  return found;
}
