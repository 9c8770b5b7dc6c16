#!/bin/bash
# A whole day under strace: the files that any of its processes opened for writing are the ledger, the PDFs and the
# manifest. No received byte reaches a disk otherwise, not for a moment.
set -euo pipefail
# shellcheck source=tests/pipeline/desk.bash
. "$INTAKE_SOURCE/tests/pipeline/desk.bash"

if ! strace -f -qq -o /dev/null true 2>/dev/null; then
  echo "skipped: strace may not trace here"
  exit 77
fi
make_desk
mkdir "$work/trace"
calls=open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,mknod,mknodat
calls+=,truncate,mount,pivot_root,clone,clone3,fork,vfork
expect 0 strace -ff -qq -y --decode-pids=pidns --seccomp-bpf -e signal=none -e trace=$calls -o "$work/trace/trace" \
  "$daily" --json
as_judged <"$work/out" >"$work/judged"
as_expected >"$work/expected"
differences "$work/judged" "$work/expected" >"$work/differences" || true
[ ! -s "$work/differences" ] || fail "judged otherwise under strace:"$'\n'"$(cat "$work/differences")"

"$INTAKE_SOURCE/tests/pipeline/written_files" "$work/trace" >"$work/written" 2>"$work/err" || fail "reading the trace"
! grep -q parent "$work/err" || fail "$(cat "$work/err")"

# A PDF is written under a name of its run before it gets its own.
sed -i -E 's/\/\.intake-export-[0-9]+-([0-9]+|manifest)$/\/.intake-export-RUN-N/' "$work/written"
sort -u -o "$work/written" "$work/written"
{
  echo /dev/null
  echo "$work/desk/out/.intake-export-RUN-N"
  { jq -r '.notices[]?.path' <"$work/out"; find "$work/desk/drafts" -name '*day_*.eml'; } | sed -E 'p; s|/([^/]*)$|/.\1.half|'  # each is written beside its name first
  jq -r '.files[]? | .pdf.path // empty' <"$work/out"
  printf '%s\n' "$work/desk/out/manifest.ndjson" "$work"/desk/ledger/ledger.db{,-journal,-wal,-shm,.new,.new-journal}
} | sort -u >"$work/allowed"
diff "$work/allowed" "$work/written" | head -40; cmp -s "$work/allowed" "$work/written" || fail "written (>) is not what may be written (<)"
