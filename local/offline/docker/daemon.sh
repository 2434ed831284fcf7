# The first process in the namespaces of our Docker: joins the network that keeper.ts links, and becomes the daemon.
# Environment: DIRECTORY, DEBIAN (root of the unpacked packages), HOST_ADDRESS, ADDRESS, CGROUP.
set -eu

# That of the shell that began may go before the daemon does.
export TMPDIR=/tmp

# Nothing that is mounted here reaches the host.
mount --make-rprivate /
mount -t tmpfs tmpfs /run

ip link set lo up
until ip link show eth0 > /dev/null 2>&1; do sleep 0.05; done
ip address add "$ADDRESS/30" dev eth0
ip link set eth0 up
ip route add default via "$HOST_ADDRESS"

# Debian's programs find their libraries only where the package manager would have put them.
libraries=$(echo "$DEBIAN"/usr/lib/*-linux-gnu)
bin=$DIRECTORY/bin
mkdir -p "$bin"
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  cat > "$bin/$name" << END
#!/bin/sh
LD_LIBRARY_PATH=$libraries XTABLES_LIBDIR=$libraries/xtables exec $DEBIAN/usr/sbin/xtables-nft-multi $name "\$@"
END
done

# Docker 20.10 asks for CAP_SYS_RESOURCE in privileged containers; a machine that is itself a container has none to give.
cat > "$bin/runtime" << END
#!/bin/sh
previous=
for argument in "\$@"; do
  case \$previous in
    --bundle) file=\$argument/config.json ;;
    --process) file=\$argument ;;
    *) file= ;;
  esac
  [ -z "\$file" ] || sed -i 's/"CAP_SYS_RESOURCE",\{0,1\}//g; s/,]/]/g' "\$file"
  previous=\$argument
done
exec $DEBIAN/usr/sbin/runc "\$@"
END
chmod +x "$bin"/*
export PATH="$bin:$DEBIAN/usr/sbin:$DEBIAN/usr/bin:$PATH"
export LD_LIBRARY_PATH="$libraries"

# What a container publishes on localhost is reached from the host as well.
echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet
iptables --table nat --append PREROUTING --in-interface eth0 --protocol tcp --jump DNAT --to-destination 127.0.0.1

# The first process takes in those whose parent has ended.
exec docker-init -- dockerd --host "unix://$DIRECTORY/socket" --data-root "$DIRECTORY/data" \
  --exec-root /run/docker --pidfile /run/docker.pid --cgroup-parent "/$CGROUP" \
  --add-runtime "own=$bin/runtime" --default-runtime own --init-path "$DEBIAN/usr/bin/docker-init" \
  --userland-proxy-path "$DEBIAN/usr/sbin/docker-proxy"
