// Any bytes as text or as a table make a document whose markup is ours: no byte of the text is markup, and no control
// character is left.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "libintake/text_document.hpp"

namespace {

void check(const std::string& document) {
  if (!document.starts_with("<?xml") || !document.ends_with("</office:document>")) std::abort();
  if (std::any_of(document.begin(), document.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    std::abort();
  if (std::count(document.begin(), document.end(), '<') != std::count(document.begin(), document.end(), '>'))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(intake::text_as_document(bytes));
  check(intake::table_as_document(bytes));
  return 0;
}
