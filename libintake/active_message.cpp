// A message that is attached to the message: its parts, each looked into like a file.
#include "active_search.hpp"
#include "mime_scan.hpp"
#include "mime_words.hpp"
#include "transfer_encoding.hpp"

namespace intake {
namespace {

std::string field_value(const mime_part& part, std::string_view name) {
  const auto* field = find_field(part, name);
  return field == nullptr ? std::string() : unfold(field->raw);
}

bool is_archive(file_kind kind) {
  return kind == file_kind::zip || kind == file_kind::seven_zip || kind == file_kind::rar || kind == file_kind::lzh ||
         kind == file_kind::gz || kind == file_kind::tar;
}

void search_file(active_search& search, std::string_view bytes, std::string_view name, bool message,
                 const std::string& where) {
  const auto kind = message ? file_kind::eml : recognise(bytes, name);
  if (is_program(kind)) search.add("attachment.unexpected", {}, "a program in an attached message", where);
  // It was not opened as the attachments of the message itself are.
  if (is_archive(kind)) search.cut("scan.failed", "an archive in an attached message is not opened", where);
  search.document(bytes, kind, where);
}

void search_part(active_search& search, const mime_part& part, const std::string& where) {
  const auto encoding = parse_field(field_value(part, "content-transfer-encoding")).value;
  const auto content = transfer::decode(part.body, encoding);
  if (!content.damage.empty()) search.cut("scan.failed", content.damage, where);
  const auto named = find_parameter(parse_field(field_value(part, "content-disposition")), "filename").text;
  const auto name = named.empty() ? find_parameter(part.type, "name").text : named;
  search_file(search, content.bytes, name, part.type.value == "message/rfc822", where + '/' + name);
  if (part.type.value != "text/plain") return;
  const auto split = transfer::split_uuencoded(content.bytes);
  if (split.too_many) search.cut("scan.limit", "more uuencoded files than allowed", where);
  for (const auto& file : split.files) {
    if (!file.content.damage.empty()) search.cut("scan.failed", file.content.damage, where);
    search_file(search, file.content.bytes, file.name, false, where + '/' + file.name);
  }
}

}  // namespace

void search_message(active_search& search, std::string_view bytes, const std::string& where) {
  const auto here = where.empty() ? std::string("attached message") : where;
  // Decoded, its parts are no more than it.
  if (!search.spend(bytes.size(), here)) return;
  const auto structure = scan_mime(bytes);
  if (!structure.limit.empty()) return search.cut("scan.limit", structure.limit, here);
  // Mail programs differ in which parts a malformed message has.
  for (const auto& defect : structure.defects) search.cut("scan.failed", defect, here);
  for (const auto& part : structure.parts)
    if (!part.multipart) search_part(search, part, here);
}

}  // namespace intake
