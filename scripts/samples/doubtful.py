"""One message for every finding that a mail can cause, each with that finding and no other."""
from archives import Member, zip_archive
from desk import (DESK, OTHER_PASSWORD, PASSWORD, ROAD, SERVER, SITE, STATION, Sample, application, authentication,
                  form, letter, message, moment, receipt)
from documents import docx, jpeg, pdf, png
from hostile import (docm, docx_with_dde, docx_with_ole_object, docx_with_remote_template, eicar, marker, nested_gzip,
                     nested_zip, odt_with_script, pdf_with_embedded_file, pdf_with_javascript, pdf_with_launch,
                     pdf_with_open_action, pdf_with_password, xlsm_with_macro_sheet, xlsx_with_external_link)
from mails import Part, encoded_words, file_part, multipart, text_part

ROADS = Member("見取図.pdf", pdf(["PLAN 1"]))


def doubtful() -> list[Sample]:
    samples: list[Sample] = []

    def add(code: str, about: str, members: list[Member] | None = None, disposition: str = "confirm",
            name: str | None = None, also: str = "", **options) -> None:
        minutes = 9 * 60 + 6 * len(samples)
        number = options.pop("number", len(samples) + 1)
        options.setdefault("applicant", f"疑義 {len(samples) + 1}号")
        samples.append(application(name or code.replace(".", "-"), 20, number,
                                   f"{minutes // 60:02d}:{minutes % 60:02d}", options.pop("applicant"), about,
                                   members, disposition=disposition, codes=f"{code} {also}", **options))

    of_archives(add)
    of_files(add)
    of_bodies(add)
    of_senders(add)
    of_messages(add)
    of_applications(add)
    of_rendering(add)
    return samples + [direct(), other()]


def of_archives(add) -> None:
    member = Member("申請書.docx", form("架空 太郎"))
    sealed = zip_archive([member], PASSWORD)
    damaged = bytearray(sealed)
    damaged[len(sealed) // 2] ^= 1
    add("archive.not_encrypted", "a plain zip", archive=zip_archive([member]))
    add("archive.zipcrypto", "the old encryption", archive=zip_archive([member], PASSWORD, zipcrypto=True))
    add("archive.password", "a password that the desk does not have", disposition="return",
        archive=zip_archive([member], OTHER_PASSWORD))
    add("archive.damaged", "one bit turned; the HMAC tells", disposition="return", archive=bytes(damaged))
    add("archive.unsafe_path", "a name that climbs out", [member, Member("../../autostart/申請書.txt", b"sample\r\n")])
    add("archive.limit", "archives in archives in archives", [Member("図面.zip", nested_zip(8))], disposition="return")
    add("archive.nested_encrypted", "a sealed archive inside", disposition="return",
        members=[member, Member("別紙.zip", zip_archive([ROADS], OTHER_PASSWORD))])
    add("archive.ambiguous", "local header and directory name different files",
        [Member("申請書.docx", form("架空 太郎"), local_name="申請書.exe.")])


def of_files(add) -> None:
    add("malware.found", "EICAR as a text file", [Member("備考.txt", eicar())], disposition="return",
        name="malware-eicar", applicant="感染 太郎")
    add("malware.found", "the sample signature inside a form", disposition="return", name="malware-in-form",
        members=[Member("申請書.docx", docx(["申請書", marker().decode()]))], applicant="感染 花子")
    add("scan.limit", "packed over and over, deeper than the engine goes",
        [Member("申請書.docx", docx(["申請書"], parts={"docProps/log.gz": nested_gzip(60)},
                                    extensions={"gz": "application/gzip"}))])
    add("scan.encrypted", "a PDF that opens with a password only", [Member("見取図.pdf", pdf_with_password())],
        also="render.password")
    add("macro.vba", "a form with VBA", [Member("申請書.docm", docm())])
    add("macro.xlm", "a macro sheet", [Member("内訳.xlsm", xlsm_with_macro_sheet())])
    add("macro.dde", "a DDE field", [Member("申請書.docx", docx_with_dde())])
    add("macro.remote_template", "a template elsewhere", [Member("申請書.docx", docx_with_remote_template())])
    add("macro.external_link", "a linked workbook elsewhere", [Member("内訳.xlsx", xlsx_with_external_link())])
    add("macro.ole_object", "an embedded object", [Member("申請書.docx", docx_with_ole_object())])
    add("macro.odf_script", "Basic in an OpenDocument text", [Member("委任状.odt", odt_with_script())])
    add("pdf.javascript", "JavaScript in a PDF", [Member("見取図.pdf", pdf_with_javascript())])
    add("pdf.launch", "a link that starts a program", [Member("見取図.pdf", pdf_with_launch())])
    add("pdf.open_action", "acts when opened", [Member("見取図.pdf", pdf_with_open_action())])
    add("pdf.embedded_file", "a file inside a PDF", [Member("見取図.pdf", pdf_with_embedded_file())])
    add("attachment.type_mismatch", "a program named as a PDF", [Member("見取図.pdf", png())])


def html_page(text: str, extra: str = "") -> str:
    lines = text.replace("\n", "<br>\n")
    return f"<html><body><p>{lines}</p>{extra}</body></html>"


def of_bodies(add) -> None:
    def html_only(text: str) -> Part:
        return text_part(html_page(text), "utf-8", subtype="html")

    def with_hidden_text(text: str) -> Part:
        page = html_page(text, '<div style="display:none">この文字は見えません</div>')
        return multipart([text_part(text), text_part(page, "utf-8", subtype="html")], "alternative", "intake-body")

    add("body.url", "a link to an unknown host", extra="\nhttps://login.example.net/kakunin\n")
    add("body.html_only", "no plain text", body=html_only)
    add("body.hidden_text", "text that a reader does not see", body=with_hidden_text)
    add("body.confusable", "a Cyrillic letter in a Latin word", charset="utf-8", extra="\nP\u0430ssword\n")
    add("body.layout", "without the lines that the site writes", text="申請書を送ります。添付を開いてください。\n")
    add("body.foreign_script", "Arabic script", charset="utf-8", extra="\n\u0645\u0631\u062d\u0628\u0627\n")


def of_senders(add) -> None:
    other = "uketsuke@applicant.example.net"
    add("sender.not_site", "another sender in the site's words", listed=False, From=f"<{other}>", Return_Path=f"<{other}>",
        Authentication_Results=authentication(domain="applicant.example.net"))
    add("sender.spoofed", "the site's address, and the signature fails", listed=False,
        Authentication_Results=authentication("fail"))
    add("sender.spoofed", "a result that this desk's server did not write", listed=False, name="sender-forged-result",
        Authentication_Results=authentication().replace(SERVER, "mx.attacker.example.net"))
    add("sender.reply_to", "answers would go elsewhere", Reply_To=f"<{other}>")


def of_messages(add) -> None:
    add("attachment.missing", "no file at all", archive=b"")
    add("attachment.unexpected", "a second file beside the archive",
        more_parts=[file_part("readme.txt", "見本\n".encode("utf-8"), "text/plain")])
    add("mail.malformed", "the text ends without its last boundary", closed=False)
    add("mail.limit", "sixty multiparts in each other", depth=60)


def of_applications(add) -> None:
    add("station.misdirected", "meant for another station of the registry", disposition="return", station="見本北警察署")
    add("station.unknown", "a station that nobody knows", station="架空南警察署")
    add("applicant.mismatch", "two applicants in one letter", applicant="名義 太郎", extra="\n申請者名：別人 次郎\n")
    add("duplicate.receipt", "the number of an application that came before", number=3)
    add("repeat.after_malware", "the same applicant and procedure as an infected one", applicant="感染 太郎")


def of_rendering(add) -> None:
    add("render.unsupported", "a drawing of a kind that is not rendered", [Member("図面.dwg", b"AC1027" + bytes(300))])
    add("render.limit", "more pages than anybody files", [Member("図面.pdf", pdf(["PLAN"], pages=2100))])
    add("render.missing_glyph", "a character of private use",
        [Member("申請書.docx", docx(["申請者　\ue757橋 太郎"]))])
    add("render.failed", "a photo that breaks off", [Member("現場写真.jpg", jpeg()[:160])])


def direct() -> Sample:
    """An application by ordinary mail, past the site."""
    at, address = moment(20, "16:00"), "hanako@applicant.example.jp"
    part = multipart([text_part("見本 花子です。道路使用許可の申請書を送ります。よろしくお願いします。\n"),
                      file_part("申請書.docx", form("見本 花子"), "application/vnd.openxmlformats-officedocument."
                                "wordprocessingml.document")])
    raw = message(part, at, "道路使用許可の申請について", From=f"<{address}>", Return_Path=f"<{address}>",
                  Authentication_Results=authentication(domain="applicant.example.jp"), Received=None,
                  Message_ID="<direct-1@applicant.example.jp>")
    return Sample("direct", at, raw, "direct", "return", (), "sent to the desk past the site")


def other() -> Sample:
    at, address = moment(20, "16:10"), "news@shop.example.net"
    raw = message(text_part("今月の事務用品のご案内です。\n"), at, "事務用品のご案内", From=f"<{address}>",
                  Return_Path=f"<{address}>", Authentication_Results=authentication(domain="shop.example.net"),
                  Received=None, Message_ID="<news-1@shop.example.net>")
    return Sample("other", at, raw, "other", "confirm", (), "advertising, no application")
