#!/usr/bin/env bash
# Small archives that ask for much: intake-decrypt refuses each with a finding, in at most 256 MB, its worker included.
# What each cost is printed; its time is only held against a hang.
set -euo pipefail
export LC_ALL=C.UTF-8
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cd "$work"

printf 'xyzzy\n' >zip.secret
chmod 600 zip.secret
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake '[archive]
passwords = ["file:zip.secret"]'

# bomb NAME CODE: the archive NAME gets this finding, and no member comes out.
bomb() {
  local name=$1 code=$2 status=0 kilobytes
  /usr/bin/env time -f '%U %M' -o cost timeout 60 "$INTAKE_BIN/intake-decrypt" --config intake.toml <"$name.ndjson" >out 2>err || status=$?
  [ "$status" = 0 ] || fail "$name: status $status: $(cat err)"
  jq -se --arg code "$code" 'length == 1 and any(.[0].findings[]; .code == $code) and (.[0].files | length == 1) and
    (.[0].files[0].data | type == "string")' out >/dev/null || fail "$name: $(jq -c 'del(.files[].data)' out)"
  kilobytes=$(tail -n 1 cost | cut -d' ' -f2)
  echo "$name: $(tail -n 1 cost) (seconds of the processor, KB), $(jq -c '[.findings[].code]' out)"
  # What `time` tells is the largest process, the worker; beside it the pump has a few megabytes of its own.
  [ "$kilobytes" -le $((248 * 1024)) ] || fail "$name: $kilobytes KB"
}

python3 - <<'END'
import base64, bz2, gzip, io, json, lzma, os, struct, subprocess, sys, zipfile, zlib
sys.dont_write_bytecode = True
sys.path.insert(0, os.environ["INTAKE_SOURCE"] + "/scripts/samples")
from archives import BZIP2, Member, zip_archive

def save(name, data):
    with open(name + ".ndjson", "w") as out:
        files = [{"id": "f0", "path": name, "origin": "attachment", "data": base64.b64encode(data).decode()}]
        out.write(json.dumps({"intake": 1, "id": "m-1", "files": files}) + "\n")

def header(name, at, packed=0, size=0, crc=0, method=0):
    common = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 0, crc, packed, size, len(name), 0)
    return b"PK\3\4" + common + name, b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, at) + name

def end(count, size, at):
    """Both end records, the 64-bit one first."""
    return (struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, at) +
            struct.pack("<4sIQI", b"PK\6\7", 0, at + size, 1) +
            struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0))

# A million empty members, each with its own header, or all with the same; and an end record that tells of one only.
body, directory, shared = bytearray(), bytearray(), bytearray()
for i in range(1000000):
    local, central = header(b"%06x" % i, len(body))
    body += local
    directory += central
    shared += header(b"%06x" % i, 0)[1]
save("million.zip", bytes(body + directory) + end(1000000, len(directory), len(body)))
save("million-shared.zip", header(b"000000", 0)[0] + bytes(shared) + end(1000000, len(shared), 36))
save("million-told-as-one.zip", header(b"000000", 0)[0] + bytes(shared) + end(1, len(shared), 36))

# Overlapping members: 999 times the same deflated zeros, 10^6 : 1 with all of them.
packer = zlib.compressobj(9, zlib.DEFLATED, -15)
zeros = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
def overlapping(count, size):
    local, _ = header(b"00000", 0, len(zeros), size, 0, 8)
    directory = b"".join(header(b"%05x" % i, 0, len(zeros), size, 0, 8)[1] for i in range(count))
    return local + zeros + directory + end(count, len(directory), len(local) + len(zeros))
save("overlapping.zip", overlapping(999, 200 << 20))
save("overlapping-small.zip", overlapping(900, 9 << 10))
save("zeros.zip", overlapping(1, 200 << 20))
save("zeros-told-as-few.zip", overlapping(1, 9 << 20))

# 10^6 : 1 in one member, below AES.
save("bzip2.zip", zip_archive([Member("a", bytes(200 << 20), BZIP2)], b"xyzzy"))

def packed(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()
level = packed([("0.bin", bytes(8 << 20))])
for depth in range(5):
    level = packed([(f"{i}.zip", level) for i in range(16)])
save("42.zip", level)
save("wide.zip", packed([(f"{i}.zip", packed([("a", bytes(9 << 20))])) for i in range(400)]))

save("zeros.gz", gzip.compress(gzip.compress(bytes(200 << 20))))
save("zeros.bz2", bz2.compress(bytes(200 << 20)))
save("zeros.xz", lzma.compress(bytes(200 << 20), preset=1))
def seven_zip(name, *options):
    with open("zeros", "wb") as zeros:
        zeros.truncate(200 << 20)
    subprocess.run(["7z", "a", "-bd", "-bso0", "-bsp0", *options, name, "zeros"], check=True)
    save(name, open(name, "rb").read())
seven_zip("zeros.7z", "-m0=lzma2:d=64k")
seven_zip("ppmd.7z", "-m0=ppmd:mem=1g")

# A hole of a terabyte, and half a million files, each of a header only.
def tar_header(name, kind=b"0", size=0, rest=b""):
    block = bytearray(name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"0" * 11 + b"\0" + b" " * 8 + kind)
    block = (block.ljust(257, b"\0") + b"ustar  \0").ljust(386, b"\0") + rest
    block = block.ljust(512, b"\0")
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)
sparse = b"%011o\0%011o\0" % ((1 << 33) - 512, 512) + bytes(24 * 3) + b"\0" + b"%011o\0" % ((1 << 33) - 1)
save("hole.tar", tar_header(b"a", b"S", 512, sparse) + bytes(512) + bytes(1024))
save("many.tar.gz", gzip.compress(b"".join(tar_header(b"%06x" % i) for i in range(200000)) + bytes(1024), 1))
save("empties.gz", gzip.compress(b"") * 500000)
END

while read -r name code; do
  bomb "$name" "$code"
done <<'END'
million.zip archive.limit
million-shared.zip archive.limit
million-told-as-one.zip archive.ambiguous
overlapping.zip archive.limit
overlapping-small.zip archive.ambiguous
zeros.zip archive.limit
zeros-told-as-few.zip archive.ambiguous
bzip2.zip archive.limit
42.zip archive.limit
wide.zip archive.limit
zeros.gz archive.limit
zeros.bz2 archive.limit
zeros.xz archive.limit
zeros.7z archive.limit
ppmd.7z archive.limit
hole.tar archive.limit
many.tar.gz archive.limit
empties.gz archive.limit
END
