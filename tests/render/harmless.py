"""harmless.py [--vector] FILE…: walks every object of PDFs that intake-render wrote and holds it against what a page of
pixels needs; with --vector against what drawing needs.

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

# What --mode vector lets through besides: drawing, colours, fonts. No action, annotation, script, file, form, layer, metadata.
VECTOR_KEYS = {
    "/CropBox", "/Rotate", "/Group", "/S", "/I", "/K", "/CS", "/BBox", "/Matrix", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font",
    "/ImageMask", "/Decode", "/Interpolate", "/Mask", "/SMask", "/Matte", "/BlackIs1", "/EndOfLine", "/EncodedByteAlign", "/EndOfBlock", "/DamagedRowsBeforeError",
    "/LW", "/LC", "/LJ", "/ML", "/D", "/RI", "/OP", "/op", "/OPM", "/FL", "/SM", "/SA", "/BM", "/CA", "/ca", "/AIS", "/TK", "/G", "/BC", "/TR",
    "/PatternType", "/PaintType", "/TilingType", "/XStep", "/YStep", "/ShadingType", "/Background", "/AntiAlias", "/Domain", "/Coords", "/Extend", "/Function",
    "/BitsPerCoordinate", "/BitsPerFlag", "/VerticesPerRow", "/FunctionType", "/Range", "/BitsPerSample", "/Order", "/Encode", "/C0", "/C1", "/Bounds", "/Functions",
    "/WhitePoint", "/BlackPoint", "/Gamma", "/FirstChar", "/LastChar", "/Widths", "/BaseEncoding", "/Differences", "/DW2", "/W2", "/FontWeight", "/Leading",
    "/XHeight", "/StemH", "/AvgWidth", "/MaxWidth", "/MissingWidth", "/FontFile", "/FontFile3", "/Length1", "/Length2", "/Length3", "/FontMatrix", "/CharProcs",
}
VECTOR_TYPES = {"/ExtGState", "/Mask", "/Pattern", "/Encoding"}
VECTOR_SUBTYPES = {"/Form", "/Type1", "/MMType1", "/TrueType", "/Type3", "/CIDFontType0", "/Type1C", "/CIDFontType0C", "/OpenType"}
vector = False


def allow_vector():
    global vector
    vector = True
    for of_pixels, more in ((KEYS, VECTOR_KEYS), (TYPES, VECTOR_TYPES), (SUBTYPES, VECTOR_SUBTYPES)):
        of_pixels |= more


def is_ours(key, inside):
    """Names that are not the format's: pictures of a page, resources, glyphs."""
    return (key.startswith("/P") and key[2:].isdigit()) or (vector and (inside == "/CharProcs" or (key.startswith("/R") and key[2:].isdigit())))


def walk(value, found, inside=""):
    if isinstance(value, list):
        for each in value:
            walk(each, found, inside)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in KEYS and not is_ours(key, inside):
                found.add(key)
            for name, allowed in (("/Type", TYPES), ("/Subtype", SUBTYPES), ("/Filter", FILTERS)):
                if key == name and not (inside == "/CharProcs" and isinstance(each, str)) and not set(each if isinstance(each, list) else [each]) <= allowed:
                    found.add(f"{key} {each}")
            walk(each, found, key)


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
    paths = sys.argv[1:]
    if paths[:1] == ["--vector"]:
        allow_vector()
        del paths[0]
    assert paths, __doc__
    wrong = {path: found for path in paths if (found := faults(path))}
    for path, found in wrong.items():
        print(f"{path}: {', '.join(sorted(found))}", file=sys.stderr)
    sys.exit(bool(wrong))
