"""Zip archives written byte by byte, so that a sample can be right or wrong in exactly one way.

Nothing here depends on the day or on chance: salts come from the member's name and content.
"""
import bz2
import ctypes
import hashlib
import hmac
import struct
import zlib
from dataclasses import dataclass

STORED, DEFLATED, BZIP2, AES_METHOD = 0, 8, 12, 99
DOS_TIME, DOS_DATE = 0x4A00, 0x5D71  # 2026-11-17 09:16, written into every archive

# Called as a library: the openssl command, started for each member, takes longer than all the rest of a sample.
crypto = ctypes.CDLL("libcrypto.so.3")
for function in (crypto.EVP_CIPHER_CTX_new, crypto.EVP_aes_128_ecb, crypto.EVP_aes_192_ecb, crypto.EVP_aes_256_ecb):
    function.restype = ctypes.c_void_p


@dataclass
class Member:
    name: str
    data: bytes
    method: int = DEFLATED
    cp932: bool = False          # the name as Windows writes it, without the UTF-8 flag
    local_name: str | None = None  # a local header that disagrees with the directory


def compress(data: bytes, method: int) -> bytes:
    if method == DEFLATED:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(data) + packer.flush()
    return bz2.compress(data) if method == BZIP2 else data


def aes_counter_keystream(key: bytes, size: int) -> bytes:
    """WinZip's counter mode: little-endian counters from 1, encrypted block by block."""
    blocks = b"".join(n.to_bytes(16, "little") for n in range(1, size // 16 + 2))
    stream, written = ctypes.create_string_buffer(len(blocks)), ctypes.c_int()
    cipher = ctypes.c_void_p(getattr(crypto, f"EVP_aes_{len(key) * 8}_ecb")())
    context = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    done = (crypto.EVP_EncryptInit_ex(context, cipher, None, key, None) == 1 and
            crypto.EVP_EncryptUpdate(context, stream, ctypes.byref(written), blocks, len(blocks)) == 1)
    crypto.EVP_CIPHER_CTX_free(context)
    if not done:
        raise RuntimeError("OpenSSL did not encrypt")
    return stream.raw[:size]


def aes_encrypt(data: bytes, password: bytes, bits: int, seed: bytes) -> bytes:
    """Salt, verifier, ciphertext and authentication code as the AE-x specification orders them."""
    key_bytes = bits // 8
    salt = hashlib.sha256(seed + data).digest()[:key_bytes // 2]
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 2 * key_bytes + 2)
    stream = aes_counter_keystream(keys[:key_bytes], len(data))
    sealed = (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")
    code = hmac.new(keys[key_bytes:2 * key_bytes], sealed, "sha1").digest()[:10]
    return salt + keys[-2:] + sealed + code


def crc_step(crc: int, byte: int) -> int:
    return (zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF) & 0xFFFFFFFF


def zipcrypto_encrypt(data: bytes, password: bytes, crc: int) -> bytes:
    """The traditional encryption of APPNOTE 6.1: three keys stirred with every plain byte."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def stir(byte: int) -> None:
        keys[0] = crc_step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc_step(keys[2], keys[1] >> 24)

    def seal(byte: int) -> int:
        mask = (keys[2] | 2) & 0xFFFF
        sealed = byte ^ ((mask * (mask ^ 1)) >> 8) & 0xFF
        stir(byte)
        return sealed

    for byte in password:
        stir(byte)
    header = hashlib.sha256(data).digest()[:11] + bytes([crc >> 24])
    return bytes(seal(byte) for byte in header + data)


def zip_archive(members: list[Member], password: bytes | None = None, bits: int = 256, ae: int = 2,
                zipcrypto: bool = False) -> bytes:
    body, directory = b"", b""
    for member in members:
        crc = zlib.crc32(member.data)
        packed = compress(member.data, member.method)
        name = member.name.encode("cp932" if member.cp932 else "utf-8")
        local_name = (member.local_name or member.name).encode("cp932" if member.cp932 else "utf-8")
        flags = 0 if member.cp932 or name.isascii() else 0x800
        method, extra, version = member.method, b"", 46 if member.method == BZIP2 else 20
        if password is not None and zipcrypto:
            packed, flags = zipcrypto_encrypt(packed, password, crc), flags | 1
        elif password is not None:
            packed, flags = aes_encrypt(packed, password, bits, name), flags | 1
            extra = struct.pack("<HHH2sBH", 0x9901, 7, ae, b"AE", bits // 64 - 1, member.method)
            method, version = AES_METHOD, 51
            crc = crc if ae == 1 else 0  # AE-2 leaves the checksum out, the HMAC stands for it
        common = struct.pack("<HHHHHIII", version, flags, method, DOS_TIME, DOS_DATE, crc, len(packed),
                             len(member.data))
        directory += (struct.pack("<IH", 0x02014B50, version) + common +
                      struct.pack("<HHHHHII", len(name), len(extra), 0, 0, 0, 0, len(body)) + name + extra)
        body += struct.pack("<I", 0x04034B50) + common + struct.pack("<HH", len(local_name), len(extra)) + \
            local_name + extra + packed
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + end
