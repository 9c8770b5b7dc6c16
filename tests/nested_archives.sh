#!/usr/bin/env bash
# Archives of every other format in an AES zip: their files come out whole, and what is damaged, locked, split or cut off
# stays closed with a finding. Where the format holds a checksum, no byte that fails it is released.
set -euo pipefail
export LC_ALL=C.UTF-8
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
corpora=${INTAKE_CORPORA:-}
for candidate in "$INTAKE_SOURCE/../shared/corpora" "$INTAKE_SOURCE/../../shared/corpora"; do
  [ -n "$corpora" ] || [ ! -f "$candidate/MANIFEST.tsv" ] || corpora=$candidate
done
"$INTAKE_SOURCE/scripts/make-samples" "$work/desk" >/dev/null 2>&1
cd "$work"
printf '申請の内容\n%.0s' $(seq 50) >申請書.txt
seq 4000 >numbers.txt
7z a -bd -bso0 -bsp0 a.7z 申請書.txt numbers.txt
7z a -bd -bso0 -bsp0 -mx0 stored.7z 申請書.txt numbers.txt
7z a -bd -bso0 -bsp0 -pnobody locked.7z 申請書.txt
7z a -bd -bso0 -bsp0 -pnobody -mhe=on hidden.7z 申請書.txt
gcab -c -z a.cab 申請書.txt numbers.txt
cp 申請書.txt AAAAAA.txt
gcab -c name.cab AAAAAA.txt
tar cf a.tar 申請書.txt numbers.txt
tar czf a.tgz 申請書.txt numbers.txt
for pack in gzip bzip2 xz zstd; do "$pack" -kq numbers.txt; done
(cat numbers.txt.gz; gzip -c 申請書.txt) >two.gz
(cat numbers.txt.gz; printf 'more') >behind.gz
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$INTAKE_SOURCE/scripts/samples:$INTAKE_SOURCE/tests/archive python3 - ${corpora:+"$corpora"} <<'END_OF_TEST'
import base64
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import other_formats
from archives import STORED, Member, zip_archive

PASSWORD = "Mihon-2026-zip"
text, numbers = Path("申請書.txt").read_bytes(), Path("numbers.txt").read_bytes()
both = {"申請書.txt": text, "numbers.txt": numbers}
samples = {name: (Path(name).read_bytes(), files) for name, files in {
    "a.7z": both, "stored.7z": both, "a.cab": both, "a.tar": both, "a.tgz": both, "numbers.txt.gz": {"numbers.txt": numbers},
    "numbers.txt.bz2": {"numbers.txt": numbers}, "numbers.txt.xz": {"numbers.txt": numbers},
    "numbers.txt.zst": {"numbers.txt": numbers}, "two.gz": {"two": numbers + text}}.items()}
samples["a.lzh"] = (other_formats.lzh("①髙.txt".encode("cp932")), {"①髙.txt": other_formats.LZH_TEXT})
samples["hyo.lzh"] = (other_formats.lzh("表.txt".encode("cp932")), {"表.txt": other_formats.LZH_TEXT})  # 表 ends in a backslash
samples["utf8.lzh"] = (other_formats.lzh("申請書.txt".encode()), {"申請書.txt": other_formats.LZH_TEXT})
samples["cp932.cab"] = (Path("name.cab").read_bytes().replace(b"AAAAAA.txt", "申請書.txt".encode("cp932")), {"申請書.txt": text})
samples["jlha.lzh"] = (other_formats.LZH, {"a.txt": other_formats.LZH_TEXT})
samples["4.rar"] = (other_formats.rar4("書類/申請書.txt", text), {"書類/申請書.txt": text})
samples["5.rar"] = (other_formats.rar5("書類/申請書.txt", text), {"書類/申請書.txt": text})
if len(sys.argv) > 1:
    samples["real.rar"] = (Path(sys.argv[1], "misc-pycirclean/tests__normal__rar_archive.rar").read_bytes(),
                           {"rartest/test.txt": b"test\n"})


def decrypted(zips):
    lines = [json.dumps({"intake": 1, "id": f"m-{i}", "files": [
        {"id": "f0", "path": "a.zip", "origin": "attachment", "data": base64.b64encode(data).decode()}]})
        for i, data in enumerate(zips)]
    ran = subprocess.run([f"{os.environ['INTAKE_BIN']}/intake-decrypt", "--config", "desk/intake.toml"],
                         input="\n".join(lines).encode() + b"\n", stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def in_zip(name, data):
    return zip_archive([Member(name, data, STORED)], PASSWORD.encode())


def leaves(record):
    return {f["path"]: base64.b64decode(f["data"]) for f in record["files"] if "data" in f}


def code_of(record):
    codes = sorted({finding["code"] for finding in record.get("findings", [])} - {"archive.not_encrypted"})
    return " ".join(codes)


for (name, (data, files)), record in zip(samples.items(), decrypted([in_zip(n, d) for n, (d, _) in samples.items()])):
    assert not record.get("findings"), (name, record["findings"])
    assert leaves(record) == files, (name, sorted(leaves(record)))
    assert all(f.get("opened") for f in record["files"] if "data" not in f), name

# What stays closed, and why. The zip itself opens, and the archive in it keeps its bytes.
tar = samples["a.tar"][0]
closed = {
    "locked.7z": (Path("locked.7z").read_bytes(), "archive.nested_encrypted"),
    "hidden.7z": (Path("hidden.7z").read_bytes(), "archive.nested_encrypted"),
    "locked.rar": (other_formats.rar4("a.txt", text, encrypted=True), "archive.nested_encrypted"),
    "part.rar": (other_formats.rar4("a.txt", text, volume=True), "archive.damaged"),
    "behind4.rar": (samples["4.rar"][0] + b"more", "archive.ambiguous"),
    "behind5.rar": (samples["5.rar"][0] + b"more", "archive.ambiguous"),
    "up.rar": (other_formats.rar5("../up.txt", text), "archive.unsafe_path"),
    "up4.rar": (other_formats.rar4("../up.txt", text), "archive.unsafe_path"),
    "up.lzh": (other_formats.lzh(b"..\\up.txt"), "archive.unsafe_path"),
    "behind.gz": (Path("behind.gz").read_bytes(), "archive.damaged"),
    "cut.gz": (samples["numbers.txt.gz"][0][:-4], "archive.damaged"),
    "cut.tar": (tar[:1500], "archive.damaged"),
    "zip_behind.tar": (tar + in_zip("a", b"x"), "archive.ambiguous"),
}
for (name, (data, code)), record in zip(closed.items(), decrypted([in_zip(n, d) for n, (d, _) in closed.items()])):
    assert code_of(record) == code, (name, record.get("findings"))
    assert leaves(record) == {name: data}, name

# One bit turned, or the end cut off, 150 times each: right bytes or none. A tar has no checksum of its content, and a
# cabinet none of its headers; the zip around them has.
for name, (data, files) in samples.items():
    if name.endswith((".tar", ".tgz", ".cab")):
        continue
    chance, damaged = random.Random(name), []
    for number in range(150):
        at = chance.randrange(len(data))
        turned = bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1:]
        damaged.append(data[:at] + (turned if number % 5 else b""))
    opened = 0
    for broken, record in zip(damaged, decrypted(damaged)):
        if record["files"][0].get("opened"):
            opened += 1
            wrong = set(leaves(record).values()) - set(files.values())
            assert not wrong, (name, "released what fails its checksum", sorted(leaves(record)))
        else:
            assert list(leaves(record).values()) == [broken], name
    print(f"{name}: {opened} of 150 damaged ones give the right bytes all the same, the others none")
END_OF_TEST
