// Charsets, encoded words, parameters, addresses, HTML: the first byte picks one and a charset, the rest is its input.
// What comes out is valid UTF-8, and nothing is lost without being counted.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "libintake/address.hpp"
#include "libintake/authentication.hpp"
#include "libintake/charset.hpp"
#include "libintake/html_text.hpp"
#include "libintake/mime_field.hpp"
#include "libintake/transfer_encoding.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

// What is told in the findings may quote the input.
void check_defects(const std::vector<std::string>& defects) {
  for (const auto& defect : defects) check(intake::charset::is_utf8(defect));
}

void charsets(std::string_view text, unsigned which) {
  constexpr std::string_view labels[] = {"",        "UTF-8", "Shift_JIS", "EUC-JP", "ISO-2022-JP", "iso-8859-1",
                                         "gb18030", "big5",  "euc-kr",    "utf-16", "iso-2022-kr", "x-none"};
  const auto read = intake::charset::decode(text, labels[which % std::size(labels)]);
  check(intake::charset::is_utf8(read.text));
  const auto label = text.substr(0, text.find('\0'));
  check(intake::charset::is_utf8(intake::charset::decode(text, label).doubt(label)));
  check(read.undecodable <= text.size());
  if (!text.empty() && read.text.empty())
    check(text.size() < 64 || text.find('\x1B') != std::string_view::npos ||
          text.find_first_not_of("\x0E\x0F\xFE\xFF") == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  using intake::charset::is_utf8;
  switch (data[0] % 6) {
    case 0:
      charsets(text, data[0] / 6);
      break;
    case 1: {
      const auto read = intake::decode_words(text);
      check(is_utf8(read.text));
      check_defects(read.defects);
      break;
    }
    case 2: {
      const auto field = intake::parse_field(text);
      for (const auto* name : {"filename", "name", "boundary", "charset"}) {
        const auto found = intake::find_parameter(field, name);
        check(is_utf8(found.text));
        check_defects(found.defects);
      }
      break;
    }
    case 3: {
      const auto read = intake::parse_addresses(text);
      for (const auto& [name, address] : read.addresses) check(is_utf8(name) && is_utf8(address));
      check_defects(read.defects);
      break;
    }
    case 4: {
      const auto read = intake::charset::detect(text).text;
      const auto seen = intake::read_html(read);
      check(is_utf8(seen.text));
      for (const auto& hidden : seen.hidden) check(is_utf8(hidden.excerpt));
      (void)intake::text_difference(read, seen.text);
      break;
    }
    case 5: {
      const auto seen =
          intake::read_authentication({{"Authentication-Results", std::string(text)}}, "mx", "example.jp");
      check(is_utf8(seen.dkim) && is_utf8(seen.dkim_domain));
      check(intake::transfer::quoted_printable(text).bytes.size() <= text.size());
      check(intake::transfer::split_uuencoded(text).text.size() <= text.size());
      break;
    }
  }
  return 0;
}
