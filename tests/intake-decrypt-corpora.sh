#!/usr/bin/env bash
# Every zip of the corpora through intake-decrypt, held against 7z and bsdtar: what is released is what one of them
# extracts, and what they both refuse is never released.
set -euo pipefail
export LC_ALL=C.UTF-8
corpora=${INTAKE_CORPORA:-}
for candidate in "$INTAKE_SOURCE/../shared/corpora" "$INTAKE_SOURCE/../../shared/corpora"; do
  [ -n "$corpora" ] || [ ! -f "$candidate/MANIFEST.tsv" ] || corpora=$candidate
done
[ -f "$corpora/MANIFEST.tsv" ] || exit 77
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/small_desk.bash
. "$INTAKE_SOURCE/tests/small_desk.bash"
small_desk intake '[archive]
passwords = ["file:zip.secret"]'
python3 - "$corpora" "$work" <<'END'
import base64, collections, csv, hashlib, json, os, shutil, subprocess, sys
corpora, work = sys.argv[1:]
rows = [r for r in csv.DictReader(open(f"{corpora}/MANIFEST.tsv"), delimiter="\t", quoting=csv.QUOTE_NONE) if r["file"].startswith("zip-")]
password_of = {r["file"]: r["password"] for r in rows if r.get("password") not in (None, "", "None")}
with open(os.open(f"{work}/zip.secret", os.O_CREAT | os.O_WRONLY, 0o600), "w") as secret:
    secret.writelines(p + "\n" for p in sorted(set(password_of.values())))
lines = []
for i, row in enumerate(rows):
    data = open(f"{corpora}/{row['file']}", "rb").read()
    lines.append(json.dumps({"intake": 1, "id": f"m-{i}", "files": [{"id": "f0", "path": os.path.basename(row["file"]), "origin": "attachment", "data": base64.b64encode(data).decode()}]}))
ran = subprocess.run([f"{os.environ['INTAKE_BIN']}/intake-decrypt", "--config", f"{work}/intake.toml"], input="\n".join(lines).encode() + b"\n", capture_output=True)
assert ran.returncode == 0, ran.stderr.decode()
out = [json.loads(line) for line in ran.stdout.splitlines()]
assert len(out) == len(rows), "lines in are not lines out"

def extracted(command, folder):
    """Digests of the regular files that a peer extracts, or None when it complains."""
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    peer = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL)
    found = collections.Counter()
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            if os.path.isfile(path) and not os.path.islink(path):
                found[hashlib.sha256(open(path, "rb").read()).hexdigest()] += 1
    return found if peer.returncode == 0 else None

counts, wrong = collections.Counter(), []
for row, record in zip(rows, out):
    name, files = row["file"], record["files"]
    codes = sorted({f["code"] for f in record.get("findings", [])} - {"archive.not_encrypted"})
    released = [f for f in files if f.get("from") == "f0"]
    if "stage.failed" in codes:
        wrong.append(f"{name}: {record['findings']}")
    if not files[0].get("opened"):
        counts[",".join(codes) or "no archive"] += 1
        if len(files) != 1 or "data" not in files[0] or (files[0].get("type") and not codes):
            wrong.append(f"{name}: closed, but {len(files)} files, codes {codes}")
        continue
    counts["opened"] += 1
    ours = collections.Counter(f["sha256"] for f in released)
    for f in files[1:]:
        if "data" in f and hashlib.sha256(base64.b64decode(f["data"])).hexdigest() != f["sha256"]:
            wrong.append(f"{name}: digest of {f['path']}")
    path, password = os.path.abspath(f"{corpora}/{name}"), password_of.get(name, "none")
    peers = [extracted(["7z", "x", "-y", f"-p{password}", path], f"{work}/7z"),
             extracted(["bsdtar", "--passphrase", password, "-xf", path], f"{work}/tar")]
    if ours not in peers:
        wrong.append(f"{name}: released {len(released)} files, 7z and bsdtar extract {[p and sum(p.values()) for p in peers]}")
for what, count in sorted(counts.items()):
    print(f"{count:5} {what}")
for line in wrong:
    print("WRONG", line)
assert counts["opened"] > 100, "hardly anything was opened"
sys.exit(1 if wrong else 0)
END
