#include "mail.hpp"

#include <algorithm>
#include <iterator>

#include "calendar.hpp"
#include "charset.hpp"
#include "mail_parts.hpp"
#include "mime_scan.hpp"
#include "mime_words.hpp"

namespace intake {
namespace {

void read_addresses(const header_field& field, std::vector<mail_address>& into, mail& out) {
  auto list = parse_addresses(unfold(field.raw));
  for (const auto& what : list.defects) out.find("mail.malformed", std::string(field.name) + ": " + what);
  if (list.too_many) out.find("mail.limit", "more addresses than allowed");
  // A second From field is a finding already; its addresses are kept, so that the judge sees all of them.
  std::move(list.addresses.begin(), list.addresses.end(), std::back_inserter(into));
}

void read_date(const std::string& value, mail& out) {
  if (!out.date.empty()) return;
  if (const auto time = parse_rfc5322_date(value)) {
    out.date = to_rfc3339(*time);
  } else {
    out.find("mail.malformed", "Date cannot be read");
  }
}

void read_header(const mime_part& root, std::string_view authentication_server, mail& out) {
  std::vector<std::pair<std::string, std::string>> raw;
  for (const auto& field : root.fields) {
    auto value = std::string(trim_blanks(unfold(field.raw)));
    auto words = decode_words(value);
    for (const auto& what : words.defects) out.find("mail.malformed", std::string(field.name) + ": " + what);
    const auto name = ascii_lower(field.name);
    if (name == "from")
      read_addresses(field, out.from, out);
    else if (name == "to")
      read_addresses(field, out.to, out);
    else if (name == "cc")
      read_addresses(field, out.cc, out);
    else if (name == "reply-to")
      read_addresses(field, out.reply_to, out);
    else if (name == "date")
      read_date(value, out);
    else if (name == "subject" && out.subject.empty())
      out.subject = words.text;
    else if (name == "message-id" && out.message_id.empty())
      out.message_id = words.text;
    out.headers.emplace_back(std::string(field.name), std::move(words.text));
    raw.emplace_back(std::string(field.name), std::move(value));
  }
  find_repeated_fields(root, "header", out);
  if (out.from.empty()) out.find("mail.malformed", "no From");
  const auto domain = out.from.empty() ? std::string() : domain_of(out.from[0].address);
  out.authentication = read_authentication(raw, authentication_server, domain);
}

}  // namespace

void mail::find(finding_code code, std::string_view detail, std::optional<std::size_t> file) {
  constexpr std::size_t most_of_a_code = 100;
  std::size_t same = 0;
  for (const auto& known : findings) {
    if (known.code.kind().code != code.kind().code) continue;
    if (known.detail == detail && known.file == file) return;
    if (++same > most_of_a_code) return;
  }
  if (same == most_of_a_code) {
    findings.push_back({.code = code, .detail = "and more", .file = std::nullopt});
  } else {
    findings.push_back({.code = code, .detail = std::string(detail), .file = file});
  }
}

mail parse_mail(std::string_view message, std::string_view authentication_server) {
  mail out;
  const auto structure = scan_mime(message);
  for (const auto& what : structure.defects) out.find("mail.malformed", what);
  if (!structure.parts.empty()) read_header(structure.parts[0], authentication_server, out);
  if (!structure.limit.empty()) {
    // What lies beyond a limit is unknown, so no part of it passes for the whole.
    out.find("mail.limit", structure.limit);
    return out;
  }
  if (structure.defects.empty())
    if (const auto difference = second_reading(message, structure); !difference.empty())
      out.find("mail.malformed", difference);
  read_parts(structure, out);
  return out;
}

}  // namespace intake
