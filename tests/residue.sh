#!/usr/bin/env bash
# residue.sh [ROUNDS [SEED]] - nothing that was received stays on a disk, whenever the day's run is killed.
#
# Mails whose every text and document carries a marker go through intake-daily, which is killed with SIGKILL at random
# moments: all of it, or one process. Every file that it opened for writing must be one that it may write, and then
# every file that anybody has written since, on every file system of a disk, is searched for the markers in every
# encoding and for pieces of the mails, archives and documents as they came. The mailbox lies in memory. Swap is not
# looked at. The exported PDFs and the drafts may say what the mails say, but hold no piece of what came.
set -euo pipefail
rounds=${1:-3}
seed=${2:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
on_disk() { ! [[ $(stat -f -c %T "$1") =~ ^(tmpfs|ramfs)$ ]]; }
for place in "${TMPDIR:-/tmp}" /var/tmp "$INTAKE_BIN"; do
  if on_disk "$place" && [ -w "$place" ]; then break; fi
done
export TMPDIR=$place
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"

on_disk "$work" || fail "no disk to write to"
if ! strace -f -qq -o /dev/null true 2>/dev/null; then
  echo "skipped: strace may not trace here"
  exit 77
fi
if on_disk /dev/shm; then
  echo "skipped: /dev/shm is not in memory"
  exit 77
fi
hidden=$(mktemp -d /dev/shm/intake-residue-XXXXXX)
trap 'rm -rf "$work" "$hidden"' EXIT
echo "seed $seed, rounds: $rounds"
RANDOM=$((seed % 32768))

# What to look for, and where.
"$INTAKE_SOURCE/tests/pipeline/marked_mails" "$hidden" "$seed"
disk_file_systems() {
  awk '{ for (i = 7; $i != "-"; ++i); if ($(i + 1) !~ /^(proc|sysfs|devtmpfs|devpts|tmpfs|ramfs|cgroup2?|mqueue|hugetlbfs|debugfs|tracefs|securityfs|pstore|bpf|configfs|fusectl|binfmt_misc|autofs|efivarfs|nsfs|rpc_pipefs|selinuxfs)$/ &&
    !seen[$3]++) print $5 }' /proc/self/mountinfo
}
mapfile -t disks < <(disk_file_systems)
# since STAMP MOUNT…: files changed after STAMP there, NUL-terminated.
since() {
  local stamp=$1
  shift
  find "$@" -xdev -type f -newerct "$stamp" -print0 2>/dev/null || true
}
# holding NEEDLES: which of the files on stdin hold one of them.
holding() { LC_ALL=C xargs -0 -r grep -laFf "$1" -- 2>/dev/null || true; }

# The search must find what it is there to find, each of them.
stamp=@$(date +%s)
python3 - "$hidden" "$work" <<'PY'
import pathlib, sys
hidden, work = map(pathlib.Path, sys.argv[1:])
for kind in ("texts", "bytes"):
    for number, one in enumerate((hidden / kind).read_bytes().split(b"\n")[:-1]):
        (work / f"control-{kind}-{number}").write_bytes(b"\xff\xfe x \0" * number + one + b"\n\0")
PY
[[ " ${disks[*]} " == *" $(stat -c %m "$work") "* ]] || fail "the file system of $work is not among those searched"
for kind in texts bytes; do
  planted=$(wc -l <"$hidden/$kind")
  found=$(since "$stamp" "$work" | grep -z "/control-$kind-" | holding "$hidden/$kind" | wc -l)
  [ "$found" = "$planted" ] || fail "the search finds $found of $planted files with $kind"
done
rm "$work"/control-*

make_desk
sed -i "s|^url = .*|url = \"maildir:$hidden/Maildir\"|" "$work/desk/intake.toml"
stamp=@$(date +%s.%N)  # the desk itself was made within the same second
forget() { rm -rf "$work"/desk/{ledger,out,drafts}/*; }

calls=open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,mknod,mknodat
calls+=,truncate,mount,pivot_root,clone,clone3,fork,vfork
allowed="/dev/null|$work/desk/(ledger|ledger/ledger\.db(-journal|-wal|-shm|\.new|\.new-journal)?|out|out/[^/]+|drafts|drafts/[^/]+)"
now() { date +%s%3N; }
# begin: a traced run in a session of its own, $run.
begin() {
  rm -rf "$hidden/trace"
  mkdir "$hidden/trace"
  setsid strace -ff -qq -y --decode-pids=pidns --seccomp-bpf -e signal=none -e trace=$calls -o "$hidden/trace/trace" \
    "$daily" --json >"$hidden/out" 2>"$hidden/err" &
  run=$!
}
# The processes of the run but for strace, which is no part of it.
processes() { pgrep -s "$run" | while read -r pid; do [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = strace ] || echo "$pid"; done; }
written() {
  "$INTAKE_SOURCE/tests/pipeline/written_files" "$hidden/trace" 2>/dev/null | { grep -vE "^($allowed)$" || true; }
}

begin
before=$(now)
wait "$run" || fail "undisturbed: $(cat "$hidden/err")"
length=$(($(now) - before))
[ -z "$(written)" ] || fail "an undisturbed run wrote: $(written)"
# What was received went all the way: an exported text layer shows it.
for file in "$work"/desk/out/*.pdf; do pdftotext "$file" - 2>/dev/null || true; done >"$hidden/shown"
for kind in docx odt xlsx wide cp932 euc large pdf; do
  grep -q "$kind Zq" "$hidden/shown" || fail "no exported PDF shows what came in the $kind"
done

killed=0
for ((round = 1; round <= rounds; ++round)); do
  moment=$(((RANDOM * 32768 + RANDOM) % (length + length / 8) + 1))
  if ((RANDOM % 3)); then whom=all; else whom=one; fi
  # What the last one left is taken up, if it left anything.
  if ((RANDOM % 2)) || [ "$killed" = 0 ]; then forget; fi
  begin
  sleep "$((moment / 1000)).$(printf %03d $((moment % 1000)))"
  mapfile -t victims < <(processes)
  killed=${#victims[@]}
  if [ "$whom" = one ] && [ "$killed" != 0 ]; then victims=("${victims[RANDOM % ${#victims[@]}]}"); fi
  kill -KILL "${victims[@]}" 2>/dev/null || true
  echo "round $round: $whom of $killed killed after $moment of $length ms"
  for ((i = 0; i < 600; ++i)); do
    if [ -z "$(processes)" ]; then break; fi
    sleep 0.1
  done
  [ -z "$(processes)" ] || fail "round $round: processes are left: $(processes | xargs -r ps -o pid,args -p)"
  { wait "$run"; } 2>/dev/null || true  # strace dies of what its first process died of
  [ -z "$(written)" ] || fail "round $round wrote: $(written)"
done

# At last the run ends by itself, whatever was left undone.
"$daily" --json >"$hidden/out" 2>"$hidden/err" || fail "after the kills: $(cat "$hidden/err")"

since "$stamp" "${disks[@]}" >"$hidden/files"
residue=$(
  holding "$hidden/bytes" <"$hidden/files"
  grep -zvE "^$work/desk/(out|drafts)/" <"$hidden/files" | holding "$hidden/texts"
)
[ -z "$residue" ] || fail "received bytes are left in: $residue"
echo "$(tr -cd '\0' <"$hidden/files" | wc -c) files written since on ${disks[*]}: no marker, no piece"
