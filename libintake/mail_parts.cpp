#include "mail_parts.hpp"

#include <algorithm>
#include <iterator>

#include "charset.hpp"
#include "html_text.hpp"
#include "limits.hpp"
#include "mime_words.hpp"
#include "transfer_encoding.hpp"

namespace intake {
namespace {

std::string field_value(const mime_part& part, std::string_view name) {
  const auto* field = find_field(part, name);
  return field == nullptr ? std::string() : unfold(field->raw);
}

/// Lines end in LF; other control characters are shown as U+FFFD.
std::string clean_text(std::string_view text, bool& controls) {
  std::string out;
  out.reserve(text.size());
  if (text.starts_with("\uFEFF")) text.remove_prefix(3);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r') {
      if (i + 1 == text.size() || text[i + 1] != '\n') out.push_back('\n');
    } else if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\f') || c == 0x7F) {
      controls = true;
      out += "\uFFFD";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

/// Paragraphs of format=flowed (RFC 3676) made whole again.
std::string unflow(std::string_view text, bool delete_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with(' ')) line.remove_prefix(1);
    const bool soft = line.ends_with(' ') && line != "-- ";
    if (soft && delete_space) line.remove_suffix(1);
    out += line;
    if (!soft && end < text.size()) out.push_back('\n');
  }
  return out;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f") == std::string_view::npos;
}

/// What one part or a group of parts adds to the body.
struct body_text {
  std::string plain, html;  ///< as a reader of plain text and as a reader of HTML sees it
  bool has_plain = false;   ///< there is text that is not blank in a plain part
  bool has_html = false;
  bool html_alone = false;  ///< some HTML has no plain text beside it

  void append(const body_text& next) {
    join(plain, next.plain);
    join(html, next.html);
    has_plain = has_plain || next.has_plain;
    has_html = has_html || next.has_html;
    html_alone = html_alone || next.html_alone;
  }

  static void join(std::string& text, std::string_view next) {
    if (!text.empty() && !text.ends_with('\n') && !next.empty()) text.push_back('\n');
    text += next;
  }
};

class parts_reader {
 public:
  parts_reader(const mime_structure& structure, mail& out) : structure_(structure), out_(out) {}

  void read() {
    auto body = part(0);
    if (body.html_alone) out_.find("body.html_only", {});
    out_.text = std::move(body.plain);
    if (out_.has_alternatives) out_.html_text = std::move(body.html);
    for (auto* text : {&out_.text, &out_.html_text}) limit_text(*text);
  }

 private:
  body_text part(std::size_t index) {
    const auto& of = structure_.parts[index];
    if (index != 0) find_repeated_fields(of, "part", out_);
    if (!of.multipart) return leaf(of);
    std::vector<body_text> children;
    for (const auto child : of.children) children.push_back(part(child));
    if (children.empty() && !is_blank(of.body)) keep_whole(of);
    if (of.type.value == "multipart/alternative") return alternatives(children);
    body_text out;
    for (const auto& child : children) out.append(child);
    return out;
  }

  /// A multipart whose boundary never occurs: what readers make of it differs, so it is kept as a file.
  void keep_whole(const mime_part& of) {
    add_file({}, of.type.value, {.bytes = std::string(of.body), .damage = "a multipart without parts"}, {});
  }

  body_text alternatives(const std::vector<body_text>& children) {
    body_text plain, html, out;
    for (const auto& child : children) {
      if (child.has_plain || !child.has_html) plain.append(child);
      if (child.has_html) html.append(child);
    }
    out.has_plain = plain.has_plain;
    out.has_html = html.has_html;
    out.plain = plain.has_plain ? std::move(plain.plain) : html.html;
    out.html = html.has_html ? std::move(html.html) : out.plain;
    out.html_alone = html.has_html && !plain.has_plain;
    if (plain.has_plain && html.has_html) {
      out_.has_alternatives = true;
      const auto bounded = [](const std::string& text) {
        return std::string_view(text).substr(0, limits::mail_text_bytes);
      };
      if (const auto difference = text_difference(bounded(out.plain), bounded(out.html)); !difference.empty())
        out_.find("body.hidden_text", "the plain text and the HTML differ: " + difference);
    }
    return out;
  }

  body_text leaf(const mime_part& of) {
    const auto disposition = parse_field(field_value(of, "content-disposition"));
    if (disposition.malformed) out_.find("mail.malformed", "a malformed Content-Disposition");
    std::vector<std::string> defects;
    auto name = file_name(of, disposition, defects);
    auto encoding = parse_field(field_value(of, "content-transfer-encoding")).value;
    auto content = transfer::decode(of.body, encoding);
    const bool text = of.type.value == "text/plain" || of.type.value == "text/html";
    if (text && name.empty() && disposition.value != "attachment") {
      for (const auto& what : defects) out_.find("mail.malformed", what);
      if (!content.damage.empty()) out_.find("mail.malformed", "body: " + content.damage);
      return of.type.value == "text/html" ? html_body(of, content.bytes) : plain_body(of, content.bytes);
    }
    // A part without any content and without a name is nothing that could be opened.
    if (name.empty() && content.bytes.empty() && !of.typed) return {};
    if (name.empty()) name = described_name(of, defects);
    add_file(std::move(name), of.type.value, std::move(content), defects);
    return {};
  }

  void add_file(std::string name, std::string_view type, transfer::decoded content,
                const std::vector<std::string>& defects) {
    const auto index = out_.files.size();
    out_.files.push_back({.name = std::move(name),
                          .declared_type = charset::without_controls(charset::detect(type).text),
                          .bytes = std::move(content.bytes)});
    if (!content.damage.empty()) out_.find("mail.malformed", content.damage, index);
    for (const auto& what : defects) out_.find("mail.malformed", what, index);
  }

  /// From filename, filename*, filename*0* … and the same of name. Where they disagree the message is doubtful: readers
  /// take one or the other.
  static std::string file_name(const mime_part& of, const structured_field& disposition,
                               std::vector<std::string>& defects) {
    const auto filename = find_parameter(disposition, "filename");
    const auto name = find_parameter(of.type, "name");
    for (const auto& what : filename.defects) defects.push_back("filename: " + what);
    for (const auto& what : name.defects) defects.push_back("name: " + what);
    if (!filename.text.empty() && !name.text.empty() && filename.text != name.text)
      defects.push_back("two names: \"" + filename.text + "\" and \"" + name.text + "\"");
    return filename.text.empty() ? name.text : filename.text;
  }

  static std::string described_name(const mime_part& of, std::vector<std::string>& defects) {
    auto words = decode_words(trim_blanks(field_value(of, "content-description")));
    for (const auto& what : words.defects) defects.push_back("Content-Description: " + what);
    return std::move(words.text);
  }

  /// Text of a part in UTF-8, cut at the limit.
  std::string read_text(const mime_part& of, std::string_view bytes) {
    if (bytes.size() > limits::mail_text_bytes) {
      out_.find("mail.limit", "a body larger than is read");
      bytes = bytes.substr(0, limits::mail_text_bytes);
    }
    const auto label = find_parameter(of.type, "charset");
    for (const auto& what : label.defects) out_.find("mail.malformed", "charset: " + what);
    const auto read = charset::decode(bytes, trim_blanks(label.text));
    if (const auto doubt = read.doubt(label.text); !doubt.empty()) out_.find("mail.malformed", "body " + doubt);
    bool controls = false;
    auto out = clean_text(read.text, controls);
    if (controls) out_.find("mail.malformed", "control characters in the body");
    return out;
  }

  body_text plain_body(const mime_part& of, std::string_view bytes) {
    auto split = transfer::split_uuencoded(bytes);
    for (auto& file : split.files) {
      if (out_.files.size() >= limits::mail_files) {
        out_.find("mail.limit", "more uuencoded files than allowed");
        break;
      }
      auto name = decode_words(file.name);
      add_file(std::move(name.text), "application/octet-stream", std::move(file.content), name.defects);
    }
    if (split.too_many) out_.find("mail.limit", "more uuencoded files than allowed");
    body_text out;
    out.plain = read_text(of, split.files.empty() ? bytes : std::string_view(split.text));
    if (ascii_lower(find_parameter(of.type, "format").text) == "flowed")
      out.plain = unflow(out.plain, ascii_lower(find_parameter(of.type, "delsp").text) == "yes");
    out.html = out.plain;
    out.has_plain = !is_blank(out.plain);
    return out;
  }

  body_text html_body(const mime_part& of, std::string_view bytes) {
    auto seen = read_html(read_text(of, bytes));
    for (const auto& hidden : seen.hidden) {
      const auto detail = hidden.excerpt.empty() ? hidden.reason : hidden.reason + ": " + hidden.excerpt;
      out_.find("body.hidden_text", detail);
    }
    for (auto& link : seen.links) {
      if (out_.links.size() == limits::mail_links)
        seen.too_many_links = true;
      else
        out_.links.push_back(std::move(link));
    }
    if (seen.too_many_links) out_.find("mail.limit", "more links than are listed");
    body_text out;
    out.plain = seen.text;
    out.html = std::move(seen.text);
    out.has_html = true;
    out.html_alone = true;
    return out;
  }

  void limit_text(std::string& text) {
    if (text.size() <= limits::mail_text_bytes) return;
    std::size_t cut = limits::mail_text_bytes;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    text.resize(cut);
    out_.find("mail.limit", "a body larger than is read");
  }

  const mime_structure& structure_;
  mail& out_;
};

}  // namespace

void read_parts(const mime_structure& structure, mail& out) {
  parts_reader(structure, out).read();
}

void find_repeated_fields(const mime_part& part, std::string_view where, mail& out) {
  constexpr std::string_view single[] = {"from",
                                         "sender",
                                         "reply-to",
                                         "to",
                                         "cc",
                                         "bcc",
                                         "message-id",
                                         "in-reply-to",
                                         "references",
                                         "subject",
                                         "date",
                                         "mime-version",
                                         "content-type",
                                         "content-transfer-encoding",
                                         "content-disposition",
                                         "content-id"};
  std::vector<std::string_view> seen;
  for (const auto& field : part.fields) {
    const auto name = ascii_lower(field.name);
    const auto* known = std::find(std::begin(single), std::end(single), name);
    if (known == std::end(single)) continue;
    if (std::find(seen.begin(), seen.end(), *known) != seen.end()) {
      out.find("mail.malformed", std::string(where) + " with more than one " + std::string(*known));
    } else {
      seen.push_back(*known);
    }
  }
}

}  // namespace intake
