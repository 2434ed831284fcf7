import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Files, Program, Stack } from "../../programs/program";

type Volume = types.input.core.v1.Volume;

/** A volume of the pod and where its containers see it. */
export interface Mount {
  name: string;
  path: string;
  /** None: the StatefulSet's template says which claim. */
  source?: Omit<Volume, "name">;
  readOnly?: boolean;
  mountPropagation?: "HostToContainer";
}

/** Names, in the cluster, of the objects that a pod mounts; by what the program calls them. */
export interface Names {
  files: Map<string, Input<string>>;
  secrets: Map<string, Input<string>>;
  claim?: Input<string>;
}

/** Everything that a program mounts, in the order: files, Secrets, data, the node's directories, empty ones. */
export function mountsOf(stack: Stack, program: Program, names: Names): Mount[] {
  const data = program.data?.(stack.settings);
  return [
    ...fileMounts(program.files?.(stack) ?? [], names),
    ...(program.secrets?.(stack) ?? []).flatMap(({ name, volume, path, existing }): Mount[] => {
      // Of a Secret that is not ours nobody gets more than he needs.
      const items = existing?.keys.map((key) => ({ key, path: key }));
      const secret = { secretName: names.secrets.get(name), ...(items ? { items } : {}) };
      return path ? [{ name: volume ?? name, path, source: { secret } }] : [];
    }),
    ...(data
      ? [{ name: "data", path: data.path, ...(names.claim ? { source: claimSource(names.claim) } : {}) }]
      : []),
    ...(program.host?.(stack) ?? []).map(
      ({ name, path, source, type, readOnly, seesLaterMounts }): Mount => ({
        name,
        path,
        source: { hostPath: { path: source, ...(type ? { type } : {}) } },
        ...(readOnly ? { readOnly } : {}),
        ...(seesLaterMounts ? { mountPropagation: "HostToContainer" } : {}),
      }),
    ),
    ...Object.entries(program.scratch ?? {}).map(([name, { path, sizeLimit }]): Mount => ({
      name,
      path,
      source: { emptyDir: sizeLimit ? { sizeLimit } : {} },
    })),
  ];
}

const claimSource = (claimName: Input<string>) => ({ persistentVolumeClaim: { claimName } });

function fileMounts(all: Files[], names: Names): Mount[] {
  const shared = new Map<string, Mount>();
  return all.flatMap(({ name, files, path, volume }): Mount[] => {
    const configMap = { name: names.files.get(name)! };
    if (typeof path !== "string")
      return Object.keys(files).map((file) => ({
        name: file.replace(/\.\w+$/, ""),
        path: path[file],
        source: { configMap: { ...configMap, items: [{ key: file, path: file }] } },
      }));
    if (!volume) return [{ name, path, source: { configMap } }];
    const known = shared.get(volume);
    if (known) {
      sourcesOf(known).push({ configMap });
      return [];
    }
    const mount = { name: volume, path, source: { projected: { sources: [{ configMap }] } } };
    shared.set(volume, mount);
    return [mount];
  });
}

const sourcesOf = ({ source }: Mount) => (source!.projected as { sources: object[] }).sources;
