/** The pure parts of a Docker of our own. That it runs is proven in tests/cluster. */
import fc from "fast-check";
import { hierarchies } from "../../local/offline/docker/cgroups";
import { linkAddresses, placeIn } from "../../local/offline/docker/place";

test("every directory gives an interface name that Linux takes, and two directories never the same", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(placeIn(a).id).toMatch(/^obs-[0-9a-f]{8}$/);
      expect(placeIn(a).id === placeIn(b).id).toBe(a === b);
    }),
  );
});

test("addresses avoid the networks this host has", () => {
  expect(linkAddresses("obs-000000ff", [])).toEqual({
    hostAddress: "198.18.255.1",
    address: "198.18.255.2",
  });
  expect(linkAddresses("obs-000000ff", ["198.18.255.1", "198.18.0.1"]).address).toBe("198.18.1.2");
  const all = Array.from({ length: 256 }, (_, i) => `198.18.${i}.1`);
  expect(() => linkAddresses("obs-00000000", all)).toThrow("no free network");
});

test("control group hierarchies of both versions are found", () => {
  const mountinfo = `24 30 0:22 / /sys rw,nosuid - sysfs sysfs rw
31 24 0:27 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
32 24 0:28 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw,nsdelegate
`;
  expect(hierarchies(mountinfo)).toEqual(["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/unified"]);
});
