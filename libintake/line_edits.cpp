#include "line_edits.hpp"

#include <algorithm>

#include "base64.hpp"
#include "failure.hpp"
#include "record.hpp"

namespace intake {
namespace {

// Reading just enough of a line to know where its members lie. Whether it is JSON at all is decided elsewhere (by the
// record in the worker); here every step is checked against the end, so that a wrong line is refused and not overrun.

struct span {
  std::size_t begin = 0, end = 0;
};

char at(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) throw unusable_line("not JSON: it ends too early");
  return text[offset];
}

std::size_t skip_space(std::string_view text, std::size_t from) {
  while (at(text, from) == ' ' || text[from] == '\t' || text[from] == '\r' || text[from] == '\n') ++from;
  return from;
}

/// `from` is on the opening quote; returns the offset behind the closing one.
std::size_t skip_string(std::string_view text, std::size_t from) {
  if (at(text, from) != '"') throw unusable_line("not JSON: a string is missing");
  for (std::size_t start = from + 1;;) {
    const std::size_t quote = text.find('"', start);
    if (quote == text.npos) throw unusable_line("not JSON: a string has no end");
    std::size_t slashes = 0;
    while (quote - 1 - slashes > from && text[quote - 1 - slashes] == '\\') ++slashes;
    start = quote + 1;
    if (slashes % 2 == 0) return start;
  }
}

std::size_t skip_value(std::string_view text, std::size_t from) {
  std::size_t depth = 0;
  do {
    switch (at(text, from)) {
      case '"':
        from = skip_string(text, from);
        continue;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (depth == 0) throw unusable_line("not JSON: a value is missing");
        --depth;
        break;
      default:
        if (depth == 0) {  // a number or a literal
          const std::size_t end = text.find_first_of(",]} \t\r\n", from);
          if (end == from || end == text.npos) throw unusable_line("not JSON: a value is missing");
          return end;
        }
    }
    ++from;
  } while (depth != 0);
  return from;
}

struct member_span {
  std::string_view key;  ///< raw, between the quotes; keys that are edited have no escapes
  std::size_t begin = 0;
  span value;
};

/// Calls `visit` for each element of what lies between the brackets at `opening`; returns the offset behind them.
template <typename Visit>
std::size_t each_element(std::string_view text, std::size_t opening, char close, Visit visit) {
  std::size_t from = skip_space(text, opening + 1);
  while (at(text, from) != close) {
    from = skip_space(text, visit(from));
    if (at(text, from) == ',')
      from = skip_space(text, from + 1);
    else if (text[from] != close)
      throw unusable_line("not JSON: a comma is missing");
  }
  return from + 1;
}

template <typename Visit>
void each_member(std::string_view text, std::size_t opening, Visit visit) {
  if (at(text, opening) != '{') throw unusable_line("not a JSON object");
  each_element(text, opening, '}', [&](std::size_t from) {
    const std::size_t key_end = skip_string(text, from);
    const std::size_t colon = skip_space(text, key_end);
    if (text[colon] != ':') throw unusable_line("not JSON: a colon is missing");
    const std::size_t begin = skip_space(text, colon + 1);
    const member_span member{text.substr(from + 1, key_end - from - 2), from, {begin, skip_value(text, begin)}};
    visit(member);
    return member.value.end;
  });
}

class joiner {
 public:
  explicit joiner(spliced_line& out) : out_(out) {}
  spliced_line& next() {
    if (!first_) out_.add(",");
    first_ = false;
    return out_;
  }

 private:
  spliced_line& out_;
  bool first_ = true;
};

void add_value(spliced_line& out, const line_edits::value_text& json) {
  std::size_t from = 0;
  for (const auto& [offset, bytes] : json.large) {
    out.add(json.plain.substr(from, offset - from));
    out.add_base64(bytes);
    from = offset;
  }
  out.add(json.plain.substr(from));
}

/// An object with its changes; `nested` may write the value of a member in another way and then returns true; `more`
/// adds members at the end.
template <typename Nested, typename More>
void write_object(spliced_line& out, std::string_view text, std::size_t opening, const line_edits::members& changes,
                  Nested nested, More more) {
  joiner join(out);
  std::vector<std::string_view> present;
  out.add("{");
  each_member(text, opening, [&](const member_span& member) {
    present.push_back(member.key);
    const auto* change = changes.find(member.key);
    if (change && !*change) return;
    join.next().add(text.substr(member.begin, member.value.begin - member.begin));
    if (change)
      add_value(out, **change);
    else if (!nested(out, member))
      out.add(text.substr(member.value.begin, member.value.end - member.value.begin));
  });
  for (const auto& [key, json] : changes.all()) {
    if (!json || std::find(present.begin(), present.end(), key) != present.end()) continue;
    join.next().make(json::quoted(key) + ":");
    add_value(out, *json);
  }
  more(join);
  out.add("}");
}

void write_object(spliced_line& out, std::string_view text, std::size_t opening, const line_edits::members& changes) {
  write_object(
      out, text, opening, changes, [](spliced_line&, const member_span&) { return false; }, [](joiner&) {});
}

void refuse_identity(std::string_view key) {
  if (key == "id" || key == "intake") throw failure(exit_status::software, "a filter may not change the identity");
}

}  // namespace

void spliced_line::add(std::string_view piece) {
  size += piece.size();
  // Neighbours in the same text become one piece again.
  const bool after_plain = !pieces.empty() && (encoded.empty() || encoded.back() + 1 != pieces.size());
  if (after_plain && pieces.back().data() + pieces.back().size() == piece.data())
    pieces.back() = {pieces.back().data(), pieces.back().size() + piece.size()};
  else if (!piece.empty())
    pieces.push_back(piece);
}

void spliced_line::add_base64(std::string_view bytes) {
  if (bytes.empty()) return;
  size += (bytes.size() + 2) / 3 * 4;
  encoded.push_back(pieces.size());
  pieces.push_back(bytes);
}

void spliced_line::make(std::string text) {
  add(made.emplace_back(std::move(text)));
}

std::string spliced_line::join() const {
  std::string line;
  line.reserve(size);
  auto next = encoded.begin();
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (next == encoded.end() || *next != i) {
      line += pieces[i];
      continue;
    }
    base64::encode(line, pieces[i]);
    ++next;
  }
  return line;
}

void line_edits::members::set(std::string_view key, const change& json) {
  for (auto& [name, text] : changes_)
    if (name == key) {
      text = json;
      return;
    }
  changes_.emplace_back(key, json);
}

const line_edits::change* line_edits::members::find(std::string_view key) const {
  for (const auto& [name, text] : changes_)
    if (name == key) return &text;
  return nullptr;
}

line_edits::change line_edits::keep(std::optional<json::text> json) {
  if (!json) return std::nullopt;
  const auto& kept = kept_.emplace_back(std::move(*json));
  value_text seen{kept.plain, {}};
  for (const auto& bytes : kept.large) seen.large.emplace_back(bytes.at, bytes.octets);
  return seen;
}

void line_edits::put(place where, std::size_t index, std::string_view outer, std::string_view key, const change& json) {
  switch (where) {
    case place::top:
      refuse_identity(key);
      return top_.set(key, json);
    case place::inside:
      refuse_identity(outer);
      return inside_[std::string(outer)].set(key, json);
    case place::file:
      return files_[index].set(key, json);
    case place::array:
      refuse_identity(outer);
      if (json) appended_[std::string(outer)].push_back(*json);
      return;
  }
  throw unusable_line("changes of an unknown kind");
}

void line_edits::set(std::string_view key, std::optional<json::text> json) {
  put(place::top, 0, {}, key, keep(std::move(json)));
}
void line_edits::set_in(std::string_view object, std::string_view key, std::optional<json::text> json) {
  put(place::inside, 0, object, key, keep(std::move(json)));
}
void line_edits::set_in_file(std::size_t index, std::string_view key, std::optional<json::text> json) {
  put(place::file, index, {}, key, keep(std::move(json)));
}
void line_edits::append(std::string_view array, json::text json) {
  put(place::array, 0, array, {}, keep(std::move(json)));
}

std::optional<std::string_view> line_edits::value_of(std::string_view key) const {
  const auto* made = top_.find(key);
  if (!made || !*made) return std::nullopt;
  return (*made)->plain;
}

spliced_line line_edits::apply(std::string_view line) const {
  for (const auto& [key, json] : top_.all())
    if (inside_.contains(key) || appended_.contains(key) || (key == "files" && !files_.empty()))
      throw unusable_line("a member is replaced and changed inside: " + key);

  const auto write_array = [&](spliced_line& out, std::string_view name, std::string_view text, std::size_t opening) {
    joiner join(out);
    out.add("[");
    std::size_t index = 0;
    each_element(text, opening, ']', [&](std::size_t from) {
      const std::size_t end = skip_value(text, from);
      const auto changes = name == "files" ? files_.find(index++) : files_.end();
      join.next();
      if (changes != files_.end() && text[from] == '{')
        write_object(out, text, from, changes->second);
      else
        out.add(text.substr(from, end - from));
      return end;
    });
    if (const auto more = appended_.find(name); more != appended_.end())
      for (const auto& json : more->second) add_value(join.next(), json);
    out.add("]");
  };
  // What is no object or array where one is written to is replaced by one.
  const auto write_inside = [&](spliced_line& out, std::string_view name, std::string_view text, std::size_t value) {
    if (const auto changes = inside_.find(name); changes != inside_.end())
      text[value] == '{' ? write_object(out, text, value, changes->second)
                         : write_object(out, "{}", 0, changes->second);
    else if (appended_.contains(name) || (name == "files" && !files_.empty() && text[value] == '['))
      text[value] == '[' ? write_array(out, name, text, value) : write_array(out, name, "[]", 0);
    else
      return false;
    return true;
  };

  std::vector<std::string_view> present;
  spliced_line out;
  write_object(
      out, line, skip_space(line, 0), top_,
      [&](spliced_line& to, const member_span& member) {
        present.push_back(member.key);
        return write_inside(to, member.key, line, member.value.begin);
      },
      [&](joiner& join) {
        const auto add = [&](const std::string& name) {
          if (std::find(present.begin(), present.end(), name) != present.end()) return;
          join.next().make(json::quoted(name) + ":");
          write_inside(out, name, "?", 0);
        };
        for (const auto& [name, changes] : inside_) add(name);
        for (const auto& [name, texts] : appended_) add(name);
      });
  return out;
}

std::string_view raw_member(std::string_view line, std::string_view key) {
  std::string_view found;
  each_member(line, skip_space(line, 0), [&](const member_span& member) {
    if (member.key == key) found = line.substr(member.value.begin, member.value.end - member.value.begin);
  });
  return found;
}

}  // namespace intake
