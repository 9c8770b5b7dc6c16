"""corpora.py CORPORA WORK SAMPLE: real files through intake-scan (which says what they are) and intake-render.

Every file is rendered, or has a finding that another reader bears out; every PDF holds pages and nothing else; pages look as
pdftoppm and LibreOffice's own command show them, by the mean difference of the pixels of each page. SAMPLE files of each corpus, spread evenly; 0: all. With RENDER_KEEP=DIR the
PDFs, a table of all files and one of all pages compared stay there; RENDER_ONLY=PREFIX takes only the corpora of that name. A sheet that we
show whole where LibreOffice prints it in strips counts as unlike; so do pages that two readers of PDF draw differently.
"""
import base64, collections, concurrent.futures, csv, json, os, subprocess, sys
import harmless

corpora, work, sample = sys.argv[1], sys.argv[2], int(sys.argv[3])
keep = os.environ.get("RENDER_KEEP", work)
binaries, source = os.environ["INTAKE_BIN"], os.environ["INTAKE_SOURCE"]
PAGES_COMPARED = 5
WRONG_PAGE = 0.08  # mean difference of grey levels beyond which a page is looked at
MOST_WRONG = 0.15  # of the files compared with one reader
LEAST_FILES = 15  # fewer tell nothing of their share
os.makedirs(f"{keep}/pdf", exist_ok=True)


def run(command, seconds=180, **options):
    try:
        return subprocess.run(command, capture_output=True, timeout=seconds, stdin=None if "input" in options else subprocess.DEVNULL, **options)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, b"", b"timeout")


def chosen():
    by_corpus = collections.defaultdict(list)
    for row in csv.DictReader(open(f"{corpora}/MANIFEST.tsv"), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["file"].split("-")[0] in ("office", "pdf", "img") and row["file"].startswith(os.environ.get("RENDER_ONLY", "")):
            by_corpus[row["file"].split("/")[0]].append(row["file"])
    for names in by_corpus.values():
        step = max(1, len(names) / sample) if sample else 1
        yield from (names[int(n * step)] for n in range(int(len(names) / step)))


def through(tool, records):
    ran = subprocess.run([f"{binaries}/{tool}", "-j", "2"], input="".join(json.dumps(r) + "\n" for r in records).encode(), capture_output=True)
    assert ran.returncode == 0, f"{tool}: {ran.returncode}: {ran.stderr.decode()}"
    out = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [r["id"] for r in out] == [r["id"] for r in records], f"{tool}: lines in are not lines out"
    return out


# Other readers, for a file that was not rendered.

peer_pdfs = {}


def soffice(paths):
    """LibreOffice's own command with our fonts, into peer_pdfs: the PDF's path, or None."""
    names = {path: f"{work}/peer/{len(peer_pdfs) + n}{os.path.splitext(path)[1]}" for n, path in enumerate(paths)}
    for path, name in names.items():
        os.symlink(path, name)
    options = [f"-env:UserInstallation=file://{work}/office", "--headless", "--convert-to", "pdf", "--outdir", f"{work}/peer"]
    run(["soffice", *options, *names.values()], env={**os.environ, "FONTCONFIG_FILE": f"{source}/share/intake/fonts.conf", "LANG": "C.UTF-8"})
    for path, name in names.items():
        made = os.path.splitext(name)[0] + ".pdf"
        peer_pdfs[path] = made if os.path.exists(made) else None


def soffice_each(paths):
    """Some at a time; one by one where not all came out, for one that fails may take the others with it."""
    for start in range(0, len(paths), 20):
        some = paths[start:start + 20]
        soffice(some)
        for path in some:
            if peer_pdfs[path] is None:
                soffice([path])


def pages_by_peer(path, kind):
    """Pages that another program makes of the file; 0 when it cannot."""
    if kind == "application/pdf":
        ran = run(["pdftoppm", "-r", "20", "-l", "1", path])
        return int(ran.stdout.startswith(b"P6"))
    if kind.startswith("image/"):
        return int(run(["convert", f"{path}[0]", "-resize", "50x50", "png:-"]).stdout.startswith(b"\x89PNG"))
    if path not in peer_pdfs:
        soffice([path])
    return int(peer_pdfs[path] is not None)


def wants_password(path, kind):
    if kind == "application/pdf" and run(["qpdf", "--requires-password", path]).returncode == 0:
        return True
    return kind == "application/encrypted" or pages_by_peer(path, kind) == 0


def is_right(codes, path, kind, supported):
    """Whether the finding that stands in place of a PDF is borne out."""
    if codes == ["render.unsupported"]:
        return kind not in supported or pages_by_peer(path, kind) == 0
    if codes == ["render.password"]:
        return wants_password(path, kind)
    if codes == ["render.failed"]:
        return pages_by_peer(path, kind) == 0
    return False


# Comparison, page by page.

def greys(path):
    """Pages as (width, height, bytes), at 36 dpi."""
    data, pages = run(["pdftoppm", "-cropbox", "-gray", "-r", "36", "-l", str(PAGES_COMPARED), path]).stdout, []
    while data.startswith(b"P5"):
        _, size, _, data = data.split(b"\n", 3)
        width, height = map(int, size.split())
        pages.append((width, height, data[:width * height]))
        data = data[width * height:]
    return pages


def difference(one, other):
    """Mean difference of grey levels, 0 to 1; 1 when the pages are of different sizes."""
    if abs(one[0] - other[0]) > 1 or abs(one[1] - other[1]) > 1:
        return 1.0
    width, height = min(one[0], other[0]), min(one[1], other[1])
    total = sum(abs(a - b) for y in range(height) for a, b in zip(one[2][y * one[0]:y * one[0] + width], other[2][y * other[0]:y * other[0] + width]))
    return total / 255 / width / height


def compare(path, kind, ours):
    """The pages' differences from what another program shows; None when it shows nothing."""
    reference = path if kind == "application/pdf" else peer_pdfs.get(path)
    if reference is None:
        return None
    theirs = greys(reference)
    mine = greys(ours)
    return [difference(a, b) for a, b in zip(mine, theirs)] + [1.0] * abs(len(mine) - len(theirs)) if theirs else None


def main():
    os.makedirs(f"{work}/peer", exist_ok=True)
    names = list(chosen())
    records = []
    for number, name in enumerate(names):
        data = base64.b64encode(open(f"{corpora}/{name}", "rb").read()).decode()
        records.append({"intake": 1, "id": f"m-{number}", "files": [{"id": "f0", "path": os.path.basename(name), "data": data}]})
    accepted = []
    for record in through("intake-scan", records):
        file = record["files"][0]
        file["scan"] = {"verdict": "clean"}  # what active content these files hold is another test's matter
        accepted.append({"intake": 1, "id": record["id"], "disposition": "accept", "files": [file]})
    rendered = through("intake-render", accepted)
    supported = {kind for kind in (line.split('"')[1] for line in open(f"{source}/libintake/document_kind.cpp") if "document_kind{" in line and '"' in line)}

    table, wrong, paths, unlike = collections.defaultdict(collections.Counter), [], [], []
    rows = []
    for name, record in zip(names, rendered):
        file, path = record["files"][0], f"{corpora}/{name}"
        kind = file.get("type", "")
        codes = [f["code"] for f in record.get("findings", [])]
        detail = "; ".join(f.get("detail", "") for f in record.get("findings", []))
        counts = table[name.split("/")[0]]
        row = {"file": name, "type": kind, "codes": ",".join(codes), "detail": detail, "state": "", "difference": ""}
        rows.append(row)
        counts["files"] += 1
        if "pdf" in file:
            row["state"] = "rendered"
            row["pdf"] = f"{keep}/pdf/{record['id'][2:]}.pdf"
            with open(row["pdf"], "wb") as out:
                out.write(base64.b64decode(file["pdf"]["data"]))
        else:
            row["state"] = "right" if is_right(codes, path, kind, supported) else "wrong"
            if row["state"] == "wrong":
                wrong.append(f"{name}: {kind}: {codes} {detail}")
            counts[codes[0] if codes else "nothing"] += 1
        counts[row["state"]] += 1

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        produced = [row for row in rows if row["state"] == "rendered"]
        faults = list(pool.map(lambda row: harmless.faults(row["pdf"]), produced))
    active = [f"{row['file']}: {found}" for row, found in zip(produced, faults) if found]
    pages = []  # file, page, reader, difference
    if not os.environ.get("RENDER_NO_COMPARE"):
        soffice_each([f"{corpora}/{row['file']}" for row in produced if row["type"].startswith("application/") and row["type"] != "application/pdf"])
        for row in produced:
            seen = compare(f"{corpora}/{row['file']}", row["type"], row["pdf"])
            if seen:
                row["difference"] = f"{sum(seen) / len(seen):.4f}"
                reader = "pdftoppm" if row["type"] == "application/pdf" else "soffice"
                pages += [(row["file"], number, reader, d) for number, d in enumerate(seen, 1)]
                counts = table[row["file"].split("/")[0]]
                counts["compared"] += len(seen)
                counts["unlike"] += sum(d > WRONG_PAGE for d in seen)
                if max(seen) > WRONG_PAGE:
                    unlike.append(f"{row['file']}: {[round(d, 3) for d in seen]}")

    with open(f"{keep}/files.tsv", "w") as out:
        writer = csv.DictWriter(out, ["file", "type", "state", "codes", "detail", "difference", "pdf"], delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    with open(f"{keep}/pages.tsv", "w") as out:
        csv.writer(out, delimiter="\t").writerows([("file", "page", "reader", "difference"), *((f, n, r, f"{d:.4f}") for f, n, r, d in pages)])
    columns = ["files", "rendered", "right", "wrong", "compared", "unlike"]
    print("| corpus | " + " | ".join({"compared": "pages compared", "unlike": "pages unlike"}.get(c, c) for c in columns) + " | findings in place of a PDF |\n" + "|---" * (len(columns) + 2) + "|")
    for corpus, counts in table.items():
        found = ", ".join(f"{n} {code}" for code, n in sorted(counts.items()) if code.startswith(("render.", "scan.", "stage.")))
        print(f"| {corpus} | " + " | ".join(str(counts[c]) for c in columns) + f" | {found} |")
    total = collections.Counter()
    for counts in table.values():
        total.update(counts)
    good = (total["rendered"] + total["right"]) / total["files"]
    print(f"\n{total['files']} files: {total['rendered']} rendered, {total['right']} with a finding that another reader bears out: {good:.2%}")
    by_reader = {reader: sorted(d for _, _, r, d in pages if r == reader) for reader in sorted({page[2] for page in pages})}
    for reader, seen in by_reader.items():
        print(f"{len(seen)} pages compared with {reader}'s: mean difference {sum(seen) / len(seen):.4f}, median {seen[len(seen) // 2]:.4f}, "
              f"beyond {WRONG_PAGE}: {sum(d > WRONG_PAGE for d in seen)}")
    for title, lines in (("Not borne out", wrong), ("More than pages", active), ("Unlike", unlike)):
        for line in lines:
            print(f"{title}: {line}")
    assert good >= 0.989, "too many files neither rendered nor rightly refused"
    assert not active, "active content"
    died = [row["file"] for row in rows if "stage.failed" in row["codes"]]
    assert not died, f"the filter's own worker fell: {died}"
    for reader, seen in by_reader.items():
        assert seen[len(seen) // 2] < 0.02, f"pages do not look as {reader} shows them"
        files = {file for file, _, r, _ in pages if r == reader}
        off = {file for file, _, r, d in pages if r == reader and d > WRONG_PAGE}
        assert len(files) < LEAST_FILES or len(off) <= len(files) * MOST_WRONG, f"too many files look otherwise than {reader} shows them: {sorted(off)}"


main()
