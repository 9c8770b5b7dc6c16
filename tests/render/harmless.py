"""harmless.py FILE…: walks every object of PDFs that intake-render wrote and holds it against what a page of pixels needs.

A list of what is allowed, not of what is known to act: a key, a type or a filter that is not in it fails.
"""
import json, subprocess, sys

KEYS = {
    # file, pages, their content
    "/Type", "/Pages", "/Kids", "/Count", "/Parent", "/MediaBox", "/Resources", "/XObject", "/Font", "/Contents", "/Length", "/Filter",
    # images
    "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/DecodeParms", "/K", "/Columns", "/Rows",
    # the invisible text
    "/BaseFont", "/Encoding", "/DescendantFonts", "/ToUnicode", "/CIDSystemInfo", "/Registry", "/Ordering", "/Supplement", "/DW", "/W", "/CIDToGIDMap",
    "/FontDescriptor", "/FontName", "/Flags", "/FontBBox", "/ItalicAngle", "/Ascent", "/Descent", "/CapHeight", "/StemV", "/FontFile2", "/H", "/V",
    # how qpdf packs objects
    "/Root", "/Info", "/Producer", "/ID", "/Size", "/N", "/First", "/Index", "/Extends", "/Predictor", "/XRefStm",
}
TYPES = {"/Catalog", "/Pages", "/Page", "/XObject", "/Font", "/FontDescriptor", "/ObjStm", "/XRef"}
SUBTYPES = {"/Image", "/Type0", "/CIDFontType2"}
FILTERS = {"/FlateDecode", "/DCTDecode", "/CCITTFaxDecode"}


def walk(value, found):
    if isinstance(value, list):
        for each in value:
            walk(each, found)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in KEYS and not (key.startswith("/P") and key[2:].isdigit()):
                found.add(key)
            for name, allowed in (("/Type", TYPES), ("/Subtype", SUBTYPES), ("/Filter", FILTERS)):
                if key == name and not set(each if isinstance(each, list) else [each]) <= allowed:
                    found.add(f"{key} {each}")
            walk(each, found)


def faults(path):
    """What the PDF holds beside pages; empty when it is harmless."""
    ran = subprocess.run(["qpdf", "--json=2", "--json-stream-data=none", "--", path], capture_output=True)
    if ran.returncode != 0:
        return {"not a sound PDF: " + ran.stderr.decode(errors="replace").strip()}
    found = set()
    for name, each in json.loads(ran.stdout)["qpdf"][1].items():
        walk(each["stream"]["dict"] if "stream" in each else each["value"], found)
    if set(json.loads(ran.stdout)["qpdf"][1]["trailer"]["value"]) - {"/Root", "/Info", "/ID", "/Size", "/Type", "/W", "/Index", "/Length", "/Filter", "/DecodeParms"}:
        found.add("the trailer")
    return found


if __name__ == "__main__":
    assert len(sys.argv) > 1, __doc__
    wrong = {path: found for path in sys.argv[1:] if (found := faults(path))}
    for path, found in wrong.items():
        print(f"{path}: {', '.join(sorted(found))}", file=sys.stderr)
    sys.exit(bool(wrong))
