#include "mime_scan.hpp"

#include <algorithm>

#include "limits.hpp"
#include "mime_words.hpp"

namespace intake {
namespace {

bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > 32 && c < 127; });
}

bool same_name(std::string_view a, std::string_view lower) {
  return a.size() == lower.size() && std::equal(a.begin(), a.end(), lower.begin(), [](char x, char y) {
           return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y;
         });
}

bool has_parameters(std::string_view name) {
  return same_name(name, "content-type") || same_name(name, "content-disposition");
}

bool has_addresses(std::string_view name) {
  for (const auto* known : {"from", "to", "cc", "bcc", "reply-to", "sender"})
    if (same_name(name, known)) return true;
  return false;
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

class scanner {
 public:
  explicit scanner(std::string_view message) : message_(message) {}

  mime_structure read() {
    // An mbox separator is no header field.
    if (message_.starts_with("From ")) take_line();
    open_part(0, 0, false);
    while (at_ < message_.size() && out_.limit.empty()) next_delimiter();
    finish(message_.size());
    return std::move(out_);
  }

 private:
  struct level {
    std::size_t part;
    std::string boundary;
    bool closed = false;  ///< its end was seen; text up to the next delimiter of an outer one is its epilogue
    bool digest = false;
  };

  enum class match { none, delimiter, end };

  std::string_view take_line() {
    const auto end = message_.find('\n', at_);
    const auto next = end == std::string_view::npos ? message_.size() : end + 1;
    const auto line = message_.substr(at_, next - at_);
    at_ = next;
    return line;
  }

  [[nodiscard]] std::string_view line_at(std::size_t at) const {
    const auto end = message_.find('\n', at);
    return message_.substr(at, (end == std::string_view::npos ? message_.size() : end + 1) - at);
  }

  void limit(const char* what) {
    if (out_.limit.empty()) out_.limit = what;
  }

  /// Which open multipart a line delimits, innermost first. Readers differ on lines that only begin like a delimiter.
  match find_level(std::string_view line, std::size_t& index) {
    if (!line.starts_with("--") || levels_.empty()) return match::none;
    line = without_line_end(line).substr(2);
    const auto blanks = line.find_last_not_of(" \t");
    line = blanks == std::string_view::npos ? std::string_view() : line.substr(0, blanks + 1);
    bool begins_like_one = false;
    for (auto i = levels_.size(); i-- > 0;) {
      const std::string_view boundary = levels_[i].boundary;
      if (!line.starts_with(boundary)) continue;
      const auto rest = line.substr(boundary.size());
      if (rest.empty() || rest == "--") {
        index = i;
        return rest.empty() ? match::delimiter : match::end;
      }
      begins_like_one = true;
    }
    if (begins_like_one) out_.defect("a line that is a part boundary to some readers only");
    return match::none;
  }

  /// Body text up to the next delimiter line of any open multipart; handles that line.
  void next_delimiter() {
    const auto start = at_;
    while (at_ < message_.size() && !levels_.empty()) {
      // Only a line that begins with "--" can matter. The scan is at the start of a line here.
      if (message_.substr(at_, 2) == "--") {
        std::size_t index = 0;
        const auto line = line_at(at_);
        const auto found = find_level(line, index);
        if (found != match::none) {
          end_body(start, at_);
          at_ += line.size();
          handle_delimiter(index, found);
          return;
        }
      }
      at_ = next_dashed_line(message_, at_);
    }
    at_ = message_.size();
    end_body(start, at_);
    if (!levels_.empty() && !levels_.back().closed) out_.defect("a multipart that does not end");
  }

  /// The line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1).
  void end_body(std::size_t start, std::size_t end) {
    auto body = message_.substr(start, end - start);
    if (end != message_.size()) body = without_line_end(body);
    if (leaf_open_) {
      out_.parts.back().body = body;
      leaf_open_ = false;
    } else if (!levels_.empty() && levels_.back().closed &&
               body.find_first_not_of(" \t\r\n") != std::string_view::npos) {
      out_.defect("text behind the last part of a multipart");
    }
  }

  void handle_delimiter(std::size_t index, match found) {
    while (levels_.size() > index + 1) {
      if (!levels_.back().closed) out_.defect("a multipart that does not end");
      close_level();
    }
    auto& current = levels_.back();
    if (current.closed) {
      // Readers that reopen it would show what others do not: the part is read, and the message is doubtful.
      out_.defect("parts behind the end of their multipart");
    }
    if (found == match::end) {
      current.closed = true;
      return;
    }
    current.closed = false;
    open_part(current.part, out_.parts[current.part].depth + 1, current.digest);
  }

  void close_level() {
    auto& part = out_.parts[levels_.back().part];
    // Behind a limit nothing was looked for, so nothing is known to be missing.
    if (part.children.empty() && out_.limit.empty()) out_.defect("a multipart without parts");
    const auto* start = part.body.data();
    part.body = std::string_view(start, static_cast<std::size_t>(message_.data() + at_ - start));
    levels_.pop_back();
  }

  void finish(std::size_t end) {
    at_ = end;
    leaf_open_ = false;
    while (!levels_.empty()) close_level();
  }

  void open_part(std::size_t parent, std::size_t depth, bool digest) {
    if (out_.parts.size() == limits::mime_parts) return limit("more parts than allowed");
    if (depth > limits::mime_depth) return limit("parts nested deeper than allowed");
    const auto index = out_.parts.size();
    out_.parts.push_back({.parent = parent, .depth = depth});
    if (index != 0) out_.parts[parent].children.push_back(index);
    leaf_open_ = true;
    out_.parts[index].header_begin = at_;
    read_header(out_.parts[index]);
    out_.parts[index].header_end = at_;
    if (!out_.limit.empty()) return;
    set_type(index, digest);
  }

  void read_header(mime_part& part) {
    const auto start = at_;
    std::size_t folds = 0;
    while (at_ < message_.size()) {
      const auto line_start = at_;
      const auto line = line_at(at_);
      std::size_t index = 0;
      if (find_level(line, index) != match::none) return out_.defect("a part that ends within its header");
      if (at_ - start + line.size() > limits::mime_header_bytes) return limit("a header larger than allowed");
      const auto content = without_line_end(line);
      if (content.empty()) {
        at_ += line.size();
        return;
      }
      if (content.find('\0') != std::string_view::npos) out_.defect("NUL in a header");
      if (content.find('\r') != std::string_view::npos) out_.defect("a bare carriage return in a header");
      if (content[0] == ' ' || content[0] == '\t') {
        if (part.fields.empty()) {
          out_.defect("a header that begins with white space");
        } else {
          if (++folds > limits::mime_folded_lines) return limit("a header field of more lines than allowed");
          auto& raw = part.fields.back().raw;
          raw = std::string_view(raw.data(), static_cast<std::size_t>(content.data() + content.size() - raw.data()));
        }
        at_ += line.size();
        continue;
      }
      const auto colon = content.find(':');
      const auto name = trim_blanks(content.substr(0, std::min(colon, content.size())));
      if (colon == std::string_view::npos || !is_field_name(name)) {
        // Not a field: the blank line is missing, and the body begins here.
        out_.defect("a header that does not end with a blank line");
        at_ = line_start;
        return;
      }
      if (part.fields.size() == limits::mime_header_fields) return limit("more header fields than allowed");
      part.fields.push_back({.name = name, .raw = content.substr(colon + 1)});
      folds = 0;
      at_ += line.size();
    }
  }

  void check_field_limits(const mime_part& part) {
    for (const auto& field : part.fields) {
      if (has_parameters(field.name)) {
        const auto count = std::count(field.raw.begin(), field.raw.end(), ';');
        if (static_cast<std::size_t>(count) > limits::mime_parameters) return limit("more parameters than allowed");
      } else if (has_addresses(field.name)) {
        const auto count = std::count(field.raw.begin(), field.raw.end(), ',');
        if (static_cast<std::size_t>(count) >= limits::mime_addresses) return limit("more addresses than allowed");
      }
    }
  }

  void set_type(std::size_t index, bool digest) {
    auto& part = out_.parts[index];
    check_field_limits(part);
    if (!out_.limit.empty()) return;
    const auto* field = find_field(part, "content-type");
    part.typed = field != nullptr;
    if (field != nullptr) part.type = parse_field(unfold(field->raw));
    if (part.type.malformed) out_.defect("a malformed Content-Type");
    const auto slash = part.type.value.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == part.type.value.size()) {
      if (part.typed) out_.defect("a malformed Content-Type");
      part.type.value = digest ? "message/rfc822" : "text/plain";
    }
    if (part.type.value.starts_with("multipart/")) open_multipart(index);
  }

  void open_multipart(std::size_t index) {
    auto& part = out_.parts[index];
    const auto boundary = find_parameter(part.type, "boundary");
    for (const auto& what : boundary.defects) out_.defect("boundary: " + what);
    const auto value = trim_blanks(boundary.text);
    // Without a boundary, or with one that no line can match, it is a leaf: nothing of it is lost.
    if (value.empty() || value.size() > limits::mime_boundary_bytes) {
      out_.defect("a multipart without a usable boundary");
      return;
    }
    for (const auto& open : levels_) {
      if (value == open.boundary) {
        out_.defect("nested parts with one boundary");
      } else if (value.starts_with(open.boundary)) {
        out_.defect("a line that is a part boundary to some readers only");
      }
    }
    part.multipart = true;
    part.boundary = value;
    part.body = message_.substr(at_, 0);
    leaf_open_ = false;
    levels_.push_back({.part = index, .boundary = part.boundary, .digest = part.type.value == "multipart/digest"});
  }

  std::string_view message_;
  std::size_t at_ = 0;
  bool leaf_open_ = false;
  std::vector<level> levels_;
  mime_structure out_;
};

}  // namespace

void mime_structure::defect(std::string_view what) {
  if (std::find(defects.begin(), defects.end(), what) == defects.end()) defects.emplace_back(what);
}

mime_structure scan_mime(std::string_view message) {
  return scanner(message).read();
}

std::size_t next_dashed_line(std::string_view text, std::size_t at) {
  // Base64 has no dash: one search for it passes over a whole attachment.
  for (++at; at < text.size(); ++at) {
    at = text.find('-', at);
    if (at == std::string_view::npos) break;
    if (text[at - 1] == '\n' && at + 1 < text.size() && text[at + 1] == '-') return at;
  }
  return text.size();
}

const header_field* find_field(const mime_part& part, std::string_view name) {
  for (const auto& field : part.fields)
    if (same_name(field.name, name)) return &field;
  return nullptr;
}

}  // namespace intake
