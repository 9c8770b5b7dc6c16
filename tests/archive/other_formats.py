"""Archives of formats that no free program writes: RAR by hand (stored), and LZH as jLHA wrote it."""
import base64
import struct
import zlib

# "申請の内容\n", fifty times, as a.txt: -lh5- under a header of level 2.
LZH_TEXT = "申請の内容\n".encode() * 50
LZH = base64.b64decode(
    "JwAtbGg1LSQAAAAgAwAA2ToEayAC4G0ABQAAvlYIAAFhLnR4dAAAABRDboZ/q7GJQKKqwCSKKkwVRH4Ifm3wJz16Gw51U2bIccf/AA==")


def crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def lzh(name: bytes) -> bytes:
    """The same archive with another name: the header holds its own size and checksum."""
    size = LZH[0]
    fixed, packed = LZH[2:24], LZH[size:]
    fields = struct.pack("<HBHH", 5, 0, 0, len(name) + 3) + b"\1" + name + struct.pack("<H", 0)
    header = bytearray(struct.pack("<H", 2 + len(fixed) + len(fields)) + fixed + fields)
    struct.pack_into("<H", header, 27, crc16(header))
    return bytes(header) + packed


def rar4(name: str, data: bytes, encrypted: bool = False, volume: bool = False) -> bytes:
    def block(kind: int, flags: int, body: bytes) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head

    raw = name.encode()  # without the flag for two names, the name is what its bytes say
    flags = 0x8000 | (0x4 if encrypted else 0) | (0x2 if volume else 0)
    file = struct.pack("<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0x5D714A00, 29, 0x30, len(raw), 0o100644)
    return b"Rar!\x1a\7\0" + block(0x73, 0x1 if volume else 0, bytes(6)) + block(0x74, flags, file + raw) + data + \
        block(0x7B, 0x4000, b"")


def rar5(name: str, data: bytes) -> bytes:
    def number(value: int) -> bytes:
        out = b""
        while value > 0x7F:
            out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
        return out + bytes([value])

    def block(body: bytes) -> bytes:
        sized = number(len(body)) + body
        return struct.pack("<I", zlib.crc32(sized)) + sized

    raw = name.encode()
    file = number(2) + number(2) + number(len(data)) + number(4) + number(len(data)) + number(0o100644) + \
        struct.pack("<I", zlib.crc32(data)) + number(0) + number(1) + number(len(raw)) + raw
    return b"Rar!\x1a\7\1\0" + block(number(1) + number(0) + number(0)) + block(file) + data + \
        block(number(5) + number(0) + number(0))
