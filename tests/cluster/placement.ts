import { type Context, up } from "./start";
import { apply, kubectl, objects, succeeded } from "./support/stack";

const TAINT = "observability";
const POOL = "observability.example.org/pool";

const placement = {
  registry: "mirror.example.org/team",
  imagePullSecrets: ["mirror"],
  nodeSelector: { [POOL]: "own" },
  tolerations: [{ key: TAINT, operator: "Equal", value: "only", effect: "NoSchedule" }],
  labels: { team: "platform" },
  annotations: { "example.org/note": "paid by the platform team" },
  priorityClassName: "observability",
};

/** Every key of `placement` at once, on a node that takes no other pod. */
export function placed(context: Context): void {
  describe("placement", () => {
    const own = ["-A", "-l", "app.kubernetes.io/part-of=observability-stack,app.kubernetes.io/instance=kind"];

    test("pods run on the node that is set apart for them", async () => {
      await kubectl(["taint", "nodes", "--all", `${TAINT}=only:NoSchedule`]);
      await kubectl(["label", "nodes", "--all", `${POOL}=own`]);
      const kind = { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass" };
      await apply([{ ...kind, metadata: { name: placement.priorityClassName }, value: 1000 }]);
      const ran = await up({ ...context.given, placement });
      // What runs may stay, and whatever comes next finds the node as it was.
      await kubectl(["taint", "nodes", "--all", `${TAINT}-`]);
      succeeded(ran);

      const pods = await objects<Pod>("pods", ...own, "--field-selector", "status.phase=Running");
      expect(pods.length).toBeGreaterThanOrEqual(10);
      for (const { metadata, spec } of pods) {
        expect(metadata).toMatchObject({ labels: placement.labels, annotations: placement.annotations });
        expect(spec).toMatchObject({
          priorityClassName: "observability",
          imagePullSecrets: [{ name: "mirror" }],
        });
        for (const { image } of spec.containers) expect(image).toMatch(/^mirror\.example\.org\/team\//);
      }
      // Agents run on every node, whatever it is set apart for.
      const chosen = pods.filter(({ spec }) => spec.nodeSelector?.[POOL] === "own");
      expect(pods.length - chosen.length).toBe(2);
    });

    test("labels and annotations are on every object, claims too, and go again", async () => {
      const kinds = "pods,statefulsets,services,configmaps,secrets,persistentvolumeclaims,serviceaccounts";
      const all = await objects<Pod>(kinds, ...own);
      expect(all.filter(({ metadata }) => metadata.labels.team !== "platform")).toEqual([]);
      succeeded(await up(context.given));
      const after = await objects<Pod>(kinds, ...own);
      expect(after.filter(({ metadata }) => "team" in metadata.labels)).toEqual([]);
    });
  });
}

interface Pod {
  metadata: { labels: Record<string, string>; annotations: object };
  spec: {
    containers: { image: string }[];
    nodeSelector?: Record<string, string>;
    priorityClassName?: string;
  };
}
