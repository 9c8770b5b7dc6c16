"""Every file of the corpora as mail through intake-parse, -decrypt, -scan and -verify, in batches that can be resumed.

A mail of the corpora goes in as it is; a zip is the attachment of an application mail; every other file is the one member
of such a mail's AES zip. What is kept of each record lies in STATE/NNNN.json, written whole, so that a run that was cut
short goes on where it ended.
"""
import csv
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

BATCH = 64


def manifest(corpora: Path) -> list[dict[str, str]]:
    with open(corpora / "MANIFEST.tsv", encoding="utf-8") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def passwords(rows: list[dict[str, str]]) -> list[str]:
    return sorted({row["password"] for row in rows if row["password"] not in (None, "", "None")})


def as_mail(number: int, name: str, data: bytes) -> bytes:
    """An application mail as the site sends it, with the file in it."""
    from archives import STORED, Member
    from desk import JAPAN, site_mail
    base = name.rsplit("__", 1)[-1].rsplit("/", 1)[-1]
    at, receipt = datetime(2026, 11, 17, 9, 0, tzinfo=JAPAN), f"20261117-{number:04}"
    if name.startswith("zip-"):
        return site_mail(receipt, at, "架空 太郎", archive=data, zip_name=base)
    return site_mail(receipt, at, "架空 太郎", [Member(base, data, STORED)])


def kept(record: dict) -> dict:
    """What is judged of a record: no content of files or mail."""
    files = [{key: value for key, value in file.items() if key not in ("data", "sha256")} | {"has_data": "data" in file}
             for file in record.get("files", [])]
    source = record.get("source", {})
    return {"id": record["id"], "path": source.get("path") or source.get("mailbox", ""), "files": files,
            "findings": record.get("findings", []), "kind": record.get("kind", ""),
            "disposition": record.get("disposition", ""), "stages": sorted(record.get("stages", {})),
            "subject": record.get("mail", {}).get("subject", ""), "scan": record.get("scan", {}).get("verdict", "")}


def run_batch(names: list[str], corpora: Path, work: Path) -> list[dict]:
    tools = [f"{os.environ['INTAKE_BIN']}/intake-{stage}" for stage in ("fetch", "parse", "decrypt", "scan", "verify")]
    mails = work / "mails"
    mails.mkdir(exist_ok=True)
    paths = {}
    for number, name in enumerate(names):
        path = corpora / name
        if not name.startswith("mime-"):
            made = mails / f"{number:03}.eml"
            made.write_bytes(as_mail(number, name, path.read_bytes()))
            path = made
        paths[str(path)] = name
    chain = []
    for place, tool in enumerate(tools):
        command = [tool, "--quiet", "--config", work / "desk/intake.toml"] + (list(paths) if place == 0 else [])
        chain.append(subprocess.Popen(command, stdin=chain[-1].stdout if chain else subprocess.DEVNULL,
                                      stdout=subprocess.PIPE))
        if place:
            chain[-2].stdout.close()
    records = [json.loads(line) for line in chain[-1].stdout]
    for tool, process in zip(tools, chain):
        if process.wait() != 0:
            sys.exit(f"{tool}: status {process.returncode} on {names[0]} and what follows")
    results = [kept(record) for record in records]
    for result in results:
        result["file"] = paths[result.pop("path")]
    lost = set(paths.values()) - {result["file"] for result in results}
    if lost:
        sys.exit(f"no record of {sorted(lost)}")
    return results


def main(corpora: Path, work: Path, names: list[str]) -> None:
    sys.dont_write_bytecode = True
    sys.path.insert(0, f"{os.environ['INTAKE_SOURCE']}/scripts/samples")
    state = work / "state"
    state.mkdir(exist_ok=True)
    with open(os.open(work / "desk/secrets/zip", os.O_WRONLY | os.O_APPEND), "a", encoding="utf-8") as secret:
        if secret.tell() < 200:
            secret.writelines(f"{password}\n" for password in passwords(manifest(corpora)))
    for first in range(0, len(names), BATCH):
        done = state / f"{first:05}.json"
        if done.exists():
            continue
        results = run_batch(names[first:first + BATCH], corpora, work)
        done.with_suffix(".new").write_text(json.dumps(results, ensure_ascii=False), encoding="utf-8")
        done.with_suffix(".new").rename(done)
        print(f"{min(first + BATCH, len(names))} of {len(names)}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.stdin.read().split("\n")[:-1])
