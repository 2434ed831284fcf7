/** Which images a stack needs, and where each comes from; registries are played, and nothing is compiled. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { scratch } from "../support/own-cache";
import { rendered } from "../support/render";
import versions from "../../config/versions.json";
import { UserError } from "../../local/errors";
import { imagesOf, planImages, provideImages, refOf } from "../../local/images";
import { recipes } from "../../local/offline/images/recipes";

jest.mock("../../local/offline/debian", () => ({ debianPackages: () => Promise.resolve(debian) }));
const debian = join(scratch, "debian");
const zipkin = { ref: "docker.io/openzipkin/zipkin:9.9.9", by: "zipkin" };

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the images that a stack needs", () => {
  it("are those of its pods, and each can be built", async () => {
    const needed = imagesOf(await rendered("kind"));
    const refs = needed.map(({ ref }) => ref);
    expect(refs).toEqual(expect.arrayContaining([refOf("prometheus"), refOf("grafana"), refOf("caddy")]));
    expect(refs).toEqual([...new Set(refs)]);
    // Not all that exist: nothing of it runs Redis or an exporter for it.
    for (const other of ["redis", "redis-exporter", "ticketing"] as const)
      expect(refs).not.toContain(refOf(other));
    for (const { recipe } of planImages(needed, false)) expect(recipe).toBeDefined();
  });

  it("fewer where less is deployed", async () => {
    const refs = imagesOf(await rendered("kind", { edge: { enabled: false } })).map(({ ref }) => ref);
    expect(refs).not.toContain(refOf("caddy"));
  });

  it("of the stores of traces the one that is chosen", async () => {
    const stores = async (given: object) =>
      imagesOf(await rendered("kind", given as Record<string, unknown>))
        .map(({ ref }) => ref)
        .filter((ref) => [refOf("tempo"), refOf("jaeger"), refOf("zipkin")].includes(ref));
    expect(await stores({})).toEqual([refOf("tempo")]);
    for (const backend of ["jaeger", "zipkin"] as const)
      expect(await stores({ tracing: { backend } })).toEqual([refOf(backend)]);
  });

  it("below a mirror are its, and can be built all the same", async () => {
    const registry = "mirror.example.org:5000/team";
    const needed = imagesOf(await rendered("kind", { placement: { registry } }));
    for (const { ref } of needed) expect(ref).toMatch(/^mirror\.example\.org:5000\/team\/.+:.+/);
    for (const { recipe } of planImages(needed, false)) expect(recipe).toBeDefined();
  });

  it("count wherever a pod's containers stand, with who needs them", () => {
    const pod = { initContainers: [{ image: "r/init:1" }], containers: [{ image: "r/main:1" }] };
    const job = {
      metadata: { name: "nightly" },
      spec: { jobTemplate: { spec: { template: { spec: pod } } } },
    };
    const image = { metadata: { name: "settings" }, data: { image: "r/none:1", containers: [] } };
    expect(imagesOf([job, image, { metadata: { name: "again" }, spec: pod }])).toEqual([
      { ref: "r/init:1", by: "nightly" },
      { ref: "r/main:1", by: "nightly" },
    ]);
  });
});

describe("where images come from", () => {
  const all = Object.keys(versions).map((name) => ({ ref: refOf(name as keyof typeof versions), by: name }));

  it("nodes that pull: nothing is built, whether it could be or not", async () => {
    expect(planImages([...all, zipkin], true).filter(({ recipe }) => recipe)).toEqual([]);
    const [{ ref, built, version }] = await provideImages([{ ref: zipkin.ref }], () => undefined);
    expect({ ref, built, version }).toEqual({ ref: zipkin.ref, built: false, version: "9.9.9" });
  });

  it("nodes without a way out: all is built, but for what is tried nowhere here", () => {
    const tried = all.filter(({ by }) => versions[by as keyof typeof versions].tested !== "none");
    const untried = all.filter((one) => !tried.includes(one)).map(({ by }) => by);
    expect(untried.sort()).toEqual(["kiali", "kibana", "logstash"]);
    for (const { recipe } of planImages(tried, false)) expect(recipe).toBeDefined();
    expect(() => planImages(all, false)).toThrow(
      /quay\.io\/kiali\/kiali:\S+, which kiali needs[^]*--context NAME/,
    );
  });

  it("one that cannot be built: the error names it, who needs it and what to do", () => {
    const refused = () => planImages([...all.filter(({ by }) => by !== "kiali"), zipkin], false);
    expect(refused).toThrow(UserError);
    expect(refused).toThrow(/docker\.io\/openzipkin\/zipkin:9\.9\.9, which zipkin needs[^]*--context NAME/);
    // Those that can be built are no trouble of the user's.
    expect(refused).not.toThrow(/prometheus/);
  });

  it("another tag than the one that is built here is another image", async () => {
    expect(() => planImages([{ ref: "docker.io/library/caddy:1", by: "edge" }], false)).toThrow("caddy:1");
  });
});

describe("an image that is built", () => {
  const kept = recipes.caddy!;
  afterEach(() => void (recipes.caddy = kept));

  it("has the name that the pods have, below a mirror too", async () => {
    mkdirSync(join(debian, "usr/bin"), { recursive: true });
    // Stands for umoci: makes an image layout with one manifest.
    const umoci = `#!/bin/sh\n[ "$1" != init ] || { mkdir -p "$3"; echo '{"manifests":[{}]}' > "$3/index.json"; }\n`;
    writeFileSync(join(debian, "usr/bin/umoci"), umoci);
    chmodSync(join(debian, "usr/bin/umoci"), 0o755);
    recipes.caddy = { ...kept, inputs: () => Promise.resolve(["input"]), fill: () => Promise.resolve() };

    const direct = refOf("caddy");
    const mirrored = direct.replace("docker.io", "mirror.example.org:5000/team");
    const planned = planImages(
      [
        { ref: direct, by: "edge" },
        { ref: mirrored, by: "edge" },
      ],
      false,
    );
    const images = await provideImages(planned, () => undefined);
    const names = images.map(async ({ archive }) => {
      const { stdout } = await execa("tar", ["-xOf", archive!, "./index.json"]);
      return JSON.parse(stdout).manifests[0].annotations;
    });
    expect(await Promise.all(names)).toEqual(
      [direct, mirrored].map((ref) => ({
        "io.containerd.image.name": ref,
        "org.opencontainers.image.ref.name": direct.split(":")[1],
      })),
    );
    expect(images).toEqual([
      expect.objectContaining({ ref: direct, version: kept.version, built: true }),
      expect.objectContaining({ ref: mirrored, version: kept.version, built: true }),
    ]);
  });
});
