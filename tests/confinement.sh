#!/usr/bin/env bash
# Confinement, role by role and tool by tool: what each role can still do, as root and as an ordinary user; what a
# kernel that refuses or lies does to every tool; and what is left where user namespaces are switched off.
set -euo pipefail
escape=$INTAKE_BIN/escape deny=$INTAKE_BIN/deny
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }

offered=$("$escape" none)
[[ $offered == *"seccomp 1"* ]] || fail "no seccomp here: $offered"
if [[ $offered != *"namespaces 1"* ]]; then
  echo "skipped: no user namespaces here" >&2
  exit 77
fi
abi=${offered#landlock } abi=${abi%% *}

# Who runs it: whoever runs this test, and where that is root, an ordinary user too.
declare -A as=([caller]=env)
if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --regid 65534 --clear-groups "$escape" none >/dev/null 2>&1; then
  as[nobody]='setpriv --reuid 65534 --regid 65534 --clear-groups'
else
  echo "only as $(id -un)" >&2
fi

declare -A able=(
  [pump]="inherited fork dumpable memory"
  [pump_of_roots]="private-tmp inherited fork dumpable memory mount"
  [parser]="" [unpacker]="" [asker]="" [raster]=""
  [scanner]="private-tmp inherited" [office]="private-tmp inherited"
  [keeper]="inherited"
  [fetcher]="socket local-socket raw-socket connect inherited"
)
for user in "${!as[@]}"; do
  read -ra as_user <<<"${as[$user]}"
  mkdir "$work/$user"
  if [ "$user" = nobody ]; then chown 65534 "$work/$user"; fi
  for role in "${!able[@]}"; do
    expected=${able[$role]}
    # Landlock keeps a pump's signals to its own workers; without it, and where it could not be, the user's rights do.
    got=$("${as_user[@]}" "$escape" "$role" "$work/$user/new") || fail "$user: $role: status $?"
    if [ "$role" = pump_of_roots ] || [ "$abi" -lt 6 ]; then got=${got/kill tgkill /}; fi
    if [ "$abi" -lt 4 ]; then got=${got/bind /}; fi
    [ "${got% }" = "$expected" ] || fail "$user: a $role could do ($got), not ($expected)"
    [ ! -e "$work/$user/new" ] || fail "$user: a $role wrote a file of the host"
    for call in ptrace readv uring bpf; do
      status=0
      ("${as_user[@]}" "$escape" "$role" "$work/$user/new" "$call"; exit $?) 2>/dev/null || status=$?
      [ "$status" = 159 ] || fail "$user: $role, $call: status $status, not death by SIGSYS"
    done

    # From outside: the kernel's own words.
    coproc PAUSED { exec "${as_user[@]}" "$escape" "$role" "$work/$user/new" pause; }
    read -r line <&"${PAUSED[0]}"
    [ "$line" = confined ]
    # shellcheck disable=SC2153
    pid=$PAUSED_PID
    held=$(awk '/^Cap(Prm|Eff|Amb)|^NoNewPrivs|^Seccomp:/ { printf "%s ", $2 }' "/proc/$pid/status")
    read -r permitted effective ambient privileges seccomp <<<"$held"
    [ "$ambient $privileges $seccomp" = "0000000000000000 1 2" ] || fail "$user: $role: $held"
    case $role in
      pump_of_roots) [ "$permitted $effective" = "0000000000200100 0000000000200100" ] || fail "$user: $role: $held" ;;
      keeper | fetcher) ;;
      *) [ "$permitted $effective" = "0000000000000000 0000000000000000" ] || fail "$user: $role: $held" ;;
    esac
    [ "$(stat -c %u "/proc/$pid/environ")" = 0 ] || fail "$user: a $role can be dumped"
    grep -q '^Max core file size *0 *0 ' "/proc/$pid/limits" || fail "$user: a $role can leave a core"
    case $role in
      parser | unpacker | asker | raster)
        grep -q '^Max file size *0 *0 ' "/proc/$pid/limits" || fail "$user: a $role can write files"
        ;;&
      scanner | office | pump_of_roots)
        [ "$(readlink "/proc/$pid/ns/mnt")" != "$(readlink /proc/$$/ns/mnt)" ] || fail "$user: $role: the host's mounts"
        [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/$$/ns/net)" ] || fail "$user: $role: the host's network"
        [ "$(ls -A "/proc/$pid/root/")" = tmp ] || fail "$user: $role: its root holds $(ls -A "/proc/$pid/root/")"
        ;;&
      pump | pump_of_roots) ;;
      *) ! grep -q '^Max address space *unlimited' "/proc/$pid/limits" || fail "$user: a $role has memory without end" ;;
    esac
    echo >&"${PAUSED[1]}"
    wait "$pid"
  done
done

# Every tool, as it is started: nothing is read where any part of its confinement cannot be had.
mkdir "$work/db" "$work/ledger" "$work/out" "$work/mail" "$work/mail/new" "$work/mail/cur" "$work/mail/tmp"
sed '/^\[notices/,$d' "$INTAKE_SOURCE/share/intake/profiles/kumamoto-2021.toml" >"$work/profile.toml"
cat >"$work/intake.toml" <<TOML
profile = "profile.toml"
station = "chuo"
[[stations]]
id = "chuo"
name = "見本中央警察署"
address = "chuo@police.example.jp"
[[accounts]]
name = "chuo"
station = "chuo"
url = "maildir:mail"
[ledger]
path = "ledger/ledger.db"
[scan]
database = "db"
[roles]
operation_manager = { name = "架空 太郎", address = "taro@police.example.jp" }
general_manager = { name = "見本 花子", address = "hanako@police.example.jp" }
site_administrator = { name = "見本 次郎", address = "jiro@police.example.jp" }
TOML
python3 - "$work/db/test.ndb" <<'PY'
import sys
eicar = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$' + 'EICAR-STANDARD-' + 'ANTIVIRUS-TEST-FILE!' + '$H+H*'
open(sys.argv[1], 'w').write('Eicar-Test:0:*:%s\n' % eicar.encode().hex())
PY
export INTAKE_CONFIG=$work/intake.toml
line='{"intake":1,"id":"m-1","stages":{}}'
declare -A tools=(
  [parse]="" [decrypt]="" [scan]="" [verify]="" [render]="" [ledger]=record [show]=--json
  [export]="$work/out" [notice]="--out $work/out" [fetch]=--new [reconcile]="--day 2026-11-17"
)
# run STATUS NAME COMMAND…: NAME's tool behind COMMAND.
run() {
  local wanted=$1 name=$2 got=0
  shift 2
  # shellcheck disable=SC2086
  "$@" "$INTAKE_BIN/intake-$name" ${tools[$name]} <<<"$line" >"$work/stdout" 2>"$work/err" || got=$?
  [ "$got" = "$wanted" ] || fail "intake-$name, $*: status $got, not $wanted: $(cat "$work/err")"
  [ "$wanted" = 0 ] || [ ! -s "$work/stdout" ] || fail "intake-$name, $*: went on unconfined: $(cat "$work/stdout")"
}
refuses() {
  run 71 "$1" "${@:3}"
  grep -q "^intake-$1: sandbox: .*$2" "$work/err" || fail "intake-$1, ${*:3}: no word of $2: $(cat "$work/err")"
}
for name in "${!tools[@]}"; do
  run 0 "$name" env
  refuses "$name" Landlock "$deny" landlock_create_ruleset --
  refuses "$name" Landlock "$deny" landlock_restrict_self=1 --
  refuses "$name" seccomp "$deny" seccomp=0 --
done
# A kernel that says it restricts, and does not, is found out by trying.
for name in ledger show export notice fetch reconcile; do
  refuses "$name" "file of the host could still be opened" "$deny" landlock_restrict_self=0 --
done

# Without user namespaces the stage that needs a file system refuses; the others are confined as ever.
without_namespaces() {
  unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh "$@"
}
without_namespaces true || fail "user namespaces cannot be switched off here"
[[ $(without_namespaces "$escape" none) == *"namespaces 0"* ]] || fail "the probe sees namespaces that are not there"
for name in "${!tools[@]}"; do
  if [ "$name" = scan ]; then continue; fi
  run 0 "$name" without_namespaces
done
refuses scan "user namespaces are switched off" without_namespaces
for call in unshare=1 mount=1 pivot_root=1 pivot_root=0 mount=0; do refuses scan "" "$deny" "$call" --; done
for role in parser unpacker asker raster keeper; do
  [ "$(without_namespaces "$escape" "$role" "$work/new" || echo status $?)" = "${able[$role]:+${able[$role]} }" ] ||
    fail "$role without user namespaces"
done
echo ok
