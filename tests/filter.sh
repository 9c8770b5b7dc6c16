#!/usr/bin/env bash
# The pump, the worker and the sandbox, with a worker that misbehaves: lines in = lines out, in order, and each
# misdeed costs its own line only.
set -euo pipefail
double=$INTAKE_BIN/double
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
run() { # run STATUS ARG…: stdin is $work/in
  local want=$1 got=0
  shift
  "$double" "$@" <"$work/in" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || fail "status $got, not $want: $(cat "$work/err")"
}
line() { printf '{"intake":1,"id":"%s","order":"%s"}\n' "$1" "$2"; }

# Each misdeed between two good lines, with one worker and with three.
for jobs in 1 3; do
  {
    line a good
    for order in die crash hang throw exit grow newline broken lie; do line "$order" "$order"; done
    line z good
  } >"$work/in"
  run 0 "$jobs"
  [ "$(jq -r .id "$work/out" | tr '\n' ' ')" = "a die crash hang throw exit grow newline broken lie z " ] || fail "order"
  for order in die crash hang throw exit grow newline broken lie; do
    jq -se --arg id "$order" 'map(select(.id==$id and .order==$id)) | length == 1 and
      .[0].findings[0].code == "stage.failed" and (.[0].seen|not)' "$work/out" >/dev/null || fail "$order: $(grep "\"$order\"" "$work/out")"
  done
  jq -se 'map(select(.seen and .stages.double.tool and (.findings|not)) | .id) == ["a", "z"]' "$work/out" >/dev/null ||
    fail "the good lines"
  # The progress counts every line, and the files and pages of those only that were worked on to the end.
  run 0 "$jobs" progress
  tail -n 1 "$work/err" | jq -se --argjson bytes "$(wc -c <"$work/in")" '.[0] | .done == 11 and .files == 2 and .pages == 4 and
    .pages_total == 4 and .bytes == $bytes and .bytes_total == $bytes and .seconds_left == 0 and .end' >/dev/null ||
    fail "the progress: $(tail -n 1 "$work/err")"
done

# A worker that is alone finds its next line waiting; when it dies, that line is the next worker's.
{
  line a look
  line b look
  for order in die hang crash; do line "$order" "$order"; done
  line z good
} >"$work/in"
run 0 1
jq -se 'map(select(.next_waits and (.findings|not)) | .id) == ["a", "b"]' "$work/out" >/dev/null ||
  fail "no line waited: $(cat "$work/out")"
jq -se 'map(select(.seen|not) | [.id, .findings[0].code, (.findings|length)]) ==
  [["die", "stage.failed", 1], ["hang", "stage.failed", 1], ["crash", "stage.failed", 1]]' "$work/out" >/dev/null ||
  fail "a death costs another line: $(cat "$work/out")"
tail -n 1 "$work/out" | jq -e '.id == "z" and .seen' >/dev/null || fail "the last line: $(cat "$work/out")"

# A worker that is killed while nothing is to be done is replaced at once, and the next line does not pay for it.
mkfifo "$work/lines"
"$double" 2 <"$work/lines" >"$work/out" &
pump=$!
exec 9>"$work/lines"
wait_until() { # wait_until COMMAND…: at most a minute
  local i
  for ((i = 0; i < 600; i++)); do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  fail "never: $*"
}
workers() { pgrep -P "$pump" -r S | tr '\n' ' '; }
two_others() { [[ "$(workers)" =~ ^[0-9]+\ [0-9]+\ $ ]] && [ "$(pgrep -P "$pump" | wc -l)" = 2 ] && [[ "$(workers)" != *"$1"* ]]; }
out_lines() { [ "$(wc -l <"$work/out")" = "$1" ]; }
wait_until two_others none
for number in 1 2 3; do
  line "$number" good >&9
  wait_until out_lines "$number"
  victim=$(pgrep -P "$pump" | sed -n "$((number % 2 + 1))p")
  kill -KILL "$victim"
  wait_until two_others "$victim"
done
exec 9>&-
wait "$pump" || fail "a run whose idle workers were killed ended with $?"
jq -se 'map(select(.seen and (.findings|not))) | length == 3' "$work/out" >/dev/null || fail "killed while idle: $(cat "$work/out")"

# Confinement, with and without a private root.
line a escape >"$work/in"
run 0 1
[ "$(jq -r .escaped "$work/out")" = "" ] || fail "escaped: $(cat "$work/out")"
run 0 1 scanner
[ "$(jq -r .escaped "$work/out")" = "write " ] || fail "only the private /tmp is writable: $(cat "$work/out")"
[ ! -e /tmp/intake-double ] || fail "the private /tmp is the host's"

# What a worker does to the line that it was sent does not reach the line that goes on.
line a forge >"$work/in"
run 0 1
jq -e '.id == "a" and .order == "forge" and .seen and (.findings | not)' "$work/out" >/dev/null ||
  fail "a worker wrote into a line: $(cat "$work/out")"

# A large line reaches the worker whole, where the kernel lends its pages and where it does not.
printf '{"intake":1,"id":"a","order":"good","data":"%s"}\n' "$(head -c 3000000 /dev/urandom | base64 -w 0)" >"$work/in"
for way in "$double" "$INTAKE_BIN/deny vmsplice -- $double" "$INTAKE_BIN/deny vmsplice=1 -- $double"; do
  $way <"$work/in" >"$work/out"
  [ "$(jq -r .seen "$work/out")" = true ] || fail "a large line by $way: $(head -c 300 "$work/out")"
  cmp -s <(jq -r .data "$work/in") <(jq -r .data "$work/out") || fail "a large line is not what it was, by $way"
done

# A worker that cannot start ends the run before the first line.
run 69 1 unready
[ ! -s "$work/out" ] || fail "output although the worker never stood"
grep -q "not ready" "$work/err"

# Lines that are no records go on as error records, in place, and the status says so.
{
  line a good
  echo 'not json'
  printf '{"intake":1,"id":"\xff"}\n'
  echo '{"intake":1,"id":"a","id":"b"}'
  echo '{"intake":9,"id":"future"}'
  echo '[]'
  echo
  line z good
  printf '{"intake":1,"id":"torn"}'
} >"$work/in"
run 65 2
[ "$(wc -l <"$work/out")" = 9 ] || fail "lines in are not lines out"
[ "$(jq -r '.findings[0].code // "ok"' "$work/out" | sort | uniq -c | tr -s ' \n' ' ')" = " 7 input.unusable 2 ok " ] ||
  fail "$(cat "$work/out")"
[ "$(sed -n 2p "$work/out" | jq -r .input.data | base64 -d)" = "not json" ]
[ "$(sed -n 9p "$work/out" | jq -r .findings[0].detail)" = "torn: the line has no end" ]

# A closed pipe and a full disk are never success.
for _ in $(seq 2000); do line a good; done >"$work/in"
status=0
("$double" <"$work/in"; echo $? >"$work/status") | head -n 1 >/dev/null || true
[ "$(cat "$work/status")" != 0 ] || fail "closed pipe taken for success"
"$double" <"$work/in" >/dev/full 2>"$work/err" || status=$?
[ "$status" = 74 ] || fail "full disk: status $status"
[ "$(: | "$double" | wc -c)" = 0 ]

# One record at the limit works; one over it is a named finding.
python3 - "$work/in" <<'P'
import sys
with open(sys.argv[1], "w") as f:
    for size in (100 << 20, (256 << 20) + 1):
        head = '{"intake":1,"id":"big","data":"'
        f.write(head); f.write("A" * (size - len(head) - 2)); f.write('"}\n')
P
run 65
[ "$(head -c 31 "$work/out")" = '{"intake":1,"id":"big","data":"' ]
tail -n 1 "$work/out" | jq -e '.input.size == 268435457 and .input.cut and .findings[0].code == "input.unusable"' >/dev/null
echo ok
