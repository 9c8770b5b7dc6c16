"""A zip read by its directory alone: what tests/archive_differential.sh holds the product's reader against.

Every HMAC, checksum and size is checked; what does not fit raises.
"""
import bz2
import hmac
import lzma
import struct
import zlib

import zip_forms
from zip_forms import PASSWORD


class Unreadable(Exception):
    pass


class UnknownMethod(Exception):
    pass


def need(condition: bool, what: str) -> None:
    if not condition:
        raise Unreadable(what)


def extra_fields(extra: bytes) -> dict[int, bytes]:
    found = {}
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        found[kind], extra = extra[4:4 + size], extra[4 + size:]
    return found


def zipcrypto_open(sealed: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]
    step = lambda crc, byte: crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]

    def stir(byte):
        keys[0] = step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = step(keys[2], keys[1] >> 24)
    for byte in PASSWORD:
        stir(byte)
    plain = bytearray()
    for byte in sealed:
        mask = (keys[2] | 2) & 0xFFFF
        plain.append(byte ^ (mask * (mask ^ 1) >> 8) & 0xFF)
        stir(plain[-1])
    return bytes(plain[12:])


def crc_entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xEDB88320 if byte & 1 else 0)
    return byte


CRC_TABLE = [crc_entry(byte) for byte in range(256)]


def aes_open(packed: bytes, strength: int) -> bytes:
    size = 8 + 8 * strength
    salt, rest, code = packed[:size // 2], packed[size // 2:-10], packed[-10:]
    verifier, sealed = rest[:2], rest[2:]
    keys = zip_forms.derived(PASSWORD, salt, 2 * size + 2)
    need(keys[-2:] == verifier, "verifier")
    need(hmac.new(keys[size:2 * size], sealed, "sha1").digest()[:10] == code, "HMAC")
    return zip_forms.aes_cipher(sealed, keys[:size])


def unpacked(packed: bytes, method: int, size: int) -> bytes:
    if method == 0:
        return packed
    if method == 8:
        return zlib.decompressobj(-15).decompress(packed)
    if method == 12:
        return bz2.decompress(packed)
    if method == 14:
        number = packed[4]
        filters = [{"id": lzma.FILTER_LZMA1, "lc": number % 9, "lp": number // 9 % 5, "pb": number // 45,
                    "dict_size": max(4096, struct.unpack_from("<I", packed, 5)[0])}]
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters).decompress(packed[9:], size)
    if method == 95:
        return lzma.decompress(packed, lzma.FORMAT_XZ)
    raise UnknownMethod(method)


def directory_view(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """Offset, name as stored and content of every file, by the directory alone; Unreadable where a check fails."""
    end = data.rfind(b"PK\5\6")
    members, size, start = struct.unpack_from("<HII", data, end + 10)
    if data[end - 20:end - 16] == b"PK\6\7":
        at = struct.unpack_from("<Q", data, end - 12)[0]
        members, size, start = struct.unpack_from("<QQQ", data, at + 32)
    found, at = [], start
    for _ in range(members):
        (signature, _, _, flags, method, _, _, crc, packed_size, size, name_size, extra_size, comment_size, _, _, _,
         offset) = struct.unpack_from("<IHHHHHHIIIHHHHHII", data, at)
        need(signature == 0x02014B50, "directory entry")
        name = data[at + 46:at + 46 + name_size]
        extra = extra_fields(data[at + 46 + name_size:at + 46 + name_size + extra_size])
        at += 46 + name_size + extra_size + comment_size
        wide = extra.get(1, b"")
        values = []
        for value in (size, packed_size, offset):
            if value == 0xFFFFFFFF:
                value, wide = struct.unpack_from("<Q", wide)[0], wide[8:]
            values.append(value)
        size, packed_size, offset = values
        local_name, local_extra = struct.unpack_from("<HH", data, offset + 26)
        first = offset + 30 + local_name + local_extra
        packed, checked = data[first:first + packed_size], True
        need(len(packed) == packed_size, "packed data")
        if method == 99:
            version, _, strength, method = struct.unpack("<H2sBH", extra[0x9901])
            packed, checked = aes_open(packed, strength), version == 1
        elif flags & 1:
            packed = zipcrypto_open(packed)
        content = unpacked(packed, method, size)
        need(len(content) == size, "size")
        need(not checked or zlib.crc32(content) == crc, "CRC")
        if name.endswith(b"/"):
            continue
        other = extra.get(0x7075, b"")
        if len(other) > 5 and other[0] == 1 and struct.unpack_from("<I", other, 1)[0] == zlib.crc32(name):
            name = other[5:]
        found.append((offset, name, content))
    return found
