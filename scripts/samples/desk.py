"""The invented desk: its station, the site's mails to it, and how one sample is put together."""
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from archives import Member, zip_archive
from documents import docx
from mails import Message, Part, encoded_words, file_part, multipart, text_part

JAPAN = timezone(timedelta(hours=9))
PASSWORD = b"Mihon-2026-zip"
OTHER_PASSWORD = b"chigau-password"
SITE, DESK, SERVER = "noreply@proc.example.go.jp", "chuo@police.example.jp", "mx.police.example.jp"
STATION = "熊本中央警察署"
ROAD, CARRY, GUARD = "道路使用許可申請", "制限外積載許可申請", "警備業変更届"


@dataclass
class Sample:
    """A message and what the desk must say of it."""
    name: str
    at: datetime
    raw: bytes
    kind: str
    disposition: str
    codes: tuple[str, ...] = ()
    about: str = ""
    row: list[str] | None = None  # how the list mail of its day names it; None when the site does not know it

    def identity(self) -> str:
        """As docs/record.md defines "id"."""
        return "m-" + hashlib.sha256(self.raw.replace(b"\r\n", b"\n").rstrip(b"\r\n")).hexdigest()[:32]


def moment(day: int, clock: str) -> datetime:
    hours, minutes = clock.split(":")
    return datetime(2026, 11, day, int(hours), int(minutes), 0, tzinfo=JAPAN)


def receipt(day: int, number: int) -> str:
    return f"202611{day:02d}-{number:04d}"


def form(applicant: str, procedure: str = ROAD) -> bytes:
    return docx([procedure + "書", "申請者　" + applicant, "場所　熊本県架空市見本町1-1", "期間　令和8年12月1日から12月5日まで"])


def letter(receipt_no: str, at: datetime, applicant: str, procedure: str = ROAD, station: str = STATION,
           when: str | None = None) -> str:
    when = when or f"{at.year}年{at.month}月{at.day}日 {at.hour}時{at.minute:02d}分"
    return (f"警察行政手続サイトで次の申請を受け付けました。\n\n受付番号：{receipt_no}\n申請日時：{when}\n"
            f"手続名：{procedure}\n申請先：{station}\n申請者名：{applicant}\n"
            f"申請者メール：a{receipt_no.replace('-', '')}@applicant.example.jp\n\n"
            "申請書類は添付のファイルのとおりです。\nこのメールに返信することはできません。\n")


def authentication(result: str = "pass", domain: str = "proc.example.go.jp") -> str:
    return f"{SERVER};\n dkim={result} header.d={domain}"


def message(part: Part, at: datetime, subject: str, charset: str = "iso-2022-jp", **fields: str | None) -> bytes:
    """With the header fields of a genuine mail of the site; `fields` replaces some ("_" for "-"), None removes."""
    stamp = format_datetime(at)
    number = hashlib.sha256((subject + stamp).encode() + part.body).hexdigest()[:16]
    usual: dict[str, str | None] = {
        "Return-Path": f"<{SITE}>",
        "Authentication-Results": authentication(),
        "Received": f"from proc.example.go.jp (proc.example.go.jp [192.0.2.10])\n by {SERVER}; {stamp}",
        "Date": stamp,
        "From": f"{encoded_words('警察行政手続サイト', charset)} <{SITE}>",
        "To": f"<{DESK}>",
        "Subject": encoded_words(subject, charset),
        "Message-ID": f"<{number}@proc.example.go.jp>"}
    return Message(part, usual | {name.replace("_", "-"): text for name, text in fields.items()}).raw()


def site_mail(receipt_no: str, at: datetime, applicant: str, members: list[Member] | None = None, *,
              procedure: str = ROAD, station: str = STATION, charset: str = "iso-2022-jp", transfer: str | None = None,
              archive: bytes | None = None, bits: int = 256, ae: int = 2, text: str | None = None,
              extra: str = "", body: Callable[[str], Part] | None = None, more_parts: list[Part] | None = None, when: str | None = None,
              zip_name: str | None = None, style: str = "rfc2231", subject: str | None = None,
              closed: bool = True, depth: int = 0, **fields: str | None) -> bytes:
    """A mail as the site sends it for one application; every argument makes it differ in one way."""
    if archive is None:
        archive = zip_archive(members or [Member("申請書.docx", form(applicant, procedure))], PASSWORD, bits, ae)
    text = letter(receipt_no, at, applicant, procedure, station, when) + extra if text is None else text
    first = body(text) if body else text_part(text, charset, transfer)
    parts = [first] + ([file_part(zip_name or receipt_no + ".zip", archive, style=style)] if archive else [])
    whole = multipart(parts + (more_parts or []), closed=closed)
    for level in range(depth):
        whole = multipart([whole], boundary=f"intake-level-{level}")
    return message(whole, at, subject or f"【警察行政手続サイト】申請受付のお知らせ（{receipt_no}）", charset, **fields)


def row(receipt_no: str, clock: str, applicant: str, procedure: str = ROAD, station: str = STATION) -> list[str]:
    return [receipt_no, clock, procedure, station, applicant]


def application(name: str, day: int, number: int, clock: str, applicant: str, about: str,
                members: list[Member] | None = None, *, disposition: str = "accept", codes: str = "",
                listed: bool = True, **options) -> Sample:
    """A sample of kind "application"; `codes` are separated by spaces, `options` are site_mail's."""
    at, receipt_no = moment(day, clock), receipt(day, number)
    raw = site_mail(receipt_no, at, applicant, members, **options)
    named = row(receipt_no, clock, applicant, options.get("procedure", ROAD), options.get("station", STATION))
    return Sample(name, at, raw, "application", disposition, tuple(codes.split()), about, named if listed else None)


def list_mail(day: int, rows: list[list[str]], as_csv: bool = False, **fields: str | None) -> bytes:
    """The list of one day, sent early the next morning: as rows of text, or as a CSV file in CP932."""
    at = moment(day + 1, "06:00")
    head = f"警察行政手続サイトの申請一覧をお知らせします。\n\n対象日：2026年11月{day}日\n件数：{len(rows)}件\n\n"
    if as_csv:
        lines = [["受付番号", "申請日時", "手続名", "申請先", "申請者名"]]
        lines += [[line[0], f"2026/11/{day} {line[1]}", *line[2:]] for line in rows]
        data = "".join(",".join(line) + "\r\n" for line in lines).encode("cp932")
        part = multipart([text_part(head), file_part(f"list-202611{day:02d}.csv", data, "text/csv")])
    else:
        table = "".join("  ".join(line) + "\n" for line in [["受付番号", "時刻", "手続名", "申請先", "申請者名"], *rows])
        part = text_part(head + table)
    return message(part, at, f"【警察行政手続サイト】一覧（2026年11月{day}日分）", **fields)
