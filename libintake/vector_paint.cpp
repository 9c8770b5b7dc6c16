// What areas are filled with: patterns, shadings, their functions, and colour spaces.
#include <algorithm>
#include <set>
#include <string>

#include "vector_rebuild.hpp"

namespace intake::vector {
namespace {

handle truths(handle from) {
  if (!from.isArray() || from.getArrayNItems() > 8) refuse("an array of truth values is expected");
  handle out = handle::newArray();
  for (int i = 0; i < from.getArrayNItems(); ++i) out.appendItem(truth(from.getArrayItem(i)));
  return out;
}

/// The words of a function that is a program (ISO 32000-1, 7.10.5): it reads and leaves numbers, and does nothing else.
const std::set<std::string> calculator = {
    "{",        "}",    "abs",      "add", "atan",   "ceiling", "cos", "cvi",   "cvr",   "div",  "exp",
    "floor",    "idiv", "ln",       "log", "mod",    "mul",     "neg", "round", "sin",   "sqrt", "sub",
    "truncate", "and",  "bitshift", "eq",  "false",  "ge",      "gt",  "le",    "lt",    "ne",   "not",
    "or",       "true", "xor",      "if",  "ifelse", "copy",    "dup", "exch",  "index", "pop",  "roll"};

std::string plain_program(const std::string& untrusted) {
  std::string spaced, out, word;
  for (const char c : untrusted) {
    if (c == '{' || c == '}')
      spaced += {' ', c, ' '};
    else
      spaced += c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0' ? ' ' : c;
  }
  spaced += ' ';
  for (const char c : spaced) {
    if (c != ' ') {
      word += c;
      continue;
    }
    if (word.empty()) continue;
    const bool is_number = word.find_first_not_of("+-.0123456789") == word.npos && word.size() < 32;
    if (!is_number && !calculator.contains(word)) refuse("a function that is no calculation");
    out += word + ' ';
    word.clear();
  }
  return out;
}
}  // namespace

handle rebuild::pattern(handle from, handle resources) {
  handle dictionary = from.isStream() ? from.getDict() : from;
  if (!dictionary.isDictionary()) refuse("a pattern that is none");
  handle to = handle::parse("<< /Type /Pattern >>");
  copy_keys(dictionary, to, {{"/PatternType", number}, {"/Matrix", six}});
  if (!from.isStream()) {
    to.replaceKey("/Shading", once(from.getKey("/Shading"), resources, &rebuild::shading, "shading"));
    if (handle more = from.getKey("/ExtGState"); more.isDictionary())
      to.replaceKey("/ExtGState", once(more, resources, &rebuild::state, "state"));
    return to;
  }
  copy_keys(dictionary, to,
            {{"/PaintType", number}, {"/TilingType", number}, {"/BBox", four}, {"/XStep", number}, {"/YStep", number}});
  return drawing(from, resources, to);
}

handle rebuild::shading(handle from, handle resources) {
  handle dictionary = from.isStream() ? from.getDict() : from;
  if (!dictionary.isDictionary()) refuse("a shading that is none");
  handle to = handle::newDictionary();
  copy_keys(dictionary, to,
            {{"/ShadingType", number},
             {"/Background", many},
             {"/BBox", four},
             {"/AntiAlias", truth},
             {"/Domain", many},
             {"/Coords", many},
             {"/Extend", truths},
             {"/Matrix", six},
             {"/BitsPerCoordinate", number},
             {"/BitsPerComponent", number},
             {"/BitsPerFlag", number},
             {"/Decode", many},
             {"/VerticesPerRow", number}});
  to.replaceKey("/ColorSpace", once(dictionary.getKey("/ColorSpace"), resources, &rebuild::colours, "colours"));
  if (dictionary.hasKey("/Function")) to.replaceKey("/Function", functions(dictionary.getKey("/Function"), resources));
  if (!from.isStream()) return to;
  return stream(unpacked(from), to);
}

handle rebuild::functions(handle from, handle resources) {
  if (!from.isArray()) return once(from, resources, &rebuild::function, "function");
  if (from.getArrayNItems() > 32) refuse("too many functions");
  handle out = handle::newArray();
  for (int i = 0; i < from.getArrayNItems(); ++i)
    out.appendItem(once(from.getArrayItem(i), resources, &rebuild::function, "function"));
  return out;
}

handle rebuild::function(handle from, handle resources) {
  handle dictionary = from.isStream() ? from.getDict() : from;
  if (!dictionary.isDictionary()) refuse("a function that is none");
  handle to = handle::newDictionary();
  copy_keys(dictionary, to,
            {{"/FunctionType", number},
             {"/Domain", many},
             {"/Range", many},
             {"/Size", many},
             {"/BitsPerSample", number},
             {"/Order", number},
             {"/Encode", many},
             {"/Decode", many},
             {"/C0", many},
             {"/C1", many},
             {"/N", number},
             {"/Bounds", many}});
  if (dictionary.hasKey("/Functions"))
    to.replaceKey("/Functions", functions(dictionary.getKey("/Functions"), resources));
  if (!from.isStream()) return to;
  handle type = dictionary.getKey("/FunctionType");
  std::string bytes = unpacked(from);
  if (type.isInteger() && type.getIntValueAsInt() == 4) bytes = plain_program(bytes);
  return stream(std::move(bytes), to);
}

handle rebuild::colours(handle from, handle resources) {
  if (from.isName()) {
    const std::string named = from.getName();
    if (named == "/DeviceGray" || named == "/DeviceRGB" || named == "/DeviceCMYK" || named == "/Pattern" ||
        named == "/G" || named == "/RGB" || named == "/CMYK")
      return handle::newName(named == "/G"      ? "/DeviceGray"
                             : named == "/RGB"  ? "/DeviceRGB"
                             : named == "/CMYK" ? "/DeviceCMYK"
                                                : named);
    handle all = resources.isDictionary() ? resources.getKey("/ColorSpace") : handle::newNull();
    handle meant = all.isDictionary() ? all.getKey(named) : handle::newNull();
    if (meant.isNull() || meant.isName()) refuse("a colour space that is not known");
    return once(meant, resources, &rebuild::colours, "colours");
  }
  if (!from.isArray() || from.getArrayNItems() < 1 || !from.getArrayItem(0).isName())
    refuse("a colour space that is none");
  const std::string family = from.getArrayItem(0).getName();
  const auto part = [&](int index) {
    return index < from.getArrayNItems() ? from.getArrayItem(index) : handle::newNull();
  };
  const auto space = [&](int index) { return once(part(index), resources, &rebuild::colours, "colours"); };
  if (from.getArrayNItems() == 1) return colours(from.getArrayItem(0), resources);
  if (family == "/ICCBased") {
    // A profile is a program for colour engines: the plain colours of as many components show nearly the same.
    handle components = part(1).isStream() ? part(1).getDict().getKey("/N") : handle::newNull();
    const int count = components.isInteger() ? components.getIntValueAsInt() : 0;
    if (count != 1 && count != 3 && count != 4) refuse("a colour profile of an unusual kind");
    return handle::newName(count == 1 ? "/DeviceGray" : count == 3 ? "/DeviceRGB" : "/DeviceCMYK");
  }
  handle to = handle::newArray({handle::newName(family)});
  if (family == "/CalGray" || family == "/CalRGB" || family == "/Lab") {
    handle how = handle::newDictionary();
    if (!part(1).isDictionary()) refuse("a colour space that is none");
    copy_keys(part(1), how,
              {{"/WhitePoint", many},
               {"/BlackPoint", many},
               {"/Matrix", many},
               {"/Range", many},
               {"/Gamma", [](handle gamma) { return gamma.isArray() ? many(gamma) : number(gamma); }}});
    to.appendItem(how);
  } else if (family == "/Indexed" || family == "/I") {
    to = handle::newArray({handle::newName("/Indexed"), space(1), number(part(2))});
    const std::string table = part(3).isStream()   ? unpacked(part(3))
                              : part(3).isString() ? part(3).getStringValue()
                                                   : "";
    to.appendItem(handle::newString(table.substr(0, 4096)));
  } else if (family == "/Separation") {
    to.appendItem(name(part(1)));
    to.appendItem(space(2));
    to.appendItem(functions(part(3), resources));
  } else if (family == "/DeviceN") {
    handle of_names = part(1), names = handle::newArray();
    if (!of_names.isArray() || of_names.getArrayNItems() > 32) refuse("a colour space that is none");
    for (int i = 0; i < of_names.getArrayNItems(); ++i) names.appendItem(name(of_names.getArrayItem(i)));
    to.appendItem(names);
    to.appendItem(space(2));
    to.appendItem(functions(part(3), resources));
  } else if (family == "/Pattern") {
    to.appendItem(space(1));
  } else {
    refuse("a colour space that is not known");
  }
  return to;
}

}  // namespace intake::vector
