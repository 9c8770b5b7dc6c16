#!/usr/bin/env bash
# One stored AES-256 member of 64 MB against 7z and bsdtar, which are given the zip itself; by turns: the reader alone as
# a whole process (zip in, bytes out, and the member's digest, which the others do not make), and intake-decrypt as a
# whole process (record in, record out: JSON, base64 and the confined worker as well). Then what trying 100 passwords
# costs a message.
set -euo pipefail
export LC_ALL=C.UTF-8
bin=${INTAKE_BIN:-build/bin}
INTAKE_SOURCE=${INTAKE_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
rounds=${ROUNDS:-5}
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
# shellcheck source=bench/warm.bash
. "$INTAKE_SOURCE/bench/warm.bash"
# config NAME LINES: a configuration with these passwords
config() {
  printf '%s' "$2" >"$work/$1.secret"
  chmod 600 "$work/$1.secret"
  small_desk "$1" "[archive]
passwords = [\"file:$1.secret\"]"
}
config one $'xyzzy\n'
config hundred "$(seq -f 'wrong-%g' 99)"$'\nxyzzy\n'
python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(1).randbytes(64 << 20))' >"$work/big.bin"
printf 'small\n' >"$work/small.txt"
(cd "$work" && 7z a -bd -bso0 -bsp0 -tzip -mm=Copy -mem=AES256 -pxyzzy big.zip big.bin &&
  7z a -bd -bso0 -bsp0 -tzip -mem=AES256 -pxyzzy small.zip small.txt)
python3 - "$work" <<'END'
import base64, sys
for name, count in (("big", 1), ("small", 50)):
    data = base64.b64encode(open(f"{sys.argv[1]}/{name}.zip", "rb").read()).decode()
    with open(f"{sys.argv[1]}/{name}.record", "w") as out:
        for i in range(count):
            out.write('{"intake":1,"id":"m-%d","files":[{"id":"f0","path":"a.zip","origin":"attachment","data":"%s"}]}\n' % (i, data))
END
[[ -x $bin/zip-cat ]] || cmake --build "$(dirname "$bin")" --target zip-cat >/dev/null
now() { date +%s.%N; }
took() { echo "($(now) - $1) * 1000" | bc -l; }
median() { printf '%s\n' "$@" | sort -g | sed -n "$((($# + 1) / 2))p"; }

ours=() reader=() seven=() tar=() single=() many=()
for _ in $(seq "$rounds"); do
  begin; "$bin/intake-decrypt" --config "$work/one.toml" <"$work/big.record" >"$work/out"; ours+=("$(took "$t")")
  begin; "$bin/zip-cat" xyzzy "$work/big.zip" >"$work/out.reader"; reader+=("$(took "$t")")
  begin; 7z x -so -pxyzzy "$work/big.zip" >"$work/out.7z" 2>/dev/null; seven+=("$(took "$t")")
  begin; bsdtar --passphrase xyzzy -xOf "$work/big.zip" >"$work/out.tar"; tar+=("$(took "$t")")
  begin; "$bin/intake-decrypt" --config "$work/one.toml" <"$work/small.record" >"$work/out.1"; single+=("$(took "$t")")
  begin; "$bin/intake-decrypt" --config "$work/hundred.toml" <"$work/small.record" >"$work/out.100"; many+=("$(took "$t")")
done
python3 - "$work" <<'END'
import base64, json, sys
member = json.load(open(sys.argv[1] + "/out"))["files"][1]
content = open(sys.argv[1] + "/big.bin", "rb").read()
same = [base64.b64decode(member["data"]), *(open(f"{sys.argv[1]}/out.{name}", "rb").read() for name in ("reader", "7z", "tar"))]
assert all(each == content for each in same), "the results differ"
assert all(json.loads(line)["files"][0]["password"] == "100" for line in open(sys.argv[1] + "/out.100"))
END
printf 'passwords: %.1f ms for trying 100\n' "$(echo "($(median "${many[@]}") - $(median "${single[@]}")) / 50 * 100 / 99" | bc -l)"
# ratio NAME OURS PEER
ratio() { printf 'ratio %s %.2f (ours %.0f ms, peer %.0f ms)\n' "$1" "$(echo "$3 / $2" | bc -l)" "$2" "$3"; }
ratio decrypt-reader-7z "$(median "${reader[@]}")" "$(median "${seven[@]}")"
ratio decrypt-reader-bsdtar "$(median "${reader[@]}")" "$(median "${tar[@]}")"
ratio decrypt-7z "$(median "${ours[@]}")" "$(median "${seven[@]}")"
ratio decrypt-bsdtar "$(median "${ours[@]}")" "$(median "${tar[@]}")"
