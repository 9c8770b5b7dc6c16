// A PDF rebuilt by what it draws: what comes of it comes of that again, byte for byte, and nothing in it acts.
#include "libintake/vector_pdf.hpp"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <string>

#include "libintake/limits.hpp"
#include "libintake/qpdf_use.hpp"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

bool is_among(const std::string& name, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&](const char* each) { return name == each; });
}

/// By what an object says it is; names of resources and glyphs are the document's own, and lead to no name.
void check(QPDFObjectHandle object) {
  if (object.isArray())
    for (auto& each : object.getArrayAsVector())
      if (!each.isIndirect()) check(each);
  if (object.isStream()) return check(object.getDict());
  if (!object.isDictionary()) return;
  auto kind = object.getKey("/Type");
  if (kind.isName())
    must(is_among(kind.getName(), {"/Catalog", "/Pages", "/Page", "/XObject", "/Font", "/FontDescriptor", "/ExtGState",
                                   "/Mask", "/Pattern", "/Encoding", "/ObjStm", "/XRef"}));
  if (auto subtype = object.getKey("/Subtype"); subtype.isName())
    must(is_among(subtype.getName(), {"/Image", "/Form", "/Type0", "/Type1", "/MMType1", "/TrueType", "/Type3",
                                      "/CIDFontType0", "/CIDFontType2", "/Type1C", "/CIDFontType0C", "/OpenType"}));
  const bool is_catalog = kind.isNameAndEquals("/Catalog"), is_page = kind.isNameAndEquals("/Page");
  for (const auto& key : object.getKeys()) {
    if (is_catalog) must(is_among(key, {"/Type", "/Pages"}));
    if (is_page)
      must(
          is_among(key, {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Group", "/Contents", "/Resources"}));
    if (auto value = object.getKey(key); !value.isIndirect()) check(value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  intake::vector_pdf made;
  try {
    made = intake::rebuild_pdf({reinterpret_cast<const char*>(data), size});
  } catch (const intake::unproven&) {
    return 0;
  }
  must(made.pages > 0 && made.pages <= intake::limits::render_pages);
  const auto again = intake::rebuild_pdf(made.bytes);  // throws, where it is not what may come
  must(again.bytes == made.bytes && again.pages == made.pages);
  QPDF pdf;
  intake::silence(pdf);
  pdf.processMemoryFile("made", made.bytes.data(), made.bytes.size());
  for (auto& each : pdf.getAllObjects()) check(each);
  return 0;
}
