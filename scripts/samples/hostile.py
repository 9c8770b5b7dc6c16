"""Documents that carry active content, each in one way only, and harmless: they call nothing that exists."""
import gzip
import hashlib
import struct

from archives import Member, zip_archive
from documents import (DOCM_TYPE, OFFICE, SHEET, XLSM_TYPE, XML, docx, odt, pdf, relationships, stream_object, xlsx)

OUTSIDE = "https://files.example.net/"
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound_file(streams: dict[str, bytes]) -> bytes:
    """An OLE2 file (MS-CFB, version 3) of small streams; "A/B" is stream B in storage A. One FAT sector is enough."""
    entries = [{"name": "Root Entry", "kind": 5, "children": []}]
    mini, mini_fat = b"", []
    storages = {"": entries[0]}
    for path in sorted(streams, key=lambda p: (p.count("/"), len(p), p.upper())):
        folder, _, name = path.rpartition("/")
        if folder not in storages:
            storages[folder] = {"name": folder, "kind": 1, "children": []}
            entries[0]["children"].append(len(entries))
            entries.append(storages[folder])
        data = streams[path]
        count = -(-len(data) // 64)
        start = len(mini_fat) if count else END
        mini_fat += [start + n + 1 for n in range(count - 1)] + [END] * (count > 0)
        mini += data + b"\0" * (count * 64 - len(data))
        storages[folder]["children"].append(len(entries))
        entries.append({"name": name, "kind": 2, "start": start, "size": len(data), "children": []})
    for entry in entries:
        order = sorted(entry["children"], key=lambda n: (len(entries[n]["name"]), entries[n]["name"].upper()))
        entry["child"] = order[0] if order else FREE
        for left, right in zip(order, order[1:]):
            entries[left]["right"] = right
    directory_sectors, mini_sectors = -(-len(entries) // 4), -(-len(mini) // 512)
    mini_fat_sectors = -(-len(mini_fat) * 4 // 512)
    first_mini_fat = 1 + directory_sectors
    first_mini = first_mini_fat + mini_fat_sectors
    entries[0] |= {"start": first_mini, "size": len(mini)}

    def chain(start: int, count: int) -> list[int]:
        return [start + n + 1 for n in range(count - 1)] + [END]

    fat = [FAT] + chain(1, directory_sectors) + chain(first_mini_fat, mini_fat_sectors) + chain(first_mini, mini_sectors)
    directory = b""
    for entry in entries + [None] * (directory_sectors * 4 - len(entries)):
        if entry is None:
            directory += b"\0" * 68 + struct.pack("<III", FREE, FREE, FREE) + b"\0" * 48
            continue
        name = entry["name"].encode("utf-16-le") + b"\0\0"
        directory += name.ljust(64, b"\0") + struct.pack("<HBBIII", len(name), entry["kind"], 1, FREE,
                                                         entry.get("right", FREE), entry["child"])
        directory += b"\0" * 36 + struct.pack("<IQ", entry.get("start", 0), entry.get("size", 0))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, first_mini_fat, mini_fat_sectors, END, 0, 0)
    header += struct.pack("<108I", *[FREE] * 108)
    return (header + struct.pack("<128I", *fat, *[FREE] * (128 - len(fat))) + directory +
            struct.pack(f"<{mini_fat_sectors * 128}I", *mini_fat, *[FREE] * (mini_fat_sectors * 128 - len(mini_fat))) +
            mini.ljust(mini_sectors * 512, b"\0"))


def ovba_compressed(data: bytes) -> bytes:
    """MS-OVBA's container with literal tokens only: every eighth byte is a flag byte of zero."""
    tokens = b"".join(b"\0" + data[n:n + 8] for n in range(0, len(data), 8))
    return b"\1" + struct.pack("<H", 0xB000 | (len(tokens) + 2 - 3)) + tokens


def vba_project() -> bytes:
    source = b'Attribute VB_Name = "Module1"\r\nSub AutoOpen()\r\n  MsgBox "sample"\r\nEnd Sub\r\n'

    def entry(number: int, data: bytes) -> bytes:
        return struct.pack("<HI", number, len(data)) + data

    wide = "Module1".encode("utf-16-le")
    module = (entry(0x19, b"Module1") + entry(0x47, wide) + entry(0x1A, b"Module1") + entry(0x32, wide) +
              entry(0x1C, b"") + entry(0x48, b"") + entry(0x31, bytes(4)) + entry(0x1E, bytes(4)) +
              entry(0x2C, b"\xff\xff") + entry(0x21, b"") + entry(0x2B, b""))
    project = (entry(0x01, struct.pack("<I", 1)) + entry(0x02, struct.pack("<I", 0x411)) +
               entry(0x14, struct.pack("<I", 0x411)) + entry(0x03, struct.pack("<H", 932)) + entry(0x04, b"Sample") +
               entry(0x05, b"") + entry(0x40, b"") + entry(0x06, b"") + entry(0x3D, b"") + entry(0x07, bytes(4)) +
               entry(0x08, bytes(4)) + struct.pack("<HIIH", 0x09, 4, 1, 1) + entry(0x0C, b"") + entry(0x3C, b"") +
               entry(0x0F, struct.pack("<H", 1)) + entry(0x13, b"\xff\xff") + module + entry(0x10, b""))
    return compound_file({"PROJECT": b'ID="{00000000-0000-0000-0000-000000000000}"\r\nModule=Module1\r\nName="Sample"\r\n',
                          "VBA/dir": ovba_compressed(project), "VBA/Module1": ovba_compressed(source),
                          "VBA/_VBA_PROJECT": bytes.fromhex("cc61ffff00000000")})


def docm() -> bytes:
    link = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    rels = relationships(("rId1", "x", "vbaProject.bin")).replace(f"{OFFICE}/x", link)
    return docx(["マクロ付きの申請書（見本）"], DOCM_TYPE,
                parts={"word/_rels/document.xml.rels": rels, "word/vbaProject.bin": vba_project()},
                extensions={"bin": "application/vnd.ms-office.vbaProject"})


def xlsm_with_macro_sheet() -> bytes:
    macro = ('<xm:macrosheet xmlns="%s" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><sheetData>'
             '<row r="1"><c r="A1"><f>ALERT("sample")</f></c></row></sheetData></xm:macrosheet>' % SHEET)
    book = xlsx([["申請者", "架空 太郎"]], XLSM_TYPE, more_sheets='<sheet name="Macro1" sheetId="2" r:id="rId2"/>',
                links=[("rId2", "xlMacrosheet", "macrosheets/sheet1.xml")],
                parts={"xl/macrosheets/sheet1.xml": XML + macro},
                types={"xl/macrosheets/sheet1.xml": "application/vnd.ms-excel.macrosheet+xml"})
    return book


def docx_with_dde() -> bytes:
    def run(inner: str) -> str:
        return f"<w:r>{inner}</w:r>"

    field = (run('<w:fldChar w:fldCharType="begin"/>') +
             run('<w:instrText xml:space="preserve"> DDEAUTO excel "sample.xlsx" "Sheet1!A1" </w:instrText>') +
             run('<w:fldChar w:fldCharType="separate"/>') + run("<w:t>0</w:t>") + run('<w:fldChar w:fldCharType="end"/>'))
    return docx(["数量は次のとおり"], more_body=f"<w:p>{field}</w:p>")


def docx_with_remote_template() -> bytes:
    settings = (f'{XML}<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
                f'xmlns:r="{OFFICE}"><w:attachedTemplate r:id="rId1"/></w:settings>')
    return docx(["ひな形を外から読む申請書"], links=[("rId1", "settings", "settings.xml")],
                parts={"word/settings.xml": settings,
                       "word/_rels/settings.xml.rels": relationships(
                           ("rId1", "attachedTemplate", OUTSIDE + "template.dotm", True))},
                types={"word/settings.xml":
                       "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"})


def xlsx_with_external_link() -> bytes:
    link = (f'{XML}<externalLink xmlns="{SHEET}" xmlns:r="{OFFICE}"><externalBook r:id="rId1"><sheetNames>'
            '<sheetName val="Sheet1"/></sheetNames></externalBook></externalLink>')
    return xlsx([["申請者", "見本 花子"]], links=[("rId2", "externalLink", "externalLinks/externalLink1.xml")],
                more_workbook='<externalReferences><externalReference r:id="rId2"/></externalReferences>',
                parts={"xl/externalLinks/externalLink1.xml": link,
                       "xl/externalLinks/_rels/externalLink1.xml.rels": relationships(
                           ("rId1", "externalLinkPath", OUTSIDE + "book.xlsx", True))},
                types={"xl/externalLinks/externalLink1.xml":
                       "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"})


def docx_with_ole_object() -> bytes:
    package = compound_file({"\1Ole": bytes(20), "\1Ole10Native": struct.pack("<I", 16) + b"sample contents\n"})
    body = ('<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" Type="Embed" '
            'ProgID="Package" ShapeID="s1" DrawAspect="Icon" ObjectID="1" r:id="rId1"/></w:object></w:r></w:p>')
    return docx(["埋め込みのある申請書"], more_body=body, links=[("rId1", "oleObject", "embeddings/oleObject1.bin")],
                parts={"word/embeddings/oleObject1.bin": package},
                extensions={"bin": "application/vnd.openxmlformats-officedocument.oleObject"})


def odt_with_script() -> bytes:
    listener = ('<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script" '
                'script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.Module1.Main?language=Basic'
                '&amp;location=document" xlink:type="simple"/></office:event-listeners></office:scripts>')
    library = "http://openoffice.org/2000/library"
    script = "http://openoffice.org/2000/script"
    return odt(["スクリプト付きの申請書"], listener, {
        "Basic/script-lc.xml": f'{XML}<library:libraries xmlns:library="{library}" xmlns:xlink='
                               '"http://www.w3.org/1999/xlink"><library:library library:name="Standard" '
                               'library:link="false"/></library:libraries>',
        "Basic/Standard/script-lb.xml": f'{XML}<library:library xmlns:library="{library}" library:name="Standard" '
                                        'library:readonly="false" library:passwordprotected="false">'
                                        '<library:element library:name="Module1"/></library:library>',
        "Basic/Standard/Module1.xml": f'{XML}<script:module xmlns:script="{script}" script:name="Module1" '
                                      'script:language="StarBasic">Sub Main\n  MsgBox "sample"\nEnd Sub'
                                      '</script:module>'})


def pdf_with_javascript() -> bytes:
    return pdf(["PLAN"], "/Names << /JavaScript << /Names [(sample) 5 0 R] >> >>",
               objects=[b"<< /S /JavaScript /JS (app.alert\\('sample'\\);) >>"])


def pdf_with_launch() -> bytes:
    return pdf(["PLAN"], page="/Annots [5 0 R]",
               objects=[b"<< /Type /Annot /Subtype /Link /Rect [60 420 540 760] /A << /S /Launch /F (sample.exe) >> >>"])


def pdf_with_open_action() -> bytes:
    return pdf(["PLAN"], "/OpenAction << /S /URI /URI (https://files.example.net/) >>")


def pdf_with_embedded_file() -> bytes:
    return pdf(["PLAN"], "/Names << /EmbeddedFiles << /Names [(sample.txt) 5 0 R] >> >>",
               objects=[b"<< /Type /Filespec /F (sample.txt) /EF << /F 6 0 R >> >>",
                        stream_object(b"sample contents\n", "/Type /EmbeddedFile")])


PDF_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def pdf_with_password() -> bytes:
    """Sealed by the oldest security handler (RC4, 40 bits): enough that nobody reads it without the password."""
    padded = (b"himitsu" + PDF_PADDING)[:32]
    owner = rc4(hashlib.md5(padded).digest()[:5], padded)
    identity, allowed = bytes(range(16)), struct.pack("<i", -4)
    key = hashlib.md5(padded + owner + allowed + identity).digest()[:5]
    user = rc4(key, PDF_PADDING)
    trailer = (f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{owner.hex()}> /U <{user.hex()}> >> "
               f"/ID [<{identity.hex()}> <{identity.hex()}>]")
    content_key = hashlib.md5(key + bytes([3, 0, 0, 0, 0])).digest()[:10]
    return pdf(["SEALED PLAN"], trailer=trailer, seal=lambda content: rc4(content_key, content))


def nested_zip(depth: int) -> bytes:
    inner = zip_archive([Member("内容.txt", "見本".encode("utf-8"))])
    for level in range(depth):
        inner = zip_archive([Member(f"level{level}.zip", inner)])
    return inner


def nested_gzip(depth: int) -> bytes:
    data = "見本".encode("utf-8")
    for _ in range(depth):
        data = gzip.compress(data, mtime=0)
    return data


def eicar() -> bytes:
    """The EICAR test file, put together here so that no file of the project is one."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"-".join([b"EICAR", b"STANDARD", b"ANTIVIRUS", b"TEST"]) + \
        b"-FILE!$H" + b"+H*"


def marker() -> bytes:
    """What the sample signature database knows as malware beside EICAR."""
    return "-".join(["intake", "sample", "malware", "marker"]).upper().encode("ascii")
