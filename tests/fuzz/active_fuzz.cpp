// Any bytes are searched to an end, and what was not read to its end always says why.
#include "libintake/active.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "libintake/active_search.hpp"

namespace {

void judge(const intake::active_report& report) {
  const auto tells_why = [](const intake::active_report::item& one) {
    const auto code = one.code.kind().code;
    return code == "scan.failed" || code == "scan.limit" || code == "scan.encrypted" || code.starts_with("archive.");
  };
  if (!report.complete && std::ranges::none_of(report.items, tells_why)) std::abort();
}

void look(std::string_view bytes, intake::file_kind kind) {
  judge(intake::find_active(bytes, kind));
}

// A part of a package, which no mutation of a zip reaches.
void look_at_part(std::string_view bytes) {
  intake::active_search search;
  search_binary_part(search, bytes, "part");
  judge(search.finish());
}

}  // namespace

// libgsf 1.14.50 forgets the neighbours of a directory entry whose type it does not know: some hundred bytes of a
// broken file, which are given back when the worker ends.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the name is the sanitizer's
  return "leak:gsf_infile_msole_new\n";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto kind = intake::recognise(bytes);
  look(bytes, kind);
  if (kind != intake::file_kind::txt && kind != intake::file_kind::unknown) return 0;
  for (const auto other :
       {intake::file_kind::rtf, intake::file_kind::html, intake::file_kind::xls, intake::file_kind::xml})
    look(bytes, other);
  look_at_part(bytes);
  return 0;
}
