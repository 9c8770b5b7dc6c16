#include "record.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "base64.hpp"
#include "failure.hpp"
#include "json.hpp"
#include "large_strings.hpp"
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

/// `keys` holds those of the objects around; one list for all, because a list mail has a million small objects.
void refuse_duplicate_keys(dom::element element, std::vector<std::string_view>& keys) {
  if (element.is_array()) {
    for (const dom::element item : dom::array(element)) refuse_duplicate_keys(item, keys);
  } else if (element.is_object()) {
    const auto own = keys.size();
    for (const auto& field : dom::object(element)) {
      keys.push_back(field.key);
      refuse_duplicate_keys(field.value, keys);
    }
    const auto first = keys.begin() + static_cast<std::ptrdiff_t>(own);
    std::sort(first, keys.end());
    if (const auto twice = std::adjacent_find(first, keys.end()); twice != keys.end())
      throw unusable_line("duplicate key " + json::quoted(twice->substr(0, 64)));
    keys.resize(own);
  }
}
void refuse_duplicate_keys(dom::element element) {
  std::vector<std::string_view> keys;
  refuse_duplicate_keys(element, keys);
}

std::vector<std::pair<std::string, std::string>>& labels() {
  static std::vector<std::pair<std::string, std::string>> table;
  return table;
}

}  // namespace

struct document_state {
  std::string owned;
  std::string_view line;
  large_strings large;
  std::unique_ptr<dom::parser> parser;
  dom::element root;
  std::string_view id;
  line_edits edits;
  std::vector<std::string_view> new_codes;  ///< codes added by find()

  ~document_state() {
    if (parser && !spare_parser && parser->capacity() <= kept_parser_bytes) spare_parser = std::move(parser);
  }
};

// value

value::kind value::type() const {
  if (large_ == nullptr) return kind::absent;
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
      found.large_ = large_;
      break;
    }
  return found;
}

std::string_view value::str(std::string_view otherwise) const {
  return is_string() ? large_->content(std::string_view(as_element(element_))) : otherwise;
}

std::int64_t value::integer(std::int64_t otherwise) const {
  std::int64_t number = 0;
  if (large_ == nullptr || as_element(element_).get(number) != simdjson::SUCCESS) return otherwise;
  return number;
}

bool value::boolean(bool otherwise) const {
  bool truth = false;
  if (large_ == nullptr || as_element(element_).get(truth) != simdjson::SUCCESS) return otherwise;
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
    element.large_ = large_;
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
    member.large_ = large_;
    all.emplace_back(field.key, member);
  }
  return all;
}

std::string value::json() const {
  if (large_ == nullptr) return "null";
  return large_->restored(simdjson::minify(as_element(element_)));
}

// record

static_assert(record::line_padding >= simdjson::SIMDJSON_PADDING);

record::record() : state_(std::make_unique<document_state>()) {}

record::record(std::string line) : record() {
  state_->owned = std::move(line);
  state_->owned.reserve(state_->owned.size() + line_padding);
  state_->line = state_->owned;
  parse();
}

record record::over(std::string_view line) {
  record rec;
  rec.state_->line = line;
  rec.parse();
  return rec;
}

void record::parse() {
  auto& state = *state_;
  if (state.line.size() > limits::record_bytes) throw unusable_line("longer than the limit of a record");
  state.large = large_strings(state.line);
  const auto text = state.large.any() ? state.large.text() : state.line;
  state.parser = take_parser(text.size());
  if (const auto error = state.parser->parse(text.data(), text.size(), false).get(state.root)) {
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

const line_edits& record::edits() const {
  return state_->edits;
}
line_edits& record::edits() {
  return state_->edits;
}

value record::root() const {
  value top;
  store(state_->root, top.element_);
  top.large_ = &state_->large;
  return top;
}

bool record::has_finding(std::string_view code) const {
  const auto& added = state_->new_codes;
  if (std::find(added.begin(), added.end(), code) != added.end()) return true;
  bool found = false;
  root()["findings"].each([&](value finding) { found = found || finding["code"].str() == code; });
  return found;
}

bool record::has_finding_of(std::string_view file, std::string_view code_prefix) const {
  bool found = false;
  root()["findings"].each([&](value finding) {
    found = found || (finding["file"].str() == file && finding["code"].str().starts_with(code_prefix));
  });
  return found;
}

void record::set(std::string_view key, json::text json) {
  state_->edits.set(key, std::move(json));
}
void record::erase(std::string_view key) {
  state_->edits.set(key, std::nullopt);
}
void record::set_in(std::string_view object, std::string_view key, json::text json) {
  state_->edits.set_in(object, key, std::move(json));
}
void record::erase_in(std::string_view object, std::string_view key) {
  state_->edits.set_in(object, key, std::nullopt);
}
void record::set_in_file(std::size_t index, std::string_view key, json::text json) {
  state_->edits.set_in_file(index, key, std::move(json));
}
void record::erase_in_file(std::size_t index, std::string_view key) {
  state_->edits.set_in_file(index, key, std::nullopt);
}
void record::append(std::string_view array, json::text json) {
  state_->edits.append(array, std::move(json));
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
  return state_->edits.apply(state_->line).join();
}

void check_json_value(std::string_view text) {
  if (text.find('\n') != text.npos) throw unusable_line("not on one line");
  const large_strings large(text);
  if (large.any()) text = large.text();
  auto parser = take_parser(text.size());
  dom::element root;
  if (const auto error = parser->parse(text.data(), text.size(), false).get(root))
    throw unusable_line(std::string("not JSON: ") + simdjson::error_message(error));
  refuse_duplicate_keys(root);
  if (!spare_parser && parser->capacity() <= kept_parser_bytes) spare_parser = std::move(parser);
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
