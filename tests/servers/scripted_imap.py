"""An IMAP server over TLS that misbehaves as it is told: what Dovecot will not do.

scripted_imap.py CERTIFICATE KEY FAULT PORT_FILE: listens on a free port, writes it to PORT_FILE, serves until killed.
It has two messages, UID 1 and 2.
"""
import base64
import os
import re
import socket
import ssl
import sys
import time

certificate, key, fault, port_file = sys.argv[1:5]
MAIL = b"Message-ID: <%d@example.jp>\r\nSubject: x\r\n\r\nbody\r\n"


def fetch(send, tag, uids):
    for uid in uids:
        raw = MAIL % uid
        head = b'* %d FETCH (UID %d INTERNALDATE "22-Nov-2026 23:40:01 +0900" RFC822.SIZE %d BODY[] ' % (uid, uid, len(raw))
        if fault == "gone" and uid == 2:
            send(head + b"{%d}\r\n" % len(raw) + raw[:10])
            raise SystemExit
        if fault == "bye" and uid == 2:
            send(b"* BYE too tired\r\n")
            raise SystemExit
        if fault == "longer" and uid == 2:
            send(head + b"{%d}\r\n" % (len(raw) - 5) + raw + b")\r\n")
        elif fault == "endless" and uid == 2:
            while True:
                send(b"x" * 65536)
        elif fault == "slow" and uid == 2:
            send(head + b"{%d}\r\n" % len(raw))
            for byte in raw:
                send(bytes([byte]))
                time.sleep(0.5)
        elif fault == "stranger" and uid == 2:
            send(head.replace(b"UID 2", b"UID 77") + b"{%d}\r\n" % len(raw) + raw + b")\r\n")
        elif fault == "enormous" and uid == 2:
            send(head + b"{99999999999}\r\n" + raw)
        elif fault in ("expunged", "withheld") and uid == 2:
            pass
        elif fault == "quoted" and uid == 2:
            send(head + b'"Subject: \\"q\\""' + b" FLAGS (\\Seen))\r\n")
        else:
            send(b"* 1 FETCH (FLAGS (\\Seen))\r\n" + head + b"{%d}\r\n" % len(raw) + raw + b")\r\n")
    if fault == "withheld":
        send(tag + b" NO [SERVERBUG] internal error\r\n")
    else:
        send(tag + b" OK done\r\n")


def scram(send, lines, tag):
    """SCRAM by a server that does not know the password."""
    coded = lambda text: b"+ " + base64.b64encode(text) + b"\r\n"
    send(b"+ \r\n")
    nonce = base64.b64decode(lines.readline()).split(b"r=")[1]
    iterations = {"weak": b"1", "costly": b"4294967295"}.get(fault, b"4096")
    nonce = b"another" if fault == "replayed" else nonce + b"server"
    send(coded(b"r=%s,s=%s,i=%s" % (nonce, base64.b64encode(b"0123456789abcdef"), iterations)))
    if not lines.readline().strip():
        return
    if fault == "forged":
        send(coded(b"v=" + base64.b64encode(bytes(32))))
        lines.readline()
    send(tag + b" OK logged in\r\n")  # "unproved" says no more than this


def serve(link):
    lines = link.makefile("rb")
    send = link.sendall
    send(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n")
    searches = 0
    while line := lines.readline():
        tag, _, command = line.strip().partition(b" ")
        word = command.upper()
        if word.startswith(b"CAPABILITY"):
            send(b"* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\n")
        elif word.startswith(b"AUTHENTICATE SCRAM"):
            scram(send, lines, tag)
            continue
        elif word.startswith(b"EXAMINE"):
            if fault == "deaf":
                time.sleep(3600)
            send(b"* 2 EXISTS\r\n" + (b"" if fault == "novalidity" else b"* OK [UIDVALIDITY 7] valid\r\n"))
        elif word.startswith(b"UID SEARCH"):
            searches += 1
            gone = fault == "expunged" and searches > 1
            send(b"* SEARCH 1\r\n" if gone else b"* SEARCH x\r\n" if fault == "nonsense" else b"* SEARCH 1 2\r\n")
        elif word.startswith(b"UID FETCH"):
            uids = [1, 2] if b"1:2" in word else [int(re.search(rb"FETCH (\d+)", word).group(1))]
            fetch(send, tag, uids)
            continue
        elif word.startswith(b"LOGOUT"):
            send(b"* BYE\r\n" + tag + b" OK\r\n")
            return
        elif b"STORE" in word or b"SELECT" in word or b"EXPUNGE" in word:
            print("changes the mailbox:", word, file=sys.stderr)
        send(tag + b" OK done\r\n")


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
listener = socket.create_server(("127.0.0.1", 0))
with open(port_file + ".new", "w") as out:
    out.write(str(listener.getsockname()[1]))
os.rename(port_file + ".new", port_file)
while True:
    plain, _ = listener.accept()
    try:
        with context.wrap_socket(plain, server_side=True) as link:
            serve(link)
    except (OSError, SystemExit):
        plain.close()
