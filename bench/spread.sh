#!/usr/bin/env bash
# What several hosts cost and give: bench/spread.sh [--records N] [--block N] [--rounds N]. Records through intake-parse:
# straight, and over one host and over two, which are network namespaces of this machine with a real sshd each. The cost
# of a record is what one host takes longer than the straight pipe; the ratio is the target of 5 ms by that cost.
set -euo pipefail
export INTAKE_SOURCE=${INTAKE_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
export INTAKE_BIN=${INTAKE_BIN:-$INTAKE_SOURCE/build/bin}
# shellcheck source=tests/servers/hosts.sh
. "$INTAKE_SOURCE/tests/servers/hosts.sh"
[ -n "${HOSTS_INSIDE:-}" ] || hosts_inside "$0" "$@"
records=2000 block=100 rounds=3
while [ $# -gt 0 ]; do
  case $1 in
    --records) records=$2 ;;
    --block) block=$2 ;;
    --rounds) rounds=$2 ;;
    *) echo "usage: bench/spread.sh [--records N] [--block N] [--rounds N]" >&2; exit 64 ;;
  esac
  shift 2
done
export PATH=$INTAKE_BIN:$PATH:/usr/sbin:/sbin
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
"$INTAKE_SOURCE/scripts/make-samples" "$work/desk" >/dev/null 2>&1
export INTAKE_CONFIG=$work/desk/intake.toml
umask 077
intake-fetch --all >"$work/some"
while [ "$(wc -l 2>/dev/null <"$work/in" || echo 0)" -lt "$records" ]; do cat "$work/some" >>"$work/in"; done
head -n "$records" "$work/in" >"$work/cut" && mv "$work/cut" "$work/in"
hosts_make one two
host_up one
host_up two
echo one >"$work/hosts.1"
printf 'one\ntwo\n' >"$work/hosts.2"
now() { date +%s%N; }
declare -A best
timed() { # timed NAME COMMAND…
  local name=$1 start took
  shift
  start=$(now)
  "$@" <"$work/in" >"$work/out"
  took=$((($(now) - start) / 1000))
  [ "$(wc -l <"$work/out")" = "$records" ]
  if [ -z "${best[$name]:-}" ] || [ "$took" -lt "${best[$name]}" ]; then best[$name]=$took; fi
}
for ((round = 0; round < rounds; round++)); do
  timed straight intake-parse
  for hosts in 1 2; do timed "$hosts" intake-spread --hosts "$work/hosts.$hosts" --ssh-config "$work/ssh_config" --block "$block" parse; done
done
awk -v a="${best[straight]}" -v b="${best[1]}" -v c="${best[2]}" -v n="$records" -v block="$block" 'BEGIN {
  printf "%d records in blocks of %d: straight %.2f s, one host %.2f s, two %.2f s\n", n, block, a / 1e6, b / 1e6, c / 1e6
  cost = (b - a) / n / 1000
  printf "ratio spread %.2f (ours %.3f ms a record, peer target 5 ms)\n", 5 / (cost > 0.001 ? cost : 0.001), cost }'
