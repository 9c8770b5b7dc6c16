#include "record.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "base64.hpp"
#include "failure.hpp"
#include "json.hpp"
#include "limits.hpp"

namespace intake {
namespace {

namespace dom = simdjson::dom;
static_assert(sizeof(dom::element) <= 16 && std::is_trivially_copyable_v<dom::element>);

dom::element as_element(const unsigned char* stored) {
  dom::element element;
  std::memcpy(static_cast<void*>(&element), stored, sizeof element);
  return element;
}

// A parser's buffers are some ten times its line; mapping them anew for each line would cost more than the parsing.
// One is kept for the next record, unless a giant line has grown it.
constexpr std::size_t kept_parser_bytes = 32 * limits::mib;
thread_local std::unique_ptr<dom::parser> spare_parser;

std::unique_ptr<dom::parser> take_parser(std::size_t line_bytes) {
  auto parser = spare_parser ? std::move(spare_parser) : std::make_unique<dom::parser>(limits::record_bytes);
  if (parser->capacity() < line_bytes && parser->allocate(line_bytes, limits::record_depth) != simdjson::SUCCESS)
    throw unusable_line("no memory to parse the line");
  return parser;
}

void refuse_duplicate_keys(dom::element element) {
  if (element.is_array()) {
    for (const dom::element item : dom::array(element)) refuse_duplicate_keys(item);
  } else if (element.is_object()) {
    std::vector<std::string_view> keys;
    for (const auto& field : dom::object(element)) {
      keys.push_back(field.key);
      refuse_duplicate_keys(field.value);
    }
    std::sort(keys.begin(), keys.end());
    if (const auto twice = std::adjacent_find(keys.begin(), keys.end()); twice != keys.end())
      throw unusable_line("duplicate key " + json::quoted(twice->substr(0, 64)));
  }
}

// Offsets in a line that simdjson has accepted; they need no checks of the grammar.

struct span {
  std::size_t begin = 0, end = 0;
};

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n') ++at;
  return at;
}

/// `at` is on the opening quote; returns the offset behind the closing one.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at;;) {
    const std::size_t quote = text.find('"', at);
    std::size_t slashes = 0;
    while (text[quote - 1 - slashes] == '\\') ++slashes;
    at = quote + 1;
    if (slashes % 2 == 0) return at;
  }
}

std::size_t skip_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  do {
    switch (text[at]) {
      case '"':
        at = skip_string(text, at);
        continue;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        --depth;
        break;
      default:
        if (depth == 0) {  // a number or a literal
          while (at < text.size() && !std::strchr(",]} \t\r\n", text[at])) ++at;
          return at;
        }
    }
    ++at;
  } while (depth != 0);
  return at;
}

struct member_span {
  std::string_view key;  ///< raw, between the quotes; keys that we edit have no escapes
  std::size_t begin = 0;
  span value;
};

std::vector<member_span> object_members(std::string_view text, span object) {
  std::vector<member_span> members;
  std::size_t at = skip_space(text, object.begin + 1);
  while (text[at] != '}') {
    member_span member;
    member.begin = at;
    const std::size_t key_end = skip_string(text, at);
    member.key = text.substr(at + 1, key_end - at - 2);
    at = skip_space(text, skip_space(text, key_end) + 1);
    member.value = {at, skip_value(text, at)};
    members.push_back(member);
    at = skip_space(text, member.value.end);
    if (text[at] == ',') at = skip_space(text, at + 1);
  }
  return members;
}

std::vector<span> array_items(std::string_view text, span array) {
  std::vector<span> items;
  std::size_t at = skip_space(text, array.begin + 1);
  while (text[at] != ']') {
    items.push_back({at, skip_value(text, at)});
    at = skip_space(text, items.back().end);
    if (text[at] == ',') at = skip_space(text, at + 1);
  }
  return items;
}

/// Changes to the members of one object, in the order in which they were made first. No text: erase.
class member_edits {
 public:
  void set(std::string_view key, std::optional<std::string> json) {
    for (auto& [name, text] : edits_)
      if (name == key) {
        text = std::move(json);
        return;
      }
    edits_.emplace_back(key, std::move(json));
  }
  [[nodiscard]] const std::optional<std::string>* find(std::string_view key) const {
    for (const auto& [name, text] : edits_)
      if (name == key) return &text;
    return nullptr;
  }
  [[nodiscard]] const auto& all() const { return edits_; }

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> edits_;
};

class joiner {
 public:
  explicit joiner(std::string& out) : out_(out) {}
  std::string& next() {
    if (!first_) out_ += ',';
    first_ = false;
    return out_;
  }

 private:
  std::string& out_;
  bool first_ = true;
};

/// Writes an object with its edits; `nested` may write the value of a member in another way and then returns true.
template <typename Nested>
void write_object(std::string& out, std::string_view text, span object, const member_edits& edits, Nested nested) {
  joiner join(out);
  out += '{';
  std::vector<std::string_view> present;
  for (const auto& member : object_members(text, object)) {
    present.push_back(member.key);
    const auto* edit = edits.find(member.key);
    if (edit && !*edit) continue;
    join.next().append(text, member.begin, member.value.begin - member.begin);
    if (edit)
      out += **edit;
    else if (!nested(out, member))
      out.append(text, member.value.begin, member.value.end - member.value.begin);
  }
  for (const auto& [key, json] : edits.all()) {
    if (!json || std::find(present.begin(), present.end(), key) != present.end()) continue;
    json::quote(join.next(), key);
    out += ':';
    out += *json;
  }
  out += '}';
}

constexpr auto no_nested = [](std::string&, const member_span&) { return false; };

std::vector<std::pair<std::string, std::string>>& labels() {
  static std::vector<std::pair<std::string, std::string>> table;
  return table;
}

}  // namespace

struct document_state {
  std::string line;
  std::unique_ptr<dom::parser> parser;
  dom::element root;
  std::string_view id;

  member_edits top;
  std::map<std::string, member_edits, std::less<>> inside;                 ///< of top-level objects
  std::map<std::size_t, member_edits> files;                               ///< of elements of "files"
  std::vector<std::pair<std::string, std::vector<std::string>>> appended;  ///< to top-level arrays
  std::vector<std::string_view> new_codes;                                 ///< codes added by find()

  ~document_state() {
    if (parser && !spare_parser && parser->capacity() <= kept_parser_bytes) spare_parser = std::move(parser);
  }
  std::vector<std::string>& appended_to(std::string_view array) {
    for (auto& [name, texts] : appended)
      if (name == array) return texts;
    return appended.emplace_back(std::string(array), std::vector<std::string>{}).second;
  }
};

// value

value::kind value::type() const {
  if (!present_) return kind::absent;
  switch (as_element(element_).type()) {
    case dom::element_type::ARRAY:
      return kind::array;
    case dom::element_type::OBJECT:
      return kind::object;
    case dom::element_type::STRING:
      return kind::string;
    case dom::element_type::BOOL:
      return kind::boolean;
    case dom::element_type::NULL_VALUE:
      return kind::null;
    default:
      return kind::number;
  }
}

namespace {

void store(dom::element element, unsigned char* stored) {
  std::memcpy(stored, static_cast<const void*>(&element), sizeof element);
}

}  // namespace

value value::operator[](std::string_view key) const {
  value found;
  if (!is_object()) return found;
  for (const auto& field : dom::object(as_element(element_)))
    if (field.key == key) {
      store(field.value, found.element_);
      found.present_ = true;
      break;
    }
  return found;
}

std::string_view value::str(std::string_view otherwise) const {
  return is_string() ? std::string_view(as_element(element_)) : otherwise;
}

std::int64_t value::integer(std::int64_t otherwise) const {
  std::int64_t number = 0;
  if (!present_ || as_element(element_).get(number) != simdjson::SUCCESS) return otherwise;
  return number;
}

bool value::boolean(bool otherwise) const {
  bool truth = false;
  if (!present_ || as_element(element_).get(truth) != simdjson::SUCCESS) return otherwise;
  return truth;
}

std::optional<std::string> value::bytes() const {
  return is_string() ? base64::decode(str()) : std::nullopt;
}

void value::each(const std::function<void(value)>& visit) const {
  if (!is_array()) return;
  for (const dom::element item : dom::array(as_element(element_))) {
    value element;
    store(item, element.element_);
    element.present_ = true;
    visit(element);
  }
}

std::vector<value> value::items() const {
  std::vector<value> all;
  each([&](value item) { all.push_back(item); });
  return all;
}

std::vector<std::pair<std::string_view, value>> value::members() const {
  std::vector<std::pair<std::string_view, value>> all;
  if (!is_object()) return all;
  for (const auto& field : dom::object(as_element(element_))) {
    value member;
    store(field.value, member.element_);
    member.present_ = true;
    all.emplace_back(field.key, member);
  }
  return all;
}

std::string value::json() const {
  if (!present_) return "null";
  return simdjson::minify(as_element(element_));
}

// record

record::record(std::string line) : state_(std::make_unique<document_state>()) {
  if (line.size() > limits::record_bytes) throw unusable_line("longer than the limit of a record");
  auto& state = *state_;
  state.line = std::move(line);
  state.line.reserve(state.line.size() + simdjson::SIMDJSON_PADDING);
  state.parser = take_parser(state.line.size());
  if (const auto error = state.parser->parse(state.line.data(), state.line.size(), false).get(state.root)) {
    if (!simdjson::validate_utf8(state.line.data(), state.line.size())) throw unusable_line("not UTF-8");
    throw unusable_line(std::string("not JSON: ") + simdjson::error_message(error));
  }
  if (!state.root.is_object()) throw unusable_line("not a JSON object");
  refuse_duplicate_keys(state.root);
  const value version = root()["intake"];
  if (!version) throw unusable_line("no version (member \"intake\")");
  if (version.integer(0) > record_version) throw unusable_line("record of a newer version: " + version.json());
  if (version.integer(0) < 1) throw unusable_line("unknown version: " + version.json().substr(0, 64));
  state.id = root()["id"].str();
  if (state.id.empty()) throw unusable_line("no id");
}

record::record(record&&) noexcept = default;
record& record::operator=(record&&) noexcept = default;
record::~record() = default;

std::string_view record::id() const {
  return state_->id;
}
std::string_view record::original() const {
  return state_->line;
}
std::string record::release() && {
  return std::move(state_->line);
}

value record::root() const {
  value top;
  store(state_->root, top.element_);
  top.present_ = true;
  return top;
}

bool record::has_finding(std::string_view code) const {
  const auto& added = state_->new_codes;
  if (std::find(added.begin(), added.end(), code) != added.end()) return true;
  bool found = false;
  root()["findings"].each([&](value finding) { found = found || finding["code"].str() == code; });
  return found;
}

void record::set(std::string_view key, std::string json) {
  if (key == "id" || key == "intake") throw failure(exit_status::software, "a filter may not change the identity");
  state_->top.set(key, std::move(json));
}
void record::erase(std::string_view key) {
  if (key == "id" || key == "intake") throw failure(exit_status::software, "a filter may not remove the identity");
  state_->top.set(key, std::nullopt);
}
void record::set_in(std::string_view object, std::string_view key, std::string json) {
  state_->inside[std::string(object)].set(key, std::move(json));
}
void record::erase_in(std::string_view object, std::string_view key) {
  state_->inside[std::string(object)].set(key, std::nullopt);
}
void record::set_in_file(std::size_t index, std::string_view key, std::string json) {
  state_->files[index].set(key, std::move(json));
}
void record::erase_in_file(std::size_t index, std::string_view key) {
  state_->files[index].set(key, std::nullopt);
}
void record::append(std::string_view array, std::string json) {
  state_->appended_to(array).push_back(std::move(json));
}

void record::find(finding_code code, const finding_details& details) {
  constexpr std::size_t detail_bytes = 2000;  // a name or a reason, not a place to smuggle a document through
  const auto& kind = code.kind();
  state_->new_codes.push_back(kind.code);
  json::writer out;
  out.begin_object().member("code", kind.code).member("severity", to_string(kind.severity));
  out.member("clause", clause_label(kind.clause)).member_if("file", details.file);
  out.member_if("detail", details.detail.substr(0, detail_bytes)).end_object();
  append("findings", out.take());
  // Whoever finds something after the judge has accepted takes the acceptance back; no one but the judge gives it.
  if (kind.effect != effect::none && root()["disposition"].str() == "accept") set("disposition", "\"confirm\"");
}

std::string record::line() const {
  const auto& state = *state_;
  const std::string_view text = state.line;
  const auto appended_to = [&](std::string_view array) -> const std::vector<std::string>* {
    for (const auto& [name, texts] : state.appended)
      if (name == array) return &texts;
    return nullptr;
  };
  const auto write_array = [&](std::string& out, std::string_view name, span array) {
    joiner join(out);
    out += '[';
    std::size_t index = 0;
    for (const auto& item : array_items(text, array)) {
      const auto edits = name == "files" ? state.files.find(index) : state.files.end();
      join.next();
      if (edits != state.files.end() && text[item.begin] == '{')
        write_object(out, text, item, edits->second, no_nested);
      else
        out.append(text, item.begin, item.end - item.begin);
      ++index;
    }
    if (const auto* more = appended_to(name))
      for (const auto& json : *more) join.next() += json;
    out += ']';
  };

  // Objects and arrays that are written to but do not exist yet become members of their own.
  member_edits top = state.top;
  const value root_value = root();
  for (const auto& [name, edits] : state.inside) {
    if (root_value[name].is_object() && !top.find(name)) continue;
    if (top.find(name)) throw failure(exit_status::software, "a member is set and changed inside: " + name);
    std::string made;
    constexpr std::string_view empty = "{}";
    write_object(made, empty, {0, empty.size()}, edits, no_nested);
    top.set(name, std::move(made));
  }
  for (const auto& [name, texts] : state.appended) {
    if (root_value[name].is_array() && !top.find(name)) continue;
    if (top.find(name)) throw failure(exit_status::software, "a member is set and appended to: " + name);
    std::string made = "[";
    joiner join(made);
    for (const auto& json : texts) join.next() += json;
    top.set(name, made + "]");
  }

  std::string out;
  std::size_t more = 4096;
  for (const auto& [name, texts] : state.appended)
    for (const auto& json : texts) more += json.size() + 1;
  for (const auto& [key, json] : top.all()) more += key.size() + (json ? json->size() : 0) + 8;
  out.reserve(text.size() + more);
  write_object(out, text, {skip_space(text, 0), text.size()}, top, [&](std::string& to, const member_span& member) {
    const bool array = text[member.value.begin] == '[', object = text[member.value.begin] == '{';
    if (array && (appended_to(member.key) || (member.key == "files" && !state.files.empty()))) {
      write_array(to, member.key, member.value);
      return true;
    }
    const auto edits = object ? state.inside.find(member.key) : state.inside.end();
    if (edits == state.inside.end()) return false;
    write_object(to, text, member.value, edits->second, no_nested);
    return true;
  });
  return out;
}

// Labels, unusable lines

void set_clause_labels(std::vector<std::pair<std::string, std::string>> table) {
  labels() = std::move(table);
}

std::string_view clause_label(std::string_view key) {
  for (const auto& [name, label] : labels())
    if (name == key) return label;
  return key;
}

std::string unusable_record(std::string_view kept, std::uint64_t size, std::string_view sha256_hex,
                            std::string_view reason) {
  json::writer out;
  out.begin_object().member("intake", record_version);
  out.member("id", "x-" + std::string(sha256_hex.substr(0, 32)));
  out.key("input").begin_object().member("size", size).member("sha256", sha256_hex);
  out.key("data").base64(kept);
  if (kept.size() < size) out.member("cut", true);
  out.end_object();
  const auto& kind = finding_code("input.unusable").kind();
  out.key("findings").begin_array().begin_object().member("code", kind.code);
  out.member("severity", to_string(kind.severity)).member("clause", clause_label(kind.clause));
  out.member("detail", reason).end_object().end_array();
  out.member("disposition", "confirm").end_object();
  return out.take();
}

}  // namespace intake
