"""Small documents of every kind an applicant sends, genuine enough for LibreOffice and PDF readers to open."""
import zlib
from collections.abc import Callable
from xml.sax.saxutils import escape

from archives import STORED, Member, zip_archive

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def relationships(*entries: tuple[str, str, str] | tuple[str, str, str, bool]) -> str:
    """Entries: id, type (last word of its URI), target, and whether the target is outside the file."""
    lines = ""
    for name, kind, target, *external in entries:
        mode = ' TargetMode="External"' if external and external[0] else ""
        lines += f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{escape(target)}"{mode}/>'
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def package(main: str, main_type: str, parts: dict[str, str | bytes], types: dict[str, str] | None = None,
            extensions: dict[str, str] | None = None) -> bytes:
    """An Office Open XML package: content types and the root relationship around the given parts."""
    defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
    defaults |= extensions or {}
    overrides = {main: main_type} | (types or {})
    text = "".join(f'<Default Extension="{ext}" ContentType="{kind}"/>' for ext, kind in defaults.items())
    text += "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    members = {"[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">{text}</Types>',
               "_rels/.rels": relationships(("rId1", "officeDocument", main))} | parts
    return zip_archive([Member(name, part if isinstance(part, bytes) else part.encode("utf-8"))
                        for name, part in members.items()])


DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
DOCM_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
XLSM_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


def docx(lines: list[str], main_type: str = DOCX_TYPE, more_body: str = "", links: list[tuple] | None = None,
         parts: dict[str, str | bytes] | None = None, types: dict[str, str] | None = None,
         extensions: dict[str, str] | None = None) -> bytes:
    paragraphs = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in lines)
    document = (f'{XML}<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}"><w:body>{paragraphs}{more_body}'
                '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>')
    everything: dict[str, str | bytes] = {"word/document.xml": document}
    if links:
        everything["word/_rels/document.xml.rels"] = relationships(*links)
    return package("word/document.xml", main_type, everything | (parts or {}), types, extensions)


def xlsx(rows: list[list[str]], main_type: str = XLSX_TYPE, more_workbook: str = "", links: list[tuple] | None = None,
         more_sheets: str = "", parts: dict[str, str | bytes] | None = None,
         types: dict[str, str] | None = None) -> bytes:
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>"
        for row in rows)
    workbook = (f'{XML}<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets><sheet name="申請内容" sheetId="1" '
                f'r:id="rId1"/>{more_sheets}</sheets>{more_workbook}</workbook>')
    everything: dict[str, str | bytes] = {
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relationships(("rId1", "worksheet", "worksheets/sheet1.xml"), *(links or [])),
        "xl/worksheets/sheet1.xml": f'{XML}<worksheet xmlns="{SHEET}"><sheetData>{cells}</sheetData></worksheet>'}
    return package("xl/workbook.xml", main_type, everything | (parts or {}),
                   {"xl/worksheets/sheet1.xml": SHEET_TYPE} | (types or {}))


def odt(lines: list[str], more_content: str = "", parts: dict[str, str] | None = None) -> bytes:
    kind = "application/vnd.oasis.opendocument.text"
    office = "urn:oasis:names:tc:opendocument:xmlns"
    body = "".join(f"<text:p>{escape(line)}</text:p>" for line in lines)
    content = (f'{XML}<office:document-content xmlns:office="{office}:office:1.0" xmlns:text="{office}:text:1.0" '
               f'xmlns:script="{office}:script:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3">'
               f"{more_content}<office:body><office:text>{body}</office:text></office:body></office:document-content>")
    everything = {"content.xml": content} | (parts or {})
    listed = "".join(f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
                     for name in everything)
    manifest = (f'{XML}<manifest:manifest xmlns:manifest="{office}:manifest:1.0" manifest:version="1.3">'
                f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>{listed}'
                "</manifest:manifest>")
    return zip_archive([Member("mimetype", kind.encode(), STORED)] +
                       [Member(name, part.encode("utf-8")) for name, part in everything.items()] +
                       [Member("META-INF/manifest.xml", manifest.encode("utf-8"))])


def pdf(lines: list[str], catalog: str = "", page: str = "", objects: list[bytes] | None = None,
        pages: int = 1, trailer: str = "", seal: Callable[[bytes], bytes] | None = None) -> bytes:
    """A plan drawn with lines and ASCII labels. Objects beyond the first four are numbered from 5 on; `seal` encrypts
    the drawing, object 3."""
    drawing = "1 w 60 420 480 340 re S 60 590 m 540 590 l S 300 420 m 300 760 l S BT /F1 14 Tf 72 380 Td "
    drawing += " ".join(f"({line}) Tj 0 -20 Td" for line in lines) + " ET"
    content = seal(drawing.encode("ascii")) if seal else drawing.encode("ascii")
    more = objects or []
    first_page = 5 + len(more)
    kids = " ".join(f"{first_page + n} 0 R" for n in range(pages))
    leaf = (f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R "
            f"/Resources << /Font << /F1 4 0 R >> >> {page} >>").encode("ascii")
    bodies = [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode("ascii"),
              f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode("ascii"),
              b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream",
              b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", *more, *[leaf] * pages]
    out, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + table
    ending = f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    return out + ending.encode("ascii")


def stream_object(data: bytes, dictionary: str) -> bytes:
    return f"<< {dictionary} /Length {len(data)} >>\nstream\n".encode("ascii") + data + b"\nendstream"


def png(width: int = 160, height: int = 120) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    rows = b"".join(b"\0" + bytes((x * y * 3) % 256 for x in range(width)) for y in range(height))
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


DC_LENGTHS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]  # Annex K.3 of the JPEG standard
DC_CODES = ["00", "010", "011", "100", "101", "110", "1110", "11110", "111110", "1111110", "11111110", "111111110"]


def jpeg(columns: int = 40, rows: int = 30) -> bytes:
    """A grey baseline JPEG whose blocks carry their mean only: the smallest encoder that is a real one."""
    bits, last = [], 0
    for row in range(rows):
        for column in range(columns):
            level = (column * 251 // columns + (40 if (row // 3 + column // 4) % 2 else 0)) % 250 - 125
            difference, last = level - last, level
            size = abs(difference).bit_length()
            value = difference if difference > 0 else difference + (1 << size) - 1
            bits.append(DC_CODES[size] + (format(value, f"0{size}b") if size else "") + "0")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    scan = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")

    def segment(marker: int, data: bytes) -> bytes:
        return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data

    frame = bytes([8]) + (rows * 8).to_bytes(2, "big") + (columns * 8).to_bytes(2, "big") + bytes([1, 1, 0x11, 0])
    return (b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\1\0\x96\0\x96\0\0") + segment(0xDB, b"\0" + b"\x08" * 64) +
            segment(0xC0, frame) + segment(0xC4, b"\0" + bytes(DC_LENGTHS) + bytes(range(12))) +
            segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0") + segment(0xDA, bytes([1, 1, 0, 0, 63, 0])) +
            scan + b"\xff\xd9")
