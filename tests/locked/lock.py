"""lock.py DOCUMENT LOCKED PASSWORD [standard] [extra]: an OOXML package as Office locks it with a password ([MS-OFFCRYPTO]).

AES-256 and SHA-512 with a descriptor (agile); with "standard" AES-128 and SHA-1, as Office 2007 did;
with "extra" there is a stream beside that Office does not write.
"""
import base64, hashlib, hmac, os, struct, subprocess, sys

SECTOR, FREE, END, FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def aes(cipher, key, vector, data):
    data += bytes(-len(data) % 16)
    args = ["openssl", "enc", "-" + cipher, "-nopad", "-K", key.hex()] + (["-iv", vector.hex()] if vector else [])
    return subprocess.run(args, input=data, capture_output=True, check=True).stdout


def stretched(name, salt, password, rounds):
    key = hashlib.new(name, salt + password.encode("utf-16-le")).digest()
    for number in range(rounds):
        key = hashlib.new(name, struct.pack("<I", number) + key).digest()
    return key


def agile(package, password, rounds=1000, least=4096):
    sha = lambda data: hashlib.sha512(data).digest()
    salt, data_salt, key, verifier, mac_key = (os.urandom(n) for n in (16, 16, 32, 16, 64))
    start = stretched("sha512", salt, password, rounds)
    sealed = lambda what, data: base64.b64encode(aes("aes-256-cbc", sha(start + bytes.fromhex(what))[:32], salt, data)).decode()
    body = struct.pack("<Q", len(package))
    for number, at in enumerate(range(0, len(package), 4096)):
        body += aes("aes-256-cbc", key, sha(data_salt + struct.pack("<I", number))[:16], package[at:at + 4096])
    body = body.ljust(least, b"\0")  # a shorter stream would have to lie in the small sectors
    mac = hmac.new(mac_key, body, "sha512").digest()
    of_data = lambda what, data: base64.b64encode(aes("aes-256-cbc", key, sha(data_salt + bytes.fromhex(what))[:16], data)).decode()
    how = 'saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"'
    text = lambda data: base64.b64encode(data).decode()
    info = struct.pack("<HHI", 4, 4, 0x40) + (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" '
        'xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password">'
        f'<keyData {how} saltValue="{text(data_salt)}"/><dataIntegrity encryptedHmacKey="{of_data("5fb2ad010cb9e1f6", mac_key)}" '
        f'encryptedHmacValue="{of_data("a0677f02b22c8433", mac)}"/><keyEncryptors><keyEncryptor uri="http://schemas.microsoft.com/office/2006/keyEncryptor/password">'
        f'<p:encryptedKey spinCount="{rounds}" {how} saltValue="{text(salt)}" encryptedVerifierHashInput="{sealed("fea7d2763b4b9e79", verifier)}" '
        f'encryptedVerifierHashValue="{sealed("d7aa0f6d3061344e", sha(verifier))}" encryptedKeyValue="{sealed("146e0be7abacd0d6", key)}"/>'
        '</keyEncryptor></keyEncryptors></encryption>').ljust(least - 8).encode()
    return info, body


def standard(package, password):
    sha = lambda data: hashlib.sha1(data).digest()
    salt, verifier = os.urandom(16), os.urandom(16)
    last = sha(stretched("sha1", salt, password, 50000) + bytes(4))
    half = lambda pad: sha(bytes(a ^ b for a, b in zip(last + bytes(44), bytes([pad]) * 64)))
    key = (half(0x36) + half(0x5C))[:16]
    seal = lambda data: aes("aes-128-ecb", key, b"", data)
    head = struct.pack("<8I", 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0) + "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    info = struct.pack("<HHII", 3, 2, 0x24, len(head)) + head + struct.pack("<I", 16) + salt + seal(verifier) + struct.pack("<I", 20) + seal(sha(verifier))
    return info, struct.pack("<Q", len(package)) + seal(package)


def compound(streams, least=4096):
    """An OLE2 file with these streams, none of them in the small sectors, which those shorter than `least` lie in."""
    body, places, chain = b"", {}, []
    for name, data in streams.items():
        data = data.ljust(least, b"\0")
        count = -(-len(data) // SECTOR)
        places[name] = (len(chain), len(data))
        chain += [len(chain) + n + 1 for n in range(count - 1)] + [END]
        body += data.ljust(count * SECTOR, b"\0")
    def entry(name, kind, left, right, child, start, size):
        raw = name.encode("utf-16-le") + b"\0\0"
        return raw.ljust(64, b"\0") + struct.pack("<HBBIII16sIQQIQ", len(raw), kind, 1, left, right, child, bytes(16), 0, 0, 0, start, size)
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    tree = [entry("Root Entry", 5, FREE, FREE, 1, END, 0)]
    tree += [entry(name, 2, FREE, at + 2 if at + 1 < len(names) else FREE, FREE, *places[name]) for at, name in enumerate(names)]
    tree = b"".join(tree).ljust(-(-len(tree) // 4) * SECTOR, b"\0")
    first = len(chain)
    chain += [first + n + 1 for n in range(len(tree) // SECTOR - 1)] + [END]
    fats = 1
    while (len(chain) + fats) * 4 > fats * SECTOR:
        fats += 1
    at = len(chain)
    chain += [FAT] * fats
    table = b"".join(struct.pack("<I", n) for n in chain).ljust(fats * SECTOR, b"\xff")
    head = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(16) + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fats, first, 0, least, END, 0, END, 0)
    head += b"".join(struct.pack("<I", at + n) for n in range(fats)).ljust(436, b"\xff")
    return head + body + tree + table


if __name__ == "__main__":
    source, target, password = sys.argv[1:4]
    info, body = (standard if "standard" in sys.argv[4:] else agile)(open(source, "rb").read(), password)
    streams = {"EncryptionInfo": info, "EncryptedPackage": body}
    if "extra" in sys.argv[4:]:
        streams["Macros"] = b"MZ" * 100
    open(target, "wb").write(compound(streams))
