#!/usr/bin/python3
"""desk_mails.py OUT BASE COUNT - COUNT application mails into the Maildir OUT, as a desk gets them.

BASE holds what the documents are made of: letter.docx, plan.docx (with a photo), sheet.xlsx, form.pdf, photo-0.jpg … Each
mail gets its own, told from the others by eight characters, so that no scanner and no converter meets one twice.
"""
import io
import random
import sys
import zipfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts/samples"))

from archives import Member  # noqa: E402
from desk import moment, receipt, site_mail  # noqa: E402

TOKEN, CHECKSUM = b"ZZZZZZZZ", b"/DocChecksum /"


def package(data: bytes, own: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info, old.read(info).replace(TOKEN, own), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def page(data: bytes, own: bytes) -> bytes:
    at = data.index(CHECKSUM) + len(CHECKSUM)
    return data[:at] + own + data[at + 8:]


def photo(data: bytes, own: bytes) -> bytes:
    return data[:2] + b"\xff\xfe\x00\x0a" + own + data[2:]  # a comment


def main() -> int:
    out, base, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    made = {path.name: path.read_bytes() for path in base.iterdir()}
    photos = sorted(name for name in made if name.startswith("photo"))
    draw = random.Random(count)
    for folder in ("cur", "new", "tmp"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        own = b"%08X" % draw.getrandbits(32)
        picture = Member("現場写真.jpg", photo(made[photos[number % len(photos)]], own))
        members = [
            [Member("申請書.docx", package(made["letter.docx"], own))],
            [Member("申請書.pdf", page(made["form.pdf"], own))],
            [Member("申請書.docx", package(made["letter.docx"], own)), picture],
            [Member("名簿.xlsx", package(made["sheet.xlsx"], own))],
            [Member("計画書.docx", package(made["plan.docx"], own))],
        ][number % 5]
        raw = site_mail(receipt(17, 1000 + number), moment(17, f"{9 + number // 60 % 8:02d}:{number % 60:02d}"), f"架空 第{number}",
                        members)
        (out / "cur" / f"{1795100000 + number}.M{number}.bench:2,").write_bytes(raw)
    return 0


if __name__ == "__main__":
    sys.exit(main())
