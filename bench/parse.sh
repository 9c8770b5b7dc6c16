#!/usr/bin/env bash
# Mails of 10 MB, parsed and every part decoded, with digests of message and parts: intake-parse (records in, records
# out: JSON, base64 and the confined worker as well) against a small program on GMime that is given the mails themselves;
# by turns. "parse" is what a mail costs in a stream, from whole runs over six and over one; "parse-alone" is a whole
# process for one mail, its start and its first touch of memory included; "parse-jobs" six mails by all cores. Needs libgmime-3.0-dev.
set -euo pipefail
bin=${INTAKE_BIN:-build/bin}
INTAKE_SOURCE=${INTAKE_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
rounds=${ROUNDS:-9}
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2046 # several words are wanted
cc -O2 -o "$work/peer" "$INTAKE_SOURCE/bench/gmime_parse.c" $(pkg-config --cflags --libs gmime-3.0 libcrypto)
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake
# shellcheck source=bench/warm.bash
. "$INTAKE_SOURCE/bench/warm.bash"
python3 - "$work" <<'END'
import base64, random, sys
work = sys.argv[1]
head = "From: noreply@proc.example.go.jp\r\nDate: Tue, 24 Nov 2026 09:00:00 +0900\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
text = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "受付番号: 2026-0001\r\n" * 10
file = "\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
data = base64.encodebytes(random.Random(1).randbytes(7_600_000)).replace(b"\n", b"\r\n")
mail = (head + text + file).encode() + data + b"--b--\r\n"
open(f"{work}/mail", "wb").write(mail)
open(f"{work}/record", "w").write('{"intake":1,"id":"m-1","raw":{"data":"%s"}}\n' % base64.b64encode(mail).decode())
END
now() { date +%s.%N; }
took() { echo "($(now) - $1) * 1000" | bc -l; }
median() { printf '%s\n' "$@" | sort -g | sed -n "$((($# + 1) / 2))p"; }
for number in 1 2 3 4 5 6; do sed "s/m-1/m-$number/" "$work/record"; done >"$work/six"
ours=() peer=() ours_six=() peer_six=() ours_jobs=()
mail=$work/mail
for _ in $(seq "$rounds"); do
  begin; "$bin/intake-parse" --config "$work/intake.toml" <"$work/record" >"$work/out"; ours+=("$(took "$t")")
  begin; "$work/peer" "$mail" >"$work/out.peer"; peer+=("$(took "$t")")
  begin; "$bin/intake-parse" --config "$work/intake.toml" <"$work/six" >"$work/out.six"; ours_six+=("$(took "$t")")
  begin; "$bin/intake-parse" -j "$(nproc)" --config "$work/intake.toml" <"$work/six" >"$work/out.six"; ours_jobs+=("$(took "$t")")
  begin; "$work/peer" "$mail" "$mail" "$mail" "$mail" "$mail" "$mail" >"$work/out.peer.six"; peer_six+=("$(took "$t")")
done
python3 - "$work" <<'END'
import json, sys
rec = json.load(open(sys.argv[1] + "/out"))
theirs = [line.split() for line in open(sys.argv[1] + "/out.peer")]
if rec["raw"]["sha256"] != theirs[0][2] or rec["files"][0]["sha256"] != theirs[-1][2]:
    sys.exit("the results differ")
END
[ "$(wc -l <"$work/out.six")" = 6 ] && [ "$(grep -c ^message "$work/out.peer.six")" = 6 ]
ratio() { printf 'ratio %s %.2f (ours %.1f ms, peer GMime %.1f ms)\n' "$1" "$(echo "$3 / $2" | bc -l)" "$2" "$3"; }
one=$(median "${ours[@]}") peer_one=$(median "${peer[@]}")
ratio parse-alone "$one" "$peer_one"
ratio parse-jobs "$(median "${ours_jobs[@]}")" "$(median "${peer_six[@]}")"
ratio parse "$(echo "($(median "${ours_six[@]}") - $one) / 5" | bc -l)" "$(echo "($(median "${peer_six[@]}") - $peer_one) / 5" | bc -l)"
