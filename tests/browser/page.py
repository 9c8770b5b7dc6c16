#!/usr/bin/python3
"""page FILE OUT - open an HTML file in a real headless Chromium, as a clerk would from a folder.

Writes into the directory OUT: desktop.png, dark.png, narrow.png (screenshots of the whole page) and a4.pdf (printed).
Prints JSON: what the browser says on its console, every address that the page asked for, whether a horizontal scroll bar
appeared at each width, and the page's values as they can be read from its elements.
"""
import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

# Values as a reader of the page finds them, to be held against the report's JSON.
READ = """
const number = element => Number(element.textContent.replace(/[^0-9]/g, ''));
const rows = selector => [...document.querySelectorAll(selector)];
return {
  lang: document.documentElement.lang,
  title: document.title,
  totals: Object.fromEntries(rows('#totals li').map(e => [e.dataset.key, number(e.querySelector('b'))])),
  messages: rows('#messages tr[data-id]').map(e => ({id: e.dataset.id, disposition: e.dataset.disposition,
    receipt_no: e.querySelector('.receipt').textContent, applicant: e.querySelector('.applicant').textContent,
    codes: [...e.querySelectorAll('[data-code]')].map(c => c.dataset.code),
    open: [...e.querySelectorAll('[data-do]')].map(c => c.dataset.do)})),
  open: rows('#open tr[data-subject]').map(e => [e.dataset.subject, e.dataset.do, e.cells[0].textContent]),
  days: rows('#days tr[data-day]').map(e => [e.dataset.day,
    ...[...e.querySelectorAll('[data-key]')].map(c => [c.dataset.key, c.dataset.key == 'list' ? c.dataset.value : number(c)])]),
  year: rows('#year g[data-day]').map(e => e.dataset.day),
  unchecked: rows('#year g[data-day] .unchecked').map(e => e.parentNode.dataset.day),
  missing: rows('#year g[data-day] .missing').map(e => e.parentNode.dataset.day),
  bars: rows('#arrivals g[data-key]').map(e => [e.dataset.key, Number(e.dataset.value),
    Number(e.querySelector('rect').getAttribute('height'))]),
  clauses: rows('#clauses tr[data-key]').map(e => [e.cells[0].textContent, e.dataset.key, e.dataset.state,
    Object.fromEntries([...e.querySelectorAll('b')].map(b => [b.dataset.key, Number(b.textContent)]))]),
  expired: !!document.querySelector('#expired'),
  head: document.querySelector('[data-key=head]').textContent,
  scripts: document.scripts.length, images: document.images.length, text: document.body.innerText
};
"""


class Browser:
    def __init__(self, folder: str):
        port_file = Path(folder) / "driver.log"
        self.log = port_file.open("w")
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=self.log, stderr=subprocess.STDOUT,
                                       start_new_session=True)
        self.base, self.session = "", ""
        for _ in range(600):
            text = port_file.read_text()
            if "on port " in text.split("was started", 1)[-1] and "was started successfully on port" in text:
                self.base = "http://127.0.0.1:" + text.rsplit("on port ", 1)[1].split(".")[0].strip()
                break
            time.sleep(0.1)
        else:
            raise SystemExit("chromedriver did not start: " + port_file.read_text())
        options = {"binary": shutil.which("chromium"),
                   "args": ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                            "--disable-background-networking", "--disable-component-update", "--disable-sync",
                            "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=" + folder + "/profile"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.session = "/session/" + self.ask("/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def ask(self, path: str, body: dict | None = None, method: str | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + self.session + path, data, {"Content-Type": "application/json"},
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{path}: {error.read(2000).decode(errors='replace')}") from error

    def devtools(self, command: str, **parameters):
        return self.ask("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def run(self, script: str):
        return self.ask("/execute/sync", {"script": script, "args": []})

    def logged(self, kind: str) -> list[dict]:
        return self.ask("/se/log", {"type": kind})

    def screenshot(self, path: Path, width: int, scheme: str = "light") -> bool:
        """Of the whole page. Returns whether it is wider than the window."""
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        path.write_bytes(base64.b64decode(shot["data"]))
        return self.run("return document.documentElement.scrollWidth > window.innerWidth")

    def printed(self) -> bytes:
        """On A4 paper. By the browser itself: the driver's own command for it gives up after ten seconds."""
        inch = 25.4
        paper = {"paperWidth": 210 / inch, "paperHeight": 297 / inch}
        margins = {f"margin{side}": 10 / inch for side in ("Top", "Bottom", "Left", "Right")}
        return base64.b64decode(self.devtools("Page.printToPDF", printBackground=True, **paper, **margins)["data"])

    def close(self) -> None:
        try:
            if self.session:
                self.ask("", method="DELETE")
        except OSError:
            pass
        finally:
            os.killpg(self.driver.pid, signal.SIGTERM)
            self.driver.wait(20)


def main() -> int:
    page, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            browser.ask("/url", {"url": "about:blank"})
            browser.logged("performance")  # what the browser's own first page asked for
            browser.ask("/url", {"url": page.as_uri()})
            wide = [name for name, width, scheme in (("desktop", 1280, "light"), ("dark", 1280, "dark"),
                                                     ("narrow", 480, "light"))
                    if browser.screenshot(out / f"{name}.png", width, scheme)]
            browser.devtools("Emulation.clearDeviceMetricsOverride")
            (out / "a4.pdf").write_bytes(browser.printed())
            requests = []
            for line in browser.logged("performance"):
                message = json.loads(line["message"])["message"]
                if message["method"] == "Network.requestWillBeSent":
                    requests.append(message["params"]["request"]["url"])
            told = {"console": [line["message"] for line in browser.logged("browser")], "wide": wide,
                    "requests": [url for url in requests if url != page.as_uri()], "loaded": page.as_uri() in requests,
                    "page": browser.run(READ)}
            json.dump(told, sys.stdout, ensure_ascii=False)
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
