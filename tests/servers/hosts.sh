# shellcheck shell=bash disable=SC2154
# Hosts for tests and benches: network namespaces of this machine on one bridge, each with a real sshd. To be sourced in
# namespaces of the caller's own (hosts_inside); needs $work, $INTAKE_BIN and $INTAKE_CONFIG.
#   hosts_inside SCRIPT ARGUMENT…   runs SCRIPT in network, mount and process namespaces that end with it; 77 when there are none
#   hosts_make NAME…                the hosts, and $work/ssh_config that reaches them; no sshd runs yet
#   host_up NAME [CONFIGURATION [PATH]]   its sshd, whose sessions have this configuration of the desk
#   host_down NAME                  kills all that runs there

hosts_inside() {
  local program
  for program in parallel ssh sshd ip; do
    if ! PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null; then
      echo "skipped: $program is missing"
      exit 77
    fi
  done
  if ! unshare -nmpf --mount-proc true 2>/dev/null; then
    echo "skipped: no namespaces of our own here"
    exit 77
  fi
  HOSTS_INSIDE=yes exec unshare -nmpf --kill-child --mount-proc bash "$@"
}

hosts_make() {
  local host number=0
  PATH=$PATH:/usr/sbin:/sbin
  mkdir -p /run/netns /run/sshd
  mount -t tmpfs none /run/netns
  ip link set lo up
  ip link add br0 type bridge
  ip addr add 198.18.0.254/24 dev br0
  ip link set br0 up
  ssh-keygen -q -t ed25519 -N '' -f "$work/host_key"
  ssh-keygen -q -t ed25519 -N '' -f "$work/key"
  chmod 755 "$work"
  for host in "$@"; do
    number=$((number + 1))
    ip netns add "$host"
    ip link add "v-$host" type veth peer name eth0 netns "$host"
    ip link set "v-$host" master br0 up
    ip -n "$host" addr add "198.18.0.$number/24" dev eth0
    ip -n "$host" link set eth0 up
    ip -n "$host" link set lo up
    printf 'Host %s\n  HostName 198.18.0.%s\n' "$host" "$number" >>"$work/ssh_config"
    echo "198.18.0.$number $(cat "$work/host_key.pub")" >>"$work/known"
  done
  cat >>"$work/ssh_config" <<END
Host *
  User $(id -un)
  IdentityFile $work/key
  IdentitiesOnly yes
  UserKnownHostsFile $work/known
  StrictHostKeyChecking yes
END
}

host_up() {
  cat >"$work/sshd.$1" <<END
HostKey $work/host_key
AuthorizedKeysFile $work/key.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PerSourceMaxStartups none
MaxStartups 100
SetEnv HOME=$work INTAKE_CONFIG=${2:-$INTAKE_CONFIG} PATH=${3:-$INTAKE_BIN:/usr/bin:/bin}
END
  ip netns exec "$1" "$(command -v sshd)" -D -E "$work/log.$1" -f "$work/sshd.$1" &
  disown $!
  for _ in {1..100}; do
    if ssh -F "$work/ssh_config" -o ConnectTimeout=2 "$1" true 2>/dev/null; then return; fi
    sleep 0.1
  done
  cat "$work/log.$1" >&2
  return 1
}

host_down() { ip netns pids "$1" | xargs -r kill -KILL 2>/dev/null || true; }
