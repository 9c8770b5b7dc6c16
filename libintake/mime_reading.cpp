// The second reading of a message's structure, by mimetic.
#include <algorithm>
#include <exception>

#include <mimetic/mimetic.h>

#include "limits.hpp"
#include "mime_scan.hpp"

namespace intake {
namespace {

/// Lines of a body that begin like a delimiter. False when there are more than a comparison may cost.
bool append_dashed_lines(std::string_view body, std::string& out) {
  std::size_t at = body.starts_with("--") ? 0 : next_dashed_line(body, 0);
  while (at < body.size()) {
    const auto line = body.substr(at, std::min(body.find('\n', at), body.size() - 1) + 1 - at);
    if (out.size() + line.size() > limits::mime_delimiter_bytes) return false;
    out.append(line);
    at = next_dashed_line(body, at);
  }
  return true;
}

/// What of a header decides on structure. What is kept as one file whatever it holds is not shown to mimetic.
void append_header(const mime_part& part, std::string& out) {
  const bool opaque =
      !part.multipart && (part.type.value.starts_with("multipart/") || part.type.value == "message/rfc822");
  if (!opaque) {
    for (const auto& field : part.fields) {
      if (ascii_lower(field.name) != "content-type") continue;
      out += "Content-Type:";
      for (const char c : unfold(field.raw)) out.push_back(c == '\0' ? ' ' : c);  // mimetic cuts values at NUL
      out += "\r\n";
    }
  }
  out += "\r\n.\r\n";
}

bool same_shape(const mimetic::MimeEntity& theirs, const mime_structure& ours, std::size_t index) {
  const auto& part = ours.parts[index];
  const auto& children = theirs.body().parts();
  if (theirs.header().contentType().isMultipart() != part.multipart && !part.children.empty()) return false;
  if (children.size() != part.children.size()) return false;
  std::size_t i = 0;
  for (const auto* child : children)
    if (!same_shape(*child, ours, part.children[i++])) return false;
  return true;
}

}  // namespace

std::string second_reading(std::string_view message, const mime_structure& structure) {
  if (structure.parts.size() == 1 && !structure.parts[0].multipart) return {};
  std::string skeleton;
  std::size_t at = structure.parts[0].header_begin;
  for (const auto& part : structure.parts) {
    if (!append_dashed_lines(message.substr(at, part.header_begin - at), skeleton))
      return "more lines like part boundaries than can be compared";
    append_header(part, skeleton);
    at = part.header_end;
  }
  if (!append_dashed_lines(message.substr(at), skeleton)) return "more lines like part boundaries than can be compared";
  try {
    const mimetic::MimeEntity entity(skeleton.begin(), skeleton.end());
    if (same_shape(entity, structure, 0)) return {};
  } catch (const std::exception&) {  // std::length_error for one; it is as good as another shape
  }
  return "parts that mail readers see differently";
}

}  // namespace intake
