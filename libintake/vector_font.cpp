#include <array>

#include "vector_rebuild.hpp"

namespace intake::vector {
namespace {

handle box(handle from) {
  return numbers(from, 4, 4);
}
handle matrix(handle from) {
  return numbers(from, 6, 6);
}
handle widths(handle from) {
  return numbers(from, 0, 65536);
}

/// Widths of a font of many glyphs: numbers, and arrays of numbers.
handle glyph_widths(handle from) {
  if (!from.isArray() || from.getArrayNItems() > 400'000) refuse("widths of glyphs that cannot be read");
  handle out = handle::newArray();
  for (int i = 0; i < from.getArrayNItems(); ++i) {
    handle item = from.getArrayItem(i);
    out.appendItem(item.isArray() ? widths(item) : number(item));
  }
  return out;
}

/// A name, or which codes are other glyphs than it says.
handle encoding(handle from) {
  if (from.isName()) return name(from);
  if (!from.isDictionary()) refuse("an encoding that is none");
  handle to = handle::parse("<< /Type /Encoding >>");
  copy_keys(from, to, {{"/BaseEncoding", name}});
  handle all = from.getKey("/Differences");
  if (!all.isArray()) return to;
  if (all.getArrayNItems() > 2000) refuse("an encoding that is too long");
  handle differences = handle::newArray();
  for (int i = 0; i < all.getArrayNItems(); ++i) {
    handle item = all.getArrayItem(i);
    differences.appendItem(item.isName() ? name(item) : number(item));
  }
  to.replaceKey("/Differences", differences);
  return to;
}

handle collection(handle from) {
  if (!from.isDictionary()) refuse("a collection of characters that is none");
  handle to = handle::newDictionary();
  copy_keys(from, to, {{"/Registry", text}, {"/Ordering", text}, {"/Supplement", number}});
  return to;
}

const std::vector<key_rule> of_simple_font = {
    {"/BaseFont", name}, {"/FirstChar", number}, {"/LastChar", number}, {"/Widths", widths}, {"/Encoding", encoding}};

bool is_one_of(handle subtype, std::initializer_list<const char*> names) {
  for (const char* const each : names)
    if (subtype.isNameAndEquals(each)) return true;
  return false;
}

}  // namespace

handle rebuild::font(handle from, handle resources) {
  if (!from.isDictionary()) refuse("a font that is none");
  handle subtype = from.getKey("/Subtype");
  if (subtype.isNameAndEquals("/Type3")) return glyphs(from, resources);
  const bool composite = subtype.isNameAndEquals("/Type0");
  if (!composite && !is_one_of(subtype, {"/Type1", "/MMType1", "/TrueType"})) refuse("a font of an unknown kind");
  handle to = handle::parse("<< /Type /Font >>");
  to.replaceKey("/Subtype", name(subtype));
  if (handle codes = from.getKey("/ToUnicode"); codes.isStream())
    to.replaceKey("/ToUnicode", stream(plain_cmap(unpacked(codes))));
  if (!composite) {
    copy_keys(from, to, of_simple_font);
    if (handle more = from.getKey("/FontDescriptor"); more.isDictionary())
      to.replaceKey("/FontDescriptor", once(more, resources, &rebuild::descriptor, "descriptor"));
    return to;
  }
  if (from.getKey("/Encoding").isStream()) refuse("a font with an encoding of its own");
  copy_keys(from, to, {{"/BaseFont", name}, {"/Encoding", name}});
  handle parts = from.getKey("/DescendantFonts");
  if (!parts.isArray() || parts.getArrayNItems() != 1) refuse("a font of parts that are not there");
  to.replaceKey("/DescendantFonts",
                handle::newArray({once(parts.getArrayItem(0), resources, &rebuild::descendant, "descendant")}));
  return to;
}

handle rebuild::descendant(handle from, handle resources) {
  handle subtype = from.isDictionary() ? from.getKey("/Subtype") : handle::newNull();
  if (!is_one_of(subtype, {"/CIDFontType0", "/CIDFontType2"})) refuse("a font of an unknown kind");
  handle to = handle::parse("<< /Type /Font >>");
  to.replaceKey("/Subtype", name(subtype));
  copy_keys(from, to,
            {{"/BaseFont", name},
             {"/CIDSystemInfo", collection},
             {"/DW", number},
             {"/W", glyph_widths},
             {"/DW2", widths},
             {"/W2", glyph_widths}});
  if (handle map = from.getKey("/CIDToGIDMap"); map.isStream())
    to.replaceKey("/CIDToGIDMap", stream(unpacked(map)));
  else if (map.isName())
    to.replaceKey("/CIDToGIDMap", handle::newName("/Identity"));
  if (handle more = from.getKey("/FontDescriptor"); more.isDictionary())
    to.replaceKey("/FontDescriptor", once(more, resources, &rebuild::descriptor, "descriptor"));
  return to;
}

handle rebuild::descriptor(handle from, handle) {
  handle to = handle::parse("<< /Type /FontDescriptor >>");
  copy_keys(from, to,
            {{"/FontName", name},
             {"/FontWeight", number},
             {"/Flags", number},
             {"/FontBBox", box},
             {"/ItalicAngle", number},
             {"/Ascent", number},
             {"/Descent", number},
             {"/Leading", number},
             {"/CapHeight", number},
             {"/XHeight", number},
             {"/StemV", number},
             {"/StemH", number},
             {"/AvgWidth", number},
             {"/MaxWidth", number},
             {"/MissingWidth", number}});
  for (const char* const key : {"/FontFile", "/FontFile2", "/FontFile3"}) {
    handle program = from.getKey(key);
    if (!program.isStream()) continue;
    handle dictionary = program.getDict(), told = handle::newDictionary();
    copy_keys(dictionary, told, {{"/Length1", number}, {"/Length2", number}, {"/Length3", number}});
    if (std::string(key) == "/FontFile3") {
      if (!is_one_of(dictionary.getKey("/Subtype"), {"/Type1C", "/CIDFontType0C", "/OpenType"}))
        refuse("a font program of an unknown kind");
      told.replaceKey("/Subtype", name(dictionary.getKey("/Subtype")));
    }
    to.replaceKey(key, stream(unpacked(program), told));
  }
  return to;
}

handle rebuild::glyphs(handle from, handle resources) {
  handle to = handle::parse("<< /Type /Font /Subtype /Type3 >>");
  copy_keys(from, to,
            {{"/FontBBox", box},
             {"/FontMatrix", matrix},
             {"/FirstChar", number},
             {"/LastChar", number},
             {"/Widths", widths},
             {"/Encoding", encoding}});
  if (handle codes = from.getKey("/ToUnicode"); codes.isStream())
    to.replaceKey("/ToUnicode", stream(plain_cmap(unpacked(codes))));
  handle all = from.getKey("/CharProcs");
  if (!all.isDictionary()) refuse("a font of drawings without drawings");
  handle own = from.getKey("/Resources").isDictionary() ? from.getKey("/Resources") : resources;
  // Each glyph names what it uses in its own way: one set of resources for all would need one set of names.
  handle made = handle::newDictionary(), used = handle::newDictionary();
  for (const auto& key : all.getKeys()) {
    handle one = all.getKey(key);
    if (!one.isStream()) refuse("a glyph that is no drawing");
    handle needs = handle::newDictionary();
    made.replaceKey(key, stream(content(one, own, needs, true)));
    if (!needs.getKeys().empty()) refuse("a font whose glyphs are pictures");
  }
  to.replaceKey("/CharProcs", made);
  to.replaceKey("/Resources", used);
  return to;
}

}  // namespace intake::vector
