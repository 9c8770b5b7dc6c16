"""Zips for tests/archive_differential.sh: right ones of every form, and each broken in one known way.

A zip is a list of members whose local header and directory entry are written field by field, so that any of them can
say something else than the other. The same seed makes the same zip.
"""
import functools
import hashlib
import hmac
import lzma
import random
import struct
import zlib
from dataclasses import dataclass, field

import archives
from archives import AES_METHOD, BZIP2, DEFLATED, STORED

PASSWORD = b"differential"
LZMA = 14
DESCRIPTOR, LZMA_END, UTF8 = 0x8, 0x2, 0x800
SATURATED = 0xFFFFFFFF
CONTENTS = [b"", b"x", "申請の内容\n".encode(), b"line of text\r\n" * 40, bytes(range(256)) * 9,
            hashlib.shake_256(b"noise").digest(3000), b"\0" * 5000, b"PK\5\6" + b"\0" * 18 + b"inner"]
NAMES = ["a.txt", "申請書.docx", "folder/b.txt", "書類/①髙～.pdf", "c.xlsx", "d d.txt", "ö.txt"]


@functools.cache
def keystream(key: bytes, blocks: int) -> bytes:
    return archives.aes_counter_keystream(key, 16 * blocks)


@functools.cache
def derived(password: bytes, salt: bytes, size: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha1", password, salt, 1000, size)


def aes_cipher(data: bytes, key: bytes) -> bytes:
    stream = keystream(key, (len(data) + 2048) // 1024 * 64)[:len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")


def aes_seal(data: bytes, bits: int) -> bytes:
    size = bits // 8
    salt = hashlib.sha256(b"%d" % (len(data) % 5)).digest()[:size // 2]  # few, so that keys need not be derived again
    keys = derived(PASSWORD, salt, 2 * size + 2)
    sealed = aes_cipher(data, keys[:size])
    return salt + keys[-2:] + sealed + hmac.new(keys[size:2 * size], sealed, "sha1").digest()[:10]


def pack(data: bytes, method: int) -> bytes:
    if method != LZMA:
        return archives.compress(data, method)
    packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}])
    return struct.pack("<BBHBI", 9, 20, 5, 93, 1 << 16) + packer.compress(data) + packer.flush()


@dataclass
class Member:
    name: bytes
    data: bytes
    method: int = DEFLATED
    flags: int = 0
    lock: str = "none"               # none, zipcrypto, aes-128, aes-192, aes-256
    ae: int = 2
    descriptor: int = 0              # its length, 0 for none
    wide: bool = False               # sizes in a zip64 field
    unicode_path: bytes | None = None
    attributes: int = 0
    padding: bytes = b""             # between this member and the next
    packed: bytes | None = None      # instead of what `data` packs to
    local: dict = field(default_factory=dict)    # fields in which a header lies
    central: dict = field(default_factory=dict)
    descriptor_lies: bytes | None = None

    def prepared(self) -> dict:
        packed = pack(self.data, self.method) if self.packed is None else self.packed
        flags = self.flags | (DESCRIPTOR if self.descriptor else 0) | (LZMA_END if self.method == LZMA else 0)
        values = {"flags": flags, "method": self.method,
                  "crc": zlib.crc32(self.data), "size": len(self.data), "name": self.name, "extra": b"",
                  "attributes": self.attributes, "packed": packed}
        if self.lock == "zipcrypto":
            # With a descriptor the last byte of the header checks the time instead of the checksum.
            check = archives.DOS_TIME << 16 if self.descriptor else values["crc"]
            values["packed"] = archives.zipcrypto_encrypt(packed, PASSWORD, check)
            values["flags"] |= 1
        elif self.lock != "none":
            bits = int(self.lock[4:])
            values["packed"] = aes_seal(packed, bits)
            values["flags"] |= 1
            values["extra"] += struct.pack("<HHH2sBH", 0x9901, 7, self.ae, b"AE", bits // 64 - 1, self.method)
            values["method"] = AES_METHOD
            if self.ae == 2:
                values["crc"] = 0
        if self.unicode_path is not None:
            content = struct.pack("<BI", 1, zlib.crc32(self.name)) + self.unicode_path
            values["extra"] += struct.pack("<HH", 0x7075, len(content)) + content
        return values


@dataclass
class Zip:
    members: list[Member]
    order: list[int] | None = None   # of the directory
    prefix: bytes = b""
    prefix_counted: bool = True
    before_directory: bytes = b""
    before_end: bytes = b""
    comment: bytes = b""
    suffix: bytes = b""
    end64: bool = False
    end: dict = field(default_factory=dict)     # fields in which the end record lies
    end64_lies: dict = field(default_factory=dict)
    locator_lies: int = 0

    def made(self) -> bytes:
        body, entries = self.prefix, []
        base = 0 if self.prefix_counted else len(self.prefix)
        for member in self.members:
            values = member.prepared()
            values["offset"] = len(body) - base
            values["packed_size"] = len(values["packed"])
            body += local_header(member, values) + values["packed"] + descriptor(member, values) + member.padding
            entries.append(central_header(member, values))
        body += self.before_directory
        start = len(body) - base
        directory = b"".join(entries[i] for i in self.order or range(len(entries)))
        body += directory + self.before_end
        fields = {"members": len(entries), "size": len(directory), "offset": start} | self.end
        if self.end64:
            wide = {"members": len(entries), "size": len(directory), "offset": start} | self.end64_lies
            at = len(body) - base + self.locator_lies
            body += struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, wide["members"], wide["members"],
                                wide["size"], wide["offset"]) + struct.pack("<IIQI", 0x07064B50, 0, at, 1)
            fields = {"members": 0xFFFF, "size": SATURATED, "offset": SATURATED} | self.end
        body += struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, fields["members"], fields["members"], fields["size"],
                            fields["offset"], fields.get("comment", len(self.comment)))
        return body + self.comment + self.suffix


def local_header(member: Member, values: dict) -> bytes:
    shown = values | ({"crc": 0, "size": 0, "packed_size": 0} if member.descriptor else {}) | member.local
    extra, size, packed_size = shown["extra"], shown["size"], shown["packed_size"]
    if member.wide:
        extra = struct.pack("<HHQQ", 1, 16, size, packed_size) + extra
        size = packed_size = SATURATED
    return struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, shown["flags"], shown["method"], archives.DOS_TIME,
                       archives.DOS_DATE, shown["crc"], packed_size, size, len(shown["name"]),
                       len(extra)) + shown["name"] + extra


def central_header(member: Member, values: dict) -> bytes:
    shown = values | member.central
    extra, size, packed_size = shown["extra"], shown["size"], shown["packed_size"]
    if member.wide:
        extra = struct.pack("<HHQQ", 1, 16, size, packed_size) + extra
        size = packed_size = SATURATED
    return struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 0x32D, 45, shown["flags"], shown["method"], archives.DOS_TIME,
                       archives.DOS_DATE, shown["crc"], packed_size, size, len(shown["name"]), len(extra), 0, 0, 0,
                       shown["attributes"], shown["offset"]) + shown["name"] + extra


def descriptor(member: Member, values: dict) -> bytes:
    if member.descriptor_lies is not None:
        return member.descriptor_lies
    if not member.descriptor:
        return b""
    wide = member.descriptor >= 20
    signature = b"PK\7\x08" if member.descriptor % 8 == 0 else b""
    return signature + struct.pack("<IQQ" if wide else "<III", values["crc"], values["packed_size"], values["size"])


def right_zip(chance: random.Random) -> Zip:
    """A zip that every careful reader opens."""
    lock = chance.choice(["none", "zipcrypto", "aes-128", "aes-192", "aes-256", "aes-256", "aes-256"])
    members = []
    for name in chance.sample(NAMES, chance.randint(1, 5)):
        method = chance.choice([STORED, DEFLATED, DEFLATED, BZIP2, LZMA])
        data = chance.choice(CONTENTS)
        if method == LZMA and not data:
            method = STORED  # libarchive does not open LZMA of nothing, and nobody packs nothing
        raw, flags, other = name.encode(), 0, None
        if not raw.isascii():
            form = chance.choice(["utf8", "utf8", "cp932", "field"])
            if form == "utf8":
                flags = UTF8
            elif name != "ö.txt":
                raw = name.encode("cp932")
                other = name.encode() if form == "field" else None
            else:
                flags = UTF8
        members.append(Member(raw, data, method, flags, lock, chance.choice([1, 2]),
                              unicode_path=other, wide=chance.random() < 0.15))
        # The end of a stored member with a descriptor is not known to who reads on from the front.
        if chance.random() < 0.2 and method != STORED:
            members[-1].descriptor = chance.choice([20, 24] if members[-1].wide else [12, 16])
    if chance.random() < 0.2:
        members.append(Member("書類置場/".encode(), b"", STORED, UTF8, attributes=0o40755 << 16 | 0x10))
    if lock == "none" and chance.random() < 0.4:  # a document that is a zip: what reads it is intake-scan
        members.insert(0, Member(b"mimetype", b"application/vnd.oasis.opendocument.text", STORED))
    made = Zip(members, end64=chance.random() < 0.15)
    if chance.random() < 0.2:
        made.order = chance.sample(range(len(members)), len(members))
    if chance.random() < 0.1:
        made.comment = b"a comment"
    return made


def changed(data: bytes, at: int, bits: int = 1) -> bytes:
    return data[:at] + bytes([data[at] ^ bits]) + data[at + 1:]


def file_of(made: Zip, chance: random.Random) -> Member:
    return chance.choice([m for m in made.members if not m.name.endswith(b"/")])


def second_member(made: Zip, chance: random.Random) -> Member:
    """Another member of the first's name; a fresh one, so that order and descriptors do not matter."""
    first = file_of(made, chance)
    made.order = None
    made.members.append(Member(first.name, b"another content", STORED, first.flags, first.lock,
                               unicode_path=first.unicode_path))
    return made.members[-1]


# Each takes a right zip and breaks it, and every one of them has to stay closed.
BREAKS = {}


def breaks(function):
    BREAKS[function.__name__] = function
    return function


@breaks
def local_name(made, chance):
    member = file_of(made, chance)
    member.local["name"] = member.name[:-1] + b"!"


@breaks
def local_method(made, chance):
    member = file_of(made, chance)
    member.local["method"] = 98


@breaks
def local_size(made, chance):
    member = file_of(made, chance)
    member.local["size"] = len(member.data) + 1


@breaks
def local_packed_size(made, chance):
    member = file_of(made, chance)
    member.local["packed_size"] = len(member.prepared()["packed"]) + 7


@breaks
def local_crc(made, chance):
    file_of(made, chance).local["crc"] = 0x12345678


@breaks
def local_flags(made, chance):
    member = file_of(made, chance)
    member.local["flags"] = member.prepared()["flags"] ^ UTF8


@breaks
def local_strength(made, chance):
    member = file_of(made, chance)
    member.lock, member.unicode_path = "aes-256", None
    member.local["extra"] = struct.pack("<HHH2sBH", 0x9901, 7, member.ae, b"AE", 1, member.method)


@breaks
def wrong_crc(made, chance):
    member = file_of(made, chance)
    if member.lock.startswith("aes"):
        member.ae = 1
    member.local["crc"] = member.central["crc"] = zlib.crc32(member.data) ^ 1
    member.descriptor = 0


@breaks
def damaged_content(made, chance):
    member = file_of(made, chance)
    member.data, member.method, member.ae, member.descriptor = b"0123456789" * 9, STORED, 1, 0
    member.packed = changed(member.data, 5)


def sealed_part(at):
    """Flips a bit of an AES member: counted from the front, or from the end for the code."""
    def broken(made, chance):
        member = file_of(made, chance)
        member.lock = "aes-256"
        if not member.data:
            member.data = b"content"
        right = member.prepared
        def prepared():
            values = right()
            packed = values["packed"]
            return values | {"packed": changed(packed, at % len(packed) if at >= 0 else len(packed) + at)}
        member.prepared = prepared
    return broken


@breaks
def shorter_than_said(made, chance):
    member = file_of(made, chance)
    member.central["size"] = len(member.data) + 9
    if not member.descriptor:
        member.local["size"] = len(member.data) + 9


@breaks
def longer_than_said(made, chance):
    member = file_of(made, chance)
    member.data = b"much content" * 30
    member.central["size"] = 10
    if not member.descriptor:
        member.local["size"] = 10


@breaks
def behind_the_stream(made, chance):
    member = file_of(made, chance)
    member.method = DEFLATED
    member.packed = pack(member.data, DEFLATED) + b"hidden"


@breaks
def overlapping_offset(made, chance):
    second = second_member(made, chance)
    second.name, second.central["offset"] = b"second.txt", 0
    second.unicode_path = None


@breaks
def overlapping_size(made, chance):
    made.members.insert(0, Member(b"wide.txt", b"content", STORED))
    made.members.append(Member(b"last.txt", b"content", STORED))
    made.order = None
    made.members[0].local["packed_size"] = made.members[0].central["packed_size"] = 60
    made.members[0].local["size"] = made.members[0].central["size"] = 60


@breaks
def same_name(made, chance):
    second_member(made, chance)


@breaks
def same_name_folded(made, chance):
    made.order = None
    made.members += [Member(b"Same.txt", b"1", STORED), Member("ｓａｍｅ.TXT".encode(), b"2", STORED, UTF8)]


@breaks
def file_as_folder(made, chance):
    made.order = None
    made.members += [Member(b"both", b"1", STORED), Member(b"both/inner.txt", b"2", STORED)]


def unsafe(name, attributes=0):
    def broken(made, chance):
        made.order = None
        member = Member(name, b"/etc/passwd", STORED, attributes=attributes)
        made.members.insert(chance.randint(0, len(made.members)), member)
    return broken


@breaks
def in_front(made, chance):
    made.prefix, made.prefix_counted = b"#!/bin/sh\nexit\n", chance.random() < 0.5


@breaks
def behind(made, chance):
    made.suffix = b"more bytes"


@breaks
def zip_behind(made, chance):
    made.suffix = Zip([Member(b"other.txt", b"other", STORED)]).made()


@breaks
def zip_in_comment(made, chance):
    made.comment = Zip([Member(b"other.txt", b"other", STORED)]).made()


@breaks
def cut_comment(made, chance):
    made.comment, made.end["comment"] = b"short", 40


@breaks
def gap(made, chance):
    file_of(made, chance).padding = b"PK\3\4 something between"


@breaks
def before_directory(made, chance):
    made.before_directory = Zip([Member(b"hidden.txt", b"hidden", STORED)]).made()[:45]


@breaks
def before_end(made, chance):
    made.before_end = b"unsaid"


@breaks
def fewer_members(made, chance):
    made.end64 = False
    made.members.append(Member(b"uncounted.txt", b"content", STORED))
    made.order, made.end["members"] = None, len(made.members) - 1


@breaks
def more_members(made, chance):
    made.end64, made.end["members"] = False, len(made.members) + 1


@breaks
def moved_directory(made, chance):
    made.end64 = False
    made.end["offset"] = 4


@breaks
def end_records_disagree(made, chance):
    made.end64 = True
    made.end["members"] = len(made.members) + 1


@breaks
def end64_lies(made, chance):
    made.end64 = True
    made.end64_lies[chance.choice(["members", "size", "offset"])] = 1 << 40


@breaks
def locator_lies(made, chance):
    made.end64, made.locator_lies = True, 13


@breaks
def descriptor_lies(made, chance):
    member = file_of(made, chance)
    member.descriptor, member.wide = 16, False
    member.descriptor_lies = b"PK\7\x08" + struct.pack("<III", 1, 2, 3)


@breaks
def no_descriptor(made, chance):
    member = file_of(made, chance)
    member.descriptor, member.descriptor_lies = 16, b""


@breaks
def two_unicode_names(made, chance):
    made.order = None
    made.members.append(Member("一.txt".encode(), b"1", STORED, UTF8, unicode_path="二.txt".encode()))


@breaks
def other_password(made, chance):
    member = file_of(made, chance)
    member.lock = "aes-256"
    right = member.prepared
    def prepared():
        global PASSWORD
        kept, PASSWORD = PASSWORD, b"nobody knows"
        try:
            return right()
        finally:
            PASSWORD = kept
    member.prepared = prepared


BREAKS |= {"salt": sealed_part(3), "verifier": sealed_part(17), "ciphertext": sealed_part(19), "code": sealed_part(-1),
           "dot_dot": unsafe(b"../up.txt"), "absolute": unsafe(b"/etc/x"), "nul": unsafe(b"a.txt\0.exe"),
           "backslash": unsafe(b"..\\up.txt"), "drive": unsafe(b"C:x.txt"), "control": unsafe(b"a\x1b[31m.txt"),
           "symlink": unsafe(b"link", 0o120777 << 16), "device": unsafe(b"device", 0o020666 << 16),
           "dos_folder": unsafe(b"folder", 0x10), "unix_folder": unsafe(b"folder", 0o040755 << 16),
           "bidi": unsafe("a\u202etxt.exe".encode())}


def random_change(data: bytes, chance: random.Random) -> bytes:
    """A few bytes flipped, cut, doubled or moved, anywhere: nothing is known of what becomes of it."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        at, size = chance.randrange(len(out)), chance.choice([1, 1, 2, 4, 30])
        what = chance.randrange(6)
        if what < 3:
            out[at] ^= 1 << chance.randrange(8)
        elif what == 3:
            del out[at:at + size]
        elif what == 4:
            out[at:at] = out[at:at + size]
        else:
            out[at:at + size] = chance.choice([b"\0", b"\xff", b"PK\5\6"])[:1] * len(out[at:at + size])
        if len(out) < 4:
            return data
    return bytes(out)
