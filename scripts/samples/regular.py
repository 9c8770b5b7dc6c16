"""Applications in order, corrections and list mails: nothing may be found in them."""
from archives import BZIP2, STORED, Member, zip_archive
from desk import CARRY, DESK, GUARD, Sample, application, form, list_mail, message, moment, receipt, row
from documents import docx, jpeg, odt, pdf, png, xlsx
from mails import file_part, multipart, text_part

TEXT = "申請者は架空 太郎です。\r\n場所は熊本県架空市見本町です。\r\n"


def every_kind(applicant: str) -> list[Member]:
    return [Member("申請書.docx", form(applicant)), Member("内訳.xlsx", xlsx([["項目", "数"], ["看板", "3"]])),
            Member("見取図.pdf", pdf(["PLAN 1", "Road width 6.0 m"])), Member("現場写真.jpg", jpeg()),
            Member("地図.png", png()), Member("委任状.odt", odt(["委任状", "受任者　" + applicant])),
            Member("備考.txt", TEXT.encode("utf-8")), Member("一覧.csv", "品名,数\r\n看板,3\r\n".encode("cp932"))]


def sent_on_17() -> list[Sample]:
    samples: list[Sample] = []

    def add(name: str, clock: str, applicant: str, about: str, members: list[Member] | None = None, **options) -> None:
        samples.append(application(name, 17, len(samples) + 1, clock, applicant, about, members, **options))

    add("good-docx", "09:01", "架空 太郎", "AES-256, AE-2, ISO-2022-JP, a form")
    add("good-xlsx", "09:12", "見本 花子", "AES-128, AE-1, UTF-8, a sheet", [Member("内訳.xlsx", xlsx([["看板", "3"]]))],
        bits=128, ae=1, charset="utf-8")
    add("good-pdf", "09:25", "例示 次郎", "AES-192, AE-2, Shift_JIS, a plan", [Member("見取図.pdf", pdf(["PLAN 1"]))],
        bits=192, charset="shift_jis", procedure=CARRY)
    add("good-jpeg", "09:40", "仮名 三郎", "AES-256, AE-1, EUC-JP, a photo and a note",
        [Member("現場写真.jpg", jpeg()), Member("備考.txt", TEXT.encode("utf-8"))], ae=1, charset="euc-jp")
    add("good-cp932-names", "10:02", "髙橋 見本", "names as Windows writes them, with vendor characters",
        [Member("申請書①（髙橋）.docx", form("髙橋 見本"), cp932=True), Member("備考.txt", TEXT.encode("cp932"), cp932=True)],
        bits=128, ae=2, charset="shift_jis")
    add("good-bzip2", "10:20", "想定 良子", "AES-192, AE-1, bzip2 inside",
        [Member("申請書.docx", form("想定 良子"), BZIP2), Member("備考.txt", TEXT.encode("utf-8") * 40, BZIP2)],
        bits=192, ae=1)
    add("good-vendor-text", "10:31", "㈱架空商事 ｶｸｳ ﾀﾛｳ", "ISO-2022-JP with half-width kana and vendor characters")
    add("good-every-kind", "11:00", "練習 一郎", "eight kinds of document", every_kind("練習 一郎"))
    add("good-split-name", "11:15", "試験 美子", "RFC 2231 name cut within characters", zip_name="申請書類一式.zip",
        style="split", charset="utf-8")
    add("good-word-name", "11:30", "架空 二郎", "RFC 2047 words in a quoted name", zip_name="申請書類.zip",
        style="rfc2047")
    add("good-nested", "13:05", "見本 月子", "a plain archive inside the encrypted one",
        [Member("図面.zip", zip_archive([Member("図面1.pdf", pdf(["A"])), Member("図面2.pdf", pdf(["B"]))]))])
    add("good-stored", "14:20", "例示 星子", "members stored, not compressed",
        [Member("申請書.docx", form("例示 星子"), STORED), Member("写真.png", png(), STORED)], procedure=GUARD)
    add("good-era-date", "15:10", "仮名 風子", "a date of the Japanese era in full-width digits",
        when="令和８年１１月１７日 １５時１０分", charset="utf-8", transfer="8bit")
    add("good-after-hours", "23:40", "想定 夜子", "after the cut-off: handled on the next open day",
        charset="utf-8", transfer="quoted-printable")
    return samples


def sent_on_18_and_19() -> list[Sample]:
    return [application("good-18-1", 18, 1, "09:30", "架空 春子", "an ordinary application"),
            application("good-18-2", 18, 2, "10:45", "見本 夏子", "an ordinary application"),
            application("good-18-unlisted", 18, 3, "11:20", "例示 冬子", "the list of its day does not name it",
                        listed=False),
            application("good-19", 19, 1, "10:00", "仮名 朝子", "on a day without list mail")]


def correction() -> Sample:
    """From the applicant straight to the station, as the station asked: not through the site."""
    at = moment(19, "13:00")
    text = f"架空 太郎です。\n\n受付番号：{receipt(17, 1)}\nご連絡のあった書類を補正しましたので送ります。\n"
    part = multipart([text_part(text), file_part("申請書（補正）.docx", docx(["道路使用許可申請書（補正）", "申請者　架空 太郎"]),
                                                 "application/vnd.openxmlformats-officedocument."
                                                 "wordprocessingml.document")])
    raw = message(part, at, f"補正書類の送付（受付番号：{receipt(17, 1)}）", From="<taro@applicant.example.jp>",
                  Return_Path="<taro@applicant.example.jp>",
                  Authentication_Results="mx.police.example.jp;\n dkim=pass header.d=applicant.example.jp",
                  Received=None, Message_ID="<hosei-1@applicant.example.jp>", To=f"<{DESK}>")
    return Sample("correction", at, raw, "correction", "accept", (), "the corrected form, sent to the station")


def lists(samples: list[Sample]) -> list[Sample]:
    """17th: complete, as text. 18th: CSV, naming one that never came and not naming one that came. 19th: none came.
    20th: every application of that day which the site knows."""
    def rows(day: int) -> list[list[str]]:
        return [sample.row for sample in samples if sample.row and sample.at.day == day]

    def sample(name: str, day: int, raw: bytes, about: str) -> Sample:
        return Sample(name, moment(day + 1, "06:00"), raw, "list", "list", (), about)

    missed = row(receipt(18, 9), "16:50", "未着 秋子")
    return [sample("list-17-complete", 17, list_mail(17, rows(17)), "rows of text; every application came"),
            sample("list-18-differs", 18, list_mail(18, [*rows(18), missed], as_csv=True),
                   "CSV; one missed, one unlisted"),
            sample("list-20", 20, list_mail(20, rows(20)), "rows of text; the 19th has no list at all")]


def regular() -> list[Sample]:
    return [*sent_on_17(), *sent_on_18_and_19(), correction()]
