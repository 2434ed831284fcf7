# Run inside the node's file system, when its packages and kind's files are there: what the recipe of kind's base image
# does. systemd starts what a node needs and nothing else.
chmod 755 /kind /kind/bin /kind/bin/*.sh /usr/local/bin/entrypoint
rm -f /lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service
rm -f /lib/systemd/system/multi-user.target.wants/* /etc/systemd/system/*.wants/*
rm -f /lib/systemd/system/local-fs.target.wants/* /lib/systemd/system/basic.target.wants/*
rm -f /lib/systemd/system/sockets.target.wants/*udev* /lib/systemd/system/sockets.target.wants/*initctl*
echo "ReadKMsg=no" >> /etc/systemd/journald.conf
ln -sf /usr/lib/systemd/systemd /sbin/init
systemctl enable kubelet containerd undo-mount-hacks open-volumes
systemctl mask systemd-binfmt

# Where kind's files look for programs that are Debian's here.
for name in containerd ctr containerd-shim-runc-v2; do ln -s "/usr/bin/$name" "/usr/local/bin/$name"; done
mkdir -p /etc/kubernetes/manifests /opt/cni
ln -s /usr/lib/cni /opt/cni/bin

# The hook of kind's runtime needs jq; it only hides the machine's name from the kubelet.
sed -i '/base_runtime_spec/d; s/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' /etc/containerd/config.toml
rm -rf /var/lib/apt/lists/* /var/cache/apt/*
