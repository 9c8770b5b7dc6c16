"""Messages as Japanese mail software writes them: charsets, transfer encodings, names of attachments."""
import base64
import quopri
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes


def iso_2022_jp(text: str) -> bytes:
    """ISO-2022-JP as Windows writes it: half-width kana and vendor characters included (CP50221)."""
    out, mode = b"", b"\x1b(B"
    for char in text:
        code = char.encode("cp932")
        if char.isascii():
            wanted = b"\x1b(B"
        elif len(code) == 1:
            wanted, code = b"\x1b(I", bytes([code[0] - 0x80])
        else:
            lead, trail = code[0] - (0x71 if code[0] < 0xA0 else 0xB1), code[1]
            row = lead * 2 + (2 if trail >= 0x9F else 1)
            cell = trail - (0x7E if trail >= 0x9F else 0x20 if trail > 0x7E else 0x1F)
            wanted, code = b"\x1b$B", bytes([row, cell])
        out += (wanted if wanted != mode else b"") + code
        mode = wanted
    return out + (b"\x1b(B" if mode != b"\x1b(B" else b"")


CODECS = {"shift_jis": "cp932", "euc-jp": "euc_jp", "utf-8": "utf-8"}


def encode(text: str, charset: str) -> bytes:
    if charset == "iso-2022-jp":
        return b"\n".join(iso_2022_jp(line) for line in text.split("\n"))
    return text.encode(CODECS[charset])


def encoded_words(text: str, charset: str = "iso-2022-jp") -> str:
    """RFC 2047, a few characters to each word so that no multi-byte character is split."""
    if text.isascii():
        return text
    pieces = [text[n:n + 10] for n in range(0, len(text), 10)]
    words = [f"=?{charset.upper()}?B?{base64.b64encode(encode(piece, charset)).decode()}?=" for piece in pieces]
    return "\n ".join(words)


def name_parameter(name: str, style: str) -> str:
    """The name of an attachment as a Content-Disposition parameter."""
    if name.isascii():
        return f'filename="{name}"'
    if style == "rfc2047":  # not allowed by the standard, and what many mailers write
        return f'filename="{encoded_words(name)}"'
    raw = name.encode("utf-8")
    if style == "split":  # RFC 2231 continuations, cut in the middle of a character
        pieces = [raw[n:n + 7] for n in range(0, len(raw), 7)]
        lines = [f"filename*{n}*={'' if n else chr(85) + 'TF-8' + chr(39) * 2}{quote_from_bytes(piece)}"
                 for n, piece in enumerate(pieces)]
        return ";\n ".join(lines)
    return f"filename*=UTF-8''{quote_from_bytes(raw)}"


@dataclass
class Part:
    """One MIME part: its header lines and its encoded body."""
    headers: list[str]
    body: bytes


def text_part(text: str, charset: str = "iso-2022-jp", transfer: str | None = None, subtype: str = "plain",
              more: str = "") -> Part:
    raw = encode(text, charset)
    transfer = transfer or {"iso-2022-jp": "7bit", "euc-jp": "quoted-printable"}.get(charset, "base64")
    if transfer == "base64":
        raw = base64.encodebytes(raw)
    elif transfer == "quoted-printable":
        raw = quopri.encodestring(raw)
    return Part([f"Content-Type: text/{subtype}; charset={charset.upper()}{more}",
                 f"Content-Transfer-Encoding: {transfer}"], raw)


def file_part(name: str, data: bytes, kind: str = "application/zip", style: str = "rfc2231") -> Part:
    return Part([f"Content-Type: {kind}", f"Content-Disposition: attachment;\n {name_parameter(name, style)}",
                 "Content-Transfer-Encoding: base64"], base64.encodebytes(data))


def multipart(parts: list[Part], subtype: str = "mixed", boundary: str = "intake-sample", closed: bool = True) -> Part:
    body = b"".join(b"--%s\n%s\n\n%s\n" % (boundary.encode(), "\n".join(part.headers).encode(), part.body)
                    for part in parts)
    return Part([f'Content-Type: multipart/{subtype}; boundary="{boundary}"'],
                body + (b"--%s--\n" % boundary.encode() if closed else b""))


@dataclass
class Message:
    """Header fields in order, then the part. Values of `fields` replace or, as None, remove the usual ones."""
    part: Part
    fields: dict[str, str | None] = field(default_factory=dict)

    def raw(self) -> bytes:
        lines = [f"{name}: {value}" for name, value in self.fields.items() if value is not None]
        lines += ["MIME-Version: 1.0", *self.part.headers]
        return "\n".join(lines).encode("utf-8") + b"\n\n" + self.part.body
