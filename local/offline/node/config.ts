import { programOf } from "../build";
import { yaml } from "../../../config/yaml";

/** What kubeadm is told where the node is made of our image. */
export const kubeadmPatches: string[] = [
  {
    kind: "ClusterConfiguration",
    // The version that is built here; kubeadm's own is another one.
    dns: { imageTag: `v${programOf("coredns").version}` },
    controllerManager: {
      // Where it makes volumes is the node's, not its own container's.
      extraVolumes: [
        {
          name: "volumes",
          hostPath: "/tmp/hostpath_pv",
          mountPath: "/tmp/hostpath_pv",
          pathType: "DirectoryOrCreate",
        },
      ],
    },
  },
  // What they ask for: files/kind/patches.
  { kind: "InitConfiguration", patches: { directory: "/kind/patches" } },
  // Goes on where a setting of the kernel may not be changed.
  { kind: "KubeletConfiguration", featureGates: { KubeletInUserNamespace: true } },
].map(yaml);
