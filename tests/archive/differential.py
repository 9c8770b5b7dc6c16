"""intake-decrypt held against 7z and bsdtar on right, broken and randomly changed zips.

differential.py COUNT SEED WORK [CORPORA]; WORK holds the sample desk.

What has to hold for each zip:
- it is opened whole, or closed with a finding that names it and without any member;
- what is released is what the directory names, with every HMAC and checksum right: an independent reading of the
  directory, below, gives the same names and bytes;
- 7z, bsdtar and bsdtar reading from a pipe (which goes by the local headers) either give the same bytes or refuse;
- a right zip is opened, one that is broken in a known way is closed.
Prints how often each kind was opened or closed and why, and what the peers made of it.
"""
import base64
import collections
import concurrent.futures
import csv
import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import zip_forms
from directory_view import UnknownMethod, directory_view
from zip_forms import BREAKS, PASSWORD

BATCH = 200
ENCRYPTION_ONLY = {"archive.not_encrypted", "archive.zipcrypto"}


def decoded(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("cp932")


def peers(path: str, password: bytes) -> dict[str, tuple[bool, bytes]]:
    """Whether each was content, and the bytes it gave out, in the order in which it reads."""
    word = os.fsdecode(password)
    runs = {}
    for name, command in (("7z", ["7z", "x", "-so", "-bd", f"-p{word}", path]),
                          ("bsdtar", ["bsdtar", "--passphrase", word, "-xOf", path]),
                          ("pipe", ["bsdtar", "--passphrase", word, "-xOf", "-"])):
        source = subprocess.Popen(["cat", path], stdout=subprocess.PIPE) if name == "pipe" else None
        try:
            ran = subprocess.run(command, stdin=source.stdout if source else subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
            runs[name] = (ran.returncode == 0, ran.stdout)
        except subprocess.TimeoutExpired:
            runs[name] = (False, b"")
        if source:
            source.stdout.close()
            source.wait()
    return runs


def through(tool: str, lines: list[bytes], config: str) -> list[bytes]:
    command = [f"{os.environ['INTAKE_BIN']}/{tool}", "--config", config]
    ran = subprocess.run(command, input=b"".join(lines), capture_output=True)
    assert ran.returncode == 0, ran.stderr.decode()
    out = ran.stdout.splitlines(True)
    ids_in, ids_out = ([json.loads(line)["id"] for line in side] for side in (lines, out))
    assert ids_in == ids_out, "lines in are not lines out"
    return out


def read_all(zips: list[bytes], config: str) -> list[dict]:
    """Records behind intake-decrypt; what it took for no archive has been through intake-scan as well."""
    lines = [json.dumps({"intake": 1, "id": f"m-{i}", "files": [
        {"id": "f0", "path": "a.odt" if data[30:].startswith(b"mimetype") else "a.zip", "origin": "attachment",
         "data": base64.b64encode(data).decode()}]}).encode() + b"\n" for i, data in enumerate(zips)]
    lines = through("intake-decrypt", lines, config)
    records = [json.loads(line) for line in lines]
    documents = [i for i, record in enumerate(records)
                 if not record["files"][0].get("opened") and not record.get("findings")]
    for i, line in zip(documents, through("intake-scan", [lines[i] for i in documents], config) if documents else []):
        records[i] = json.loads(line)
    return records


def one_reading(data: bytes, seen: dict[str, tuple[bool, bytes]]) -> tuple[list, list[str]]:
    """The files by the directory, and who reads something else."""
    try:
        view = directory_view(data)
    except UnknownMethod:
        raise
    except Exception as why:  # whatever it trips over, it does not vouch for these bytes
        return [], [f"the directory does not read: {type(why).__name__} {why}"]
    in_order = b"".join(content for _, _, content in view)
    by_place = b"".join(content for _, _, content in sorted(view, key=lambda entry: entry[0]))
    return view, [f"{peer} gives other bytes: {len(given)}, not {len(in_order)}"
                  for peer, (content, given) in seen.items() if content and given not in (in_order, by_place)]


def judge_opened(data: bytes, record: dict, seen: dict[str, tuple[bool, bytes]]) -> list[str]:
    released = [f for f in record["files"] if f.get("from") == "f0"]
    try:
        view, wrong = one_reading(data, seen)
    except UnknownMethod as method:
        given = b"".join(base64.b64decode(f["data"]) for f in released if "data" in f)
        return [] if (True, given) in seen.values() else [f"nobody else gives these bytes of method {method}"]
    if [(f["path"], f["sha256"]) for f in released] != \
            [(decoded(name), hashlib.sha256(content).hexdigest()) for _, name, content in view]:
        wrong.append("released something else than the directory says")
    return wrong + [f"the digest of {f['path']} is of other bytes" for f in released
                    if "data" in f and hashlib.sha256(base64.b64decode(f["data"])).hexdigest() != f["sha256"]]


def judge_document(kind: str, data: bytes, record: dict, seen: dict[str, tuple[bool, bytes]]) -> tuple[str, list[str]]:
    """Not taken for an archive, so intake-scan has judged it: what it has nothing against reads in one way only."""
    if record.get("findings"):
        return "no archive, " + " ".join(sorted({finding["code"] for finding in record["findings"]})), []
    if record["scan"]["verdict"] != "clean":
        return "in doubt", ["in doubt without a finding"]
    return "a clean document", one_reading(data, seen)[1] + (["broken, and clean"] if kind in BREAKS else [])


def judge(kind: str, data: bytes, record: dict, seen: dict[str, tuple[bool, bytes]]) -> tuple[str, list[str]]:
    """What became of it, and what is wrong with that."""
    codes = {finding["code"] for finding in record.get("findings", [])}
    first = record["files"][0]
    if codes & {"stage.failed", "input.unusable"}:
        return "failed", [f"{record['findings']}"]
    if first.get("opened"):
        wrong = judge_opened(data, record, seen)
        if kind in BREAKS:
            wrong.append("broken, and opened")
        if kind == "right" and not any(content and given for content, given in seen.values()):
            if any(f.get("size") for f in record["files"][1:]):
                wrong.append("no peer opens what should be a right zip")
        return "opened", wrong
    wrong = [f"closed, but {len(record['files'])} files"] if len(record["files"]) != 1 else []
    if first.get("data") != base64.b64encode(data).decode():
        wrong.append("closed, and its bytes are not there any more")
    if "scan" in record:
        outcome, more = judge_document(kind, data, record, seen)
        return outcome, wrong + more
    why = sorted(codes - ENCRYPTION_ONLY)
    if kind == "right":
        wrong.append(f"a right zip stays closed: {record['findings']}")
    if not why:
        wrong.append("closed without a finding that says why")
    return " ".join(why), wrong


def cases(count: int, seed: int, corpora: str | None):
    """Kind, zip and password: a third each right, broken in a known way, and changed at random."""
    bases = []
    if corpora:
        with open(f"{corpora}/MANIFEST.tsv", encoding="utf-8") as table:
            rows = csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
            bases = [row["file"] for row in rows if row["file"].startswith("zip-") and 30 < int(row["size"]) < 20000]
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        made = zip_forms.right_zip(chance)
        what = number % 3
        if what == 0:
            yield "right", made.made()
        elif what == 1:
            kind = sorted(BREAKS)[number // 3 % len(BREAKS)]
            BREAKS[kind](made, chance)
            yield kind, made.made()
        elif bases and number % 2:
            base = Path(corpora, chance.choice(bases)).read_bytes()
            yield "changed corpus", zip_forms.random_change(base, chance)
        else:
            yield "changed", zip_forms.random_change(made.made(), chance)


def main(count: int, seed: int, work: str, corpora: str | None) -> int:
    with open(f"{work}/desk/secrets/zip", "ab") as secret:
        secret.write(PASSWORD + b"\n")
    outcomes, peer_counts, failures = collections.defaultdict(collections.Counter), collections.Counter(), 0
    batch = []

    def finish():
        nonlocal failures
        paths = []
        for i, (_, _, data) in enumerate(batch):
            paths.append(f"{work}/{i}.zip")
            Path(paths[-1]).write_bytes(data)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            seen = list(pool.map(lambda path: peers(path, PASSWORD), paths))
        records = read_all([data for _, _, data in batch], f"{work}/desk/intake.toml")
        for (number, kind, data), record, others in zip(batch, records, seen):
            outcome, wrong = judge(kind, data, record, others)
            outcomes[kind][outcome] += 1
            for peer, (content, given) in others.items():
                if outcome != "opened" and content and given:
                    peer_counts[f"{peer} gives bytes of what we close"] += 1
                elif outcome == "opened" and not content:
                    peer_counts[f"{peer} refuses what we open"] += 1
                elif outcome == "opened":
                    peer_counts[f"{peer} gives the same bytes"] += 1
                else:
                    peer_counts[f"{peer} refuses what we close"] += 1
            for line in wrong:
                failures += 1
                print(f"WRONG {number} {kind}: {line}")
        batch.clear()

    for number, (kind, data) in enumerate(cases(count, seed, corpora)):
        batch.append((number, kind, data))
        if len(batch) == BATCH:
            finish()
    if batch:
        finish()
    for kind, counts in sorted(outcomes.items()):
        print(f"{kind}: " + ", ".join(f"{count} {what}" for what, count in counts.most_common()))
    for what, times in sorted(peer_counts.items()):
        print(f"{times:7} {what}")
    print(f"{count} zips, seed {seed}: {failures} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else None))
