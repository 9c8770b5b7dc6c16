"""Makes docs/corpora.md: table.py CORPORA STATE, after tests/corpora.sh CORPORA STATE. Fails on what has no reason."""
import collections
import csv
import glob
import json
import sys

HEAD = """# What becomes of the test corpora

Made by `tests/corpora/table.py` from what `tests/corpora.sh CORPORA STATE` left in STATE: every mail of the corpora
through `intake-fetch`, `intake-parse`, `intake-decrypt`, `intake-scan` and `intake-verify`, every zip as the attachment
of an application mail, every other file as the one member of such a mail's AES zip. The corpora themselves are not part
of the project; they are files that other projects test their readers with, many of them damaged or hostile on purpose.

Accepted means that nothing was found against a file: no code, no lock, no limit crossed, and nothing that could be read
in two ways. Rendering comes after that.
"""
OPENED = "opened"
# What the corpora's list of features hints at, the finding expected for it, and findings that answer it as well.
HINTS = {
    "VBA-ole": ("macro.vba", {}), "vbaProject": ("macro.vba", {}), "XLM4": ("macro.xlm", {}),
    "JavaScript": ("pdf.javascript", {}), "Launch": ("pdf.launch", {}), "GoToR/E": ("pdf.launch", {}),
    "AA": ("pdf.open_action", {}),
    "EmbeddedFile": ("pdf.embedded_file", {"scan.encrypted": "a locked PDF is told as locked, and stays unread"}),
    "EncryptedPackage": ("scan.encrypted", {"scan.failed": "a damaged container is told as unreadable",
                                            OPENED: "a known password opens it, and what is in it is looked into"}),
    "ODF-encrypted": ("scan.encrypted", {}), "ODF-macro": ("macro.odf_script", {}),
    "ole-embedded": ("macro.ole_object", {"scan.failed": "a damaged container is told as unreadable"}),
    "externalLink": ("macro.external_link", {"macro.dde": "the link is one of DDE, and is told as that"}),
    "ZipCrypto": ("archive.zipcrypto", {"archive.nested_encrypted": "a locked zip inside the zip is told as that",
                                        "archive.ambiguous": "its members are locked in different ways, and it stays closed",
                                        "archive.password": "other members have PKWARE's own lock, which is not opened"}),
    "PKWARE-strong": ("archive.password", {}), "traversal": ("archive.unsafe_path", {}),
    "symlink": ("archive.unsafe_path", {}),
}


def codes_of(record: dict) -> set[str]:
    return {finding["code"] for finding in record["findings"]}


def answers_of(record: dict) -> set[str]:
    locked = (file for file in record["files"] if file.get("type") == "application/encrypted")
    return codes_of(record) | ({OPENED} if any(file.get("opened") for file in locked) else set())


def corpora_table(records: list[dict]) -> None:
    groups = collections.defaultdict(list)
    for record in records:
        groups[record["file"].split("/")[0]].append(record)
    print("| corpus | records | accepted | to be looked at | to be returned | most told |")
    print("|---|--:|--:|--:|--:|---|")
    for name, group in sorted(groups.items()):
        ends = collections.Counter(record["disposition"] for record in group)
        codes = collections.Counter(code for record in group for code in sorted(codes_of(record)))
        told = ", ".join(f"`{code}` {count}" for code, count in codes.most_common(4))
        accepted = ends["accept"] + ends["list"]
        print(f"| {name} | {len(group)} | {accepted} | {ends['confirm']} | {ends['return']} | {told} |")


def hints_table(records: list[dict], features: dict[str, set[str]]) -> list[str]:
    unexplained = []
    print("| hint | records | expected | otherwise |")
    print("|---|--:|---|---|")
    for hint, (expected, others) in HINTS.items():
        having = [record for record in records if hint in features[record["file"]]]
        reasons = collections.Counter()
        for record in having:
            if expected in codes_of(record):
                continue
            answer = next((other for other in others if other in answers_of(record)), None)
            if answer:
                reasons[f"`{answer}` {{}}: {others[answer]}"] += 1
            else:
                unexplained.append(f"{hint}: {record['file']}: {sorted(codes_of(record))}")
        if having:
            told = sum(expected in codes_of(record) for record in having)
            rest = "; ".join(text.format(count) for text, count in reasons.items())
            print(f"| {hint} | {len(having)} | `{expected}` {told} | {rest} |")
    return unexplained


def main(corpora: str, state: str) -> int:
    with open(f"{corpora}/MANIFEST.tsv", encoding="utf-8") as table:
        features = {row["file"]: set((row["features"] or "").split(","))
                    for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)}
    records = [record for path in sorted(glob.glob(f"{state}/state/*.json")) for record in json.load(open(path))]
    failed = sum("stage.failed" in codes_of(record) for record in records)
    print(HEAD)
    print(f"{len(records)} records from {len({record['file'] for record in records})} files of {len(features)}; "
          f"{failed} failed a stage.\n")
    corpora_table(records)
    print("\nWhat the corpora's own list of features hints at, and the finding that answers it:\n")
    unexplained = hints_table(records, features)
    for line in unexplained:
        print(line, file=sys.stderr)
    return 1 if unexplained or failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
