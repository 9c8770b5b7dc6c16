// The text of a mail by the patterns of a profile: an application's fields, a list's rows, a list as CSV. Every field
// is valid UTF-8 and bounded.
#include "libintake/letter.hpp"

#include <cstdlib>
#include <string>

#include "libintake/charset.hpp"
#include "libintake/limits.hpp"
#include "libintake/list_mail.hpp"
#include "sample_rule.hpp"

namespace {

void check(std::string_view field) {
  if (!intake::charset::is_utf8(field) || field.size() > intake::limits::field_bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto normal = intake::normal_text(text);
  for (const auto& [name, value] : intake::read_letter(normal, fuzz::rule()).fields) check(value);
  const auto list = intake::read_list_mail("", normal, {{"f0", "a.csv", std::string(text)}}, fuzz::rule());
  if (list.entries.size() > intake::limits::list_entries) std::abort();
  for (const auto& entry : list.entries) {
    if (entry.receipt_no.empty()) std::abort();
    for (const auto* field :
         {&entry.receipt_no, &entry.submitted_at, &entry.procedure, &entry.station, &entry.applicant})
      check(*field);
  }
  return 0;
}
