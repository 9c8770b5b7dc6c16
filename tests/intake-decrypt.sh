#!/usr/bin/env bash
# intake-decrypt on zips made by 7-Zip and Python, and on bombs made by hand: what comes out, what stays closed and why.
set -euo pipefail
export LC_ALL=C.UTF-8
decrypt=$INTAKE_BIN/intake-decrypt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cd "$work"

printf 'wrong\n市の鍵\tfirst-secret\nxyzzy\n' >zip.secret
chmod 600 zip.secret
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake '[archive]
passwords = ["file:zip.secret"]'

# record FILE…: one record with these attachments on stdout.
record() {
  python3 - "$@" <<'END'
import base64, json, sys
files = [{"id": f"f{i}", "path": name, "origin": "attachment", "data": base64.b64encode(open(name, "rb").read()).decode()}
         for i, name in enumerate(sys.argv[1:])]
print(json.dumps({"intake": 1, "id": "m-1", "files": files}))
END
}
# run STATUS FILE…: decrypts one record into $work/out.
run() {
  local want=$1 got=0
  shift
  record "$@" >in
  "$decrypt" --config intake.toml <in >out 2>err || got=$?
  [ "$got" = "$want" ] || fail "$*: status $got, not $want: $(cat err)"
  [ "$(wc -l <out)" = 1 ] || fail "$*: not one line"
  if grep -qE 'first-secret|xyzzy' out err; then fail "$*: a password was shown"; fi
}
check() { jq -e "$1" out >/dev/null || fail "$1: $(jq -c 'del(.files[].data)' out)"; }

printf '申請の内容\n' >申請書.txt
head -c 300000 /dev/zero | tr '\0' 'x' >long.txt
zip7() { 7z a -bd -bso0 -bsp0 -tzip "$@"; }

# Every strength; members byte for byte; the container's data gone, the label of the password kept.
for strength in 128 192 256; do
  zip7 -mem=AES$strength -pfirst-secret aes$strength.zip 申請書.txt long.txt
  run 0 aes$strength.zip
  check '.stages.decrypt.tool and (.findings|not)'
  check ".files[0] | .opened and .type == \"application/zip\" and .encryption == \"aes-$strength\" and .password == \"市の鍵\" and (has(\"data\")|not)"
  check ".files[1:] | map([.id, .path, .origin, .from, .encryption]) == [[\"f1\",\"long.txt\",\"archive\",\"f0\",\"aes-$strength\"],[\"f2\",\"申請書.txt\",\"archive\",\"f0\",\"aes-$strength\"]]"
  jq -r '.files[1].data' out | base64 -d | cmp - long.txt
  jq -r '.files[2].data' out | base64 -d | cmp - 申請書.txt
  [ "$(jq -r '.files[1].sha256' out)" = "$(sha256sum <long.txt | cut -d' ' -f1)" ] || fail "digest"
done

# Every method inside AES that can be unpacked, and one that cannot.
for method in Copy Deflate BZip2 LZMA PPMd; do
  zip7 -mem=AES256 -mm=$method -pxyzzy $method.zip long.txt
  run 0 $method.zip
  check '.files[0].opened and .files[0].password == "3" and (.findings|not)'
  jq -r '.files[1].data' out | base64 -d | cmp - long.txt
done
zip7 -mem=AES256 -mm=Deflate64 -pxyzzy deflate64.zip long.txt
run 0 deflate64.zip
check '[.findings[].code] == ["archive.damaged"] and (.files|length) == 1 and .files[0].data'

# Other encryption, none, another password; damage anywhere in the ciphertext.
zip7 -mem=ZipCrypto -pxyzzy zipcrypto.zip 申請書.txt
run 0 zipcrypto.zip
check '[.findings[].code] == ["archive.zipcrypto"] and .files[0].opened and .files[0].encryption == "zipcrypto" and (.files|length) == 2'
zip7 plain.zip 申請書.txt
run 0 plain.zip
check '[.findings[] | [.code, .clause, .file]] == [["archive.not_encrypted", "第8-1(1)", "f0"]] and (.files|length) == 2'
zip7 -mem=AES256 -pother unknown.zip 申請書.txt
run 0 unknown.zip
check '[.findings[].code] == ["archive.password"] and (.files|length) == 1 and .files[0].data and (.files[0].opened|not)'
python3 - <<'END'
data = bytearray(open("Copy.zip", "rb").read())
data[150000] ^= 1
open("damaged.zip", "wb").write(data)
END
run 0 damaged.zip
check '[.findings[].code] == ["archive.damaged"] and (.files|length) == 1 and .files[0].data'

# Names in CP932 and as Python writes them, traversal, symlink, duplicate.
python3 - <<'END'
import struct, zipfile, warnings
warnings.simplefilter("ignore")
def put(name, members):
    with zipfile.ZipFile(name, "w") as z:
        for member, data in members:
            z.writestr(member, data)
put("utf8.zip", [("書類/①髙～.txt", "a")])
put("traversal.zip", [("../evil.txt", "a")])
put("duplicate.zip", [("a.txt", "a"), ("a.txt", "b")])
link = zipfile.ZipInfo("link")
link.create_system, link.external_attr = 3, 0o120777 << 16
put("symlink.zip", [(link, "/etc/passwd")])
put("ascii.zip", [("AAAA.txt", "a")])
open("cp932.zip", "wb").write(open("ascii.zip", "rb").read().replace(b"AAAA", "①髙".encode("cp932")))
put("document.zip", [("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>")])
END
run 0 utf8.zip cp932.zip
check '[.files[] | select(.origin=="archive") | .path] == ["書類/①髙～.txt", "①髙.txt"]'
run 0 traversal.zip symlink.zip duplicate.zip
check '[.findings[] | [.file, .code]] | sort == [["f0","archive.not_encrypted"],["f0","archive.unsafe_path"],["f1","archive.not_encrypted"],["f1","archive.unsafe_path"],["f2","archive.ambiguous"]] or
  sort == [["f0","archive.unsafe_path"],["f1","archive.unsafe_path"],["f2","archive.ambiguous"]]'
check '(.files|length) == 3 and all(.files[]; .data)'
run 0 document.zip 申請書.txt
check '(.files|length) == 2 and (.findings|not) and all(.files[]; .data and (has("type")|not))'

# Archives inside an AES zip.
tar cf in.tar 申請書.txt
gzip -k long.txt
bzip2 -k long.txt
xz -k long.txt
7z a -bd -bso0 -bsp0 in.7z 申請書.txt
7z a -bd -bso0 -bsp0 -mhe=on -pnobody locked.7z 申請書.txt
zip7 -mem=AES256 -pxyzzy nested.zip aes128.zip in.tar in.7z long.txt.gz long.txt.bz2 long.txt.xz
run 0 nested.zip
check '(.findings|not) and ([.files[] | select(.opened)] | length) == 7'
check '[.files[] | select(.data) | .path] | sort == (["long.txt","long.txt","long.txt","long.txt","申請書.txt","申請書.txt","申請書.txt"])'
check '(.files|map(.id)|unique|length) == (.files|length)'
check '. as $r | all(.files[1:][]; .from as $f | any($r.files[]; .id == $f and .opened))'
zip7 -mem=AES256 -pxyzzy locked.zip locked.7z unknown.zip
run 0 locked.zip
check '[.findings[] | [.code, .file]] == [["archive.nested_encrypted","f1"],["archive.nested_encrypted","f2"]] and .files[0].opened and .files[1].data'

# A second pass changes nothing but its stamp.
mv out once
"$decrypt" --config intake.toml <once >twice
diff <(jq -S 'del(.stages)' once) <(jq -S 'del(.stages)' twice) || fail "the second pass changed the record"

# New ids do not clash with those there are.
jq -c '.files[0].id = "f7"' in | "$decrypt" --config intake.toml >out
check '(.files|map(.id)|unique|length) == (.files|length) and .files[1].id == "f8" and .files[1].from == "f7"'

# A lowered limit of the configuration, a missing and a readable secret, a missing configuration.
sed 's/^\[archive\]/&\nmax_members = 1/' intake.toml >lower.toml
record aes256.zip | "$decrypt" --config lower.toml >out
check '[.findings[].code] == ["archive.limit"]'
status() { local want=$1 got=0; shift; "$@" </dev/null >out 2>err || got=$?; [ "$got" = "$want" ] || fail "$*: status $got, not $want: $(cat err)"; [ ! -s out ] || fail "output"; }
chmod 644 zip.secret
status 77 "$decrypt" --config intake.toml
grep -q zip.secret err || fail "the message does not name the file"
rm zip.secret
status 66 "$decrypt" --config intake.toml
status 66 "$decrypt" --config nowhere.toml
status 64 "$decrypt" --nonsense
