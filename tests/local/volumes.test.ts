import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../local/cluster";
import type { Manifest } from "../../local/render";
import {
  type Claim,
  namespacesThatGo,
  refuseVolumes,
  type StorageClass,
  volumeProblems,
  volumesThatGo,
} from "../../local/volumes";
import { clusterOf, ofKind } from "../support/cluster";

/** One that is there says who set its class: Pulumi, or else the cluster, whose default it is. */
const claim = (program: string, name: string, size: string, storageClassName = "standard"): Claim => ({
  metadata: {
    name,
    namespace: "observability",
    labels: { "app.kubernetes.io/name": program },
    annotations: { "observability-stack/setting": "logs.storage" },
    managedFields: [{ operation: "Apply", fieldsV1: { "f:spec": { "f:storageClassName": {} } } }],
  },
  spec: { storageClassName, resources: { requests: { storage: size } } },
});
const loki = (size: string, storageClass?: string) => claim("loki", "loki-data", size, storageClass);
const classes: StorageClass[] = [
  { metadata: { name: "standard" }, allowVolumeExpansion: false },
  { metadata: { name: "gp3" }, allowVolumeExpansion: true },
];

test("what is new or as it was is no problem", () => {
  expect(volumeProblems([loki("5Gi")], [], classes)).toEqual([]);
  expect(volumeProblems([loki("1Gi")], [loki("1024Mi")], classes)).toEqual([]);
});

test("a volume that nothing wants any more is named, with what becomes of it", () => {
  const [there, other] = [loki("5Gi"), claim("elasticsearch", "elasticsearch-data", "5Gi")];
  expect(volumesThatGo([other], [there, other])).toEqual([
    {
      id: "observability/loki-data",
      sentence: "The volume loki-data in observability will be deleted, with all that is on it.",
    },
  ]);
  expect(volumesThatGo([loki("6Gi"), other], [there])).toEqual([]);
});

test("so is a namespace of the stack's; one that it still lives in is only handed over", () => {
  const object = (kind: string, name: string, namespace?: string): Manifest => ({
    ...{ apiVersion: "v1", kind },
    metadata: { name, namespace },
  });
  const there = ["observability", "shop", "shop-old"].map((name) => object("Namespace", name));
  const wanted = [object("Namespace", "observability"), object("ConfigMap", "observability-tracing", "shop")];
  expect(namespacesThatGo(wanted, there)).toEqual([
    { id: "shop-old", sentence: "The namespace shop-old will be deleted, with everything in it." },
  ]);
});

test("another program's that are called an instance like the stack are none of its own", async () => {
  const directory = mkdtempSync(join(tmpdir(), "volumes-"));
  const kubectl = join(directory, "kubectl");
  const both = "-l app.kubernetes.io/part-of=observability-stack,app.kubernetes.io/instance=prod ";
  const theirs = JSON.stringify({ items: [loki("5Gi")] });
  writeFileSync(
    kubectl,
    `#!/bin/sh\ncase "$*" in *"${both}"* | *storageclass*) echo '{"items":[]}';; *) echo '${theirs}';; esac\n`,
    { mode: 0o755 },
  );
  try {
    expect(await refuseVolumes([], "prod", { kubectl, kubeconfig: "none" } as Cluster)).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a volume grows where its class lets it", () => {
  expect(volumeProblems([loki("6Gi", "gp3")], [loki("5Gi", "gp3")], classes)).toEqual([]);
});

test.each([["standard"], ["of-somebody-who-took-it-away"]])("and not in class %s", (storageClass) => {
  expect(volumeProblems([loki("6Gi", storageClass)], [loki("5Gi", storageClass)], classes)).toEqual([
    expect.stringMatching(
      /observability:logs\.storage\.size is 6Gi, and the volume loki-data has 5Gi:.*allowVolumeExpansion.*Allowed: 5Gi/,
    ),
  ]);
});

test("no volume shrinks", () => {
  expect(volumeProblems([loki("4Gi", "gp3")], [loki("5Gi", "gp3")], classes)).toEqual([
    expect.stringMatching(/logs\.storage\.size is 4Gi.*cannot shrink. Allowed: 5Gi or more/),
  ]);
});

describe("a volume keeps its class", () => {
  const unnamed = (storageClass?: string): Claim => {
    const { metadata, spec } = loki("5Gi");
    return {
      metadata: { ...metadata, managedFields: [{ operation: "Apply", fieldsV1: { "f:spec": {} } }] },
      spec: { ...spec, storageClassName: storageClass },
    };
  };

  test.each([
    ["gp3", "standard", loki("6Gi", "gp3"), loki("5Gi")],
    // Pulumi would replace it even where the names are one class.
    ["gp3", "null", loki("5Gi", "gp3"), unnamed("gp3")],
    ["null", "gp3", unnamed(), loki("5Gi", "gp3")],
  ])("%s does not follow %s", (name, old, wanted, there) => {
    expect(volumeProblems([wanted], [there], classes)).toEqual([
      expect.stringMatching(
        `logs.storage.class is ${name}, and the volume loki-data was made with ${old}: .*empty one. Allowed: ${old}\\.`,
      ),
    ]);
  });

  test("and where none is named, the cluster's default of when it was made", () => {
    expect(volumeProblems([unnamed()], [unnamed("gp3")], classes)).toEqual([]);
  });
});

test("a volume does not move to another namespace, where it would be empty", () => {
  const there = [loki("5Gi"), claim("tempo", "tempo-data", "5Gi")];
  const wanted = there.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: "elsewhere" } }));
  expect(volumeProblems(wanted, there, classes)).toEqual([
    expect.stringMatching(/observability:namespaces would move the stack from observability to elsewhere/),
  ]);
});

describe("replicas", () => {
  const three = [0, 1, 2].map((index) => claim("loki", `data-loki-${index}`, "5Gi"));

  test("one does not become three over existing data, nor the other way round; the steps are named", () => {
    const [problem] = volumeProblems(three, [loki("5Gi")], classes);
    expect(problem).toMatch(/an empty volume data-loki-<n> and leave its data in loki-data.*1\..*2\..*3\./s);
    expect(volumeProblems(three, [loki("5Gi")], classes)).toHaveLength(1);
    expect(volumeProblems([loki("5Gi")], three, classes)).toHaveLength(1);
  });

  test("what keeps only what it has not sent yet may be one or several; its volumes are named among those that go", async () => {
    const samplers = async (replicas: number) => {
      const tailSampling = { enabled: true, percent: 10, replicas };
      const objects = await clusterOf({ tracing: { tailSampling } });
      return ofKind(objects, "PersistentVolumeClaim").filter(
        ({ metadata }) => metadata.labels!["app.kubernetes.io/name"] === "sampler",
      ) as unknown as Claim[];
    };
    const [one, two] = [await samplers(1), await samplers(2)];
    expect(volumeProblems(one, two, classes)).toEqual([]);
    expect(volumeProblems(two, one, classes)).toEqual([]);
    expect(volumesThatGo(one, two).map(({ id }) => id)).toEqual([
      "observability/data-sampler-0",
      "observability/data-sampler-1",
    ]);
  });

  test("more or fewer of several are no problem, nor another program's volume", () => {
    expect(volumeProblems(three, three.slice(0, 1), classes)).toEqual([]);
    expect(volumeProblems([loki("5Gi")], [claim("tempo", "tempo-data", "5Gi")], classes)).toEqual([]);
  });
});
