"""A token endpoint (RFC 7662) for Dovecot's oauth2 passdb: knows one token, on the loopback.

token_server.py TOKEN USER PORT_FILE: listens on a free port, writes it to PORT_FILE, serves until killed.
"""
import http.server
import json
import os
import sys
import urllib.parse

token, user, port_file = sys.argv[1:4]


class handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        given = urllib.parse.parse_qs(text).get("token", [""])[0]
        known = given == token
        body = json.dumps({"active": known, **({"username": user} if known else {})}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), handler)
with open(port_file + ".new", "w") as out:
    out.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
