// A whole message: structure, header fields, body, files. Every byte of a file and of the text must come out as valid
// UTF-8 and within the limits, whatever goes in.
#include <cstdlib>
#include <string_view>

#include "libintake/charset.hpp"
#include "libintake/limits.hpp"
#include "libintake/mail.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const auto seen = intake::parse_mail(message, "mx.example.jp");
  const auto check = [](bool holds) {
    if (!holds) std::abort();
  };
  using intake::charset::is_utf8;
  check(is_utf8(seen.text) && is_utf8(seen.html_text) && is_utf8(seen.subject));
  check(seen.text.size() <= intake::limits::mail_text_bytes);
  std::size_t bytes = 0;
  for (const auto& file : seen.files) {
    check(is_utf8(file.name) && is_utf8(file.declared_type));
    check(file.name.find_first_of(std::string_view("\0\r\n\x1B", 4)) == std::string::npos);
    bytes += file.bytes.size();
  }
  check(bytes <= size + 3);
  for (const auto& [name, value] : seen.headers) check(is_utf8(name) && is_utf8(value));
  for (const auto& address : seen.from) check(is_utf8(address.name) && is_utf8(address.address));
  for (const auto& link : seen.links) check(is_utf8(link));
  for (const auto& finding : seen.findings) {
    check(!finding.file || *finding.file < seen.files.size());
    check(is_utf8(finding.detail));
  }
  return 0;
}
