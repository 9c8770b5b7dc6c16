#include "toml_check.hpp"

#include <fcntl.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>
#include <utility>

#include "calendar.hpp"
#include "failure.hpp"
#include "limits.hpp"

namespace intake {
namespace {

const toml::table& as_table(const void* table) {
  return *static_cast<const toml::table*>(table);
}

std::string read_whole(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    const auto status = errno == EACCES || errno == EPERM ? exit_status::no_permission : exit_status::no_input;
    throw system_failure(status, path);
  }
  std::string text;
  std::array<char, 16 * limits::kib> chunk;
  ssize_t got = 1;
  while (got > 0 && text.size() <= limits::toml_bytes) {
    got = ::read(fd, chunk.data(), chunk.size());
    if (got > 0) text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  const auto problem = system_failure(exit_status::no_input, path);
  ::close(fd);
  if (got < 0) throw problem;
  if (text.size() > limits::toml_bytes) throw failure(exit_status::config, "{}: larger than any configuration", path);
  return text;
}

phrase kind_name(toml::node_type type) {
  switch (type) {
    case toml::node_type::string:
      return phrase("a string");
    case toml::node_type::integer:
      return phrase("a whole number");
    case toml::node_type::boolean:
      return phrase("true or false");
    case toml::node_type::date:
      return phrase("a date");
    case toml::node_type::array:
      return phrase("an array");
    case toml::node_type::table:
      return phrase("a table");
    default:
      return phrase("of another type");
  }
}

/// Insertions, deletions, replacements and swaps of neighbours that make one word of the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\t' || c == '\r';
  });
}

const toml::node* as_node(const void* node) {
  return static_cast<const toml::node*>(node);
}

unsigned line_of(const toml::node& node) {
  return std::max<unsigned>(node.source().begin.line, 1);
}

std::string iso(const toml::date& day) {
  return to_string(date{std::chrono::year(day.year), std::chrono::month(day.month), std::chrono::day(day.day)});
}

/// A date or text of its form; empty if it is neither.
std::string day_of(const toml::node& node) {
  if (const auto* const value = node.as_date()) return iso(value->get());
  const auto* const value = node.as_string();
  return value && parse_iso_date(value->get()) ? value->get() : std::string();
}

}  // namespace

std::string nearest_word(std::string_view wrong, const std::vector<std::string>& known) {
  std::string nearest;
  constexpr std::size_t longest = 200;  // no key is; the cost is quadratic
  if (wrong.size() > longest) return nearest;
  std::size_t least = std::max<std::size_t>(wrong.size() / 3, 1) + 1;
  for (const auto& word : known)
    if (const auto distance = edit_distance(wrong, word); distance < least) {
      least = distance;
      nearest = word;
    }
  return nearest;
}

struct toml_document::state {
  std::string path;
  toml::table root;
  std::map<const toml::table*, std::set<std::string, std::less<>>> known;
  std::multimap<unsigned, phrase> errors;

  void check(const toml::table& table);
  void check_below(const toml::node& node);
};

void toml_document::state::check(const toml::table& table) {
  const auto& asked = known[&table];
  for (const auto& [key, node] : table) {
    if (asked.contains(key.str())) {
      check_below(node);
      continue;
    }
    const auto meant = nearest_word(key.str(), {asked.begin(), asked.end()});
    const auto line = std::max<unsigned>(key.source().begin.line, 1);
    errors.emplace(line, meant.empty() ? phrase("unknown key \"{}\"", key.str())
                                       : phrase("unknown key \"{}\"; did you mean \"{}\"?", key.str(), meant));
  }
}

void toml_document::state::check_below(const toml::node& node) {
  if (const auto* const table = node.as_table(); table && known.contains(table)) check(*table);
  if (const auto* const array = node.as_array())
    for (const auto& element : *array) check_below(element);
}

toml_document::toml_document(const std::string& path) : state_(std::make_unique<state>()) {
  state_->path = path;
  const auto text = read_whole(path);
  try {
    state_->root = toml::parse(std::string_view(text), path);
  } catch (const toml::parse_error& error) {
    throw failure(exit_status::config, "{}:{}: {}", path, std::max<unsigned>(error.source().begin.line, 1),
                  error.description());
  }
}

toml_document::~toml_document() = default;

toml_table toml_document::root() {
  state_->known[&state_->root];
  return {this, &state_->root, {}};
}

void toml_document::error(unsigned line, const phrase& text) {
  state_->errors.emplace(line, text);
}

void toml_document::finish() {
  state_->check(state_->root);
  if (state_->errors.empty()) return;
  std::string english, local;
  for (const auto& [line, text] : state_->errors) {
    const auto place = (english.empty() ? "" : "\n") + state_->path + ':' + std::to_string(line) + ": ";
    english += place + text.english();
    local += place + text.local();
  }
  throw failure(exit_status::config, phrase(std::move(english), std::move(local)));
}

const void* toml_table::node(std::string_view key) const {
  if (!table_) return nullptr;
  document_->state_->known[&as_table(table_)].emplace(key);
  return as_table(table_).get(key);
}

unsigned toml_table::line(std::string_view key) const {
  if (!table_) return 1;
  const auto* const found = key.empty() ? nullptr : as_table(table_).get(key);
  return found ? line_of(*found) : line_of(as_table(table_));
}

void toml_table::error(std::string_view key, const phrase& text) const {
  if (table_) document_->error(line(key), text);
}

void toml_table::wrong_type(std::string_view key, const phrase& wanted) const {
  const auto type = as_table(table_).get(key)->type();
  error(key, "\"{}\" must be {}, and is {}", key, wanted, kind_name(type));
}

std::string toml_table::text(std::string_view key) const {
  const auto* const found = as_node(node(key));
  if (!found) return {};
  const auto* const value = found->as_string();
  if (!value) {
    wrong_type(key, phrase("a string"));
    return {};
  }
  if (is_printable(value->get())) return value->get();
  error(key, "\"{}\" holds control characters", key);
  return {};
}

std::string toml_table::required_text(std::string_view key) const {
  if (!has(key)) {
    error(key, name_.empty() ? phrase("missing key \"{}\"", key) : phrase("{}: missing key \"{}\"", name_, key));
    return {};
  }
  const auto errors = document_->state_->errors.size();
  auto value = text(key);
  if (value.empty() && errors == document_->state_->errors.size()) error(key, "\"{}\" must not be empty", key);
  return value;
}

std::vector<std::string> toml_table::texts(std::string_view key) const {
  const auto* const found = as_node(node(key));
  if (!found) return {};
  std::vector<std::string> values;
  const auto* const array = found->as_array();
  if (!array) wrong_type(key, phrase("an array of strings"));
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    const auto* const value = (*array)[i].as_string();
    if (value && !value->get().empty() && is_printable(value->get()))
      values.push_back(value->get());
    else
      document_->error(line_of((*array)[i]), phrase("\"{}\" must hold strings that are not empty", key));
  }
  return values;
}

std::int64_t toml_table::number(std::string_view key, std::int64_t otherwise, std::int64_t low,
                                std::int64_t high) const {
  const auto* const found = as_node(node(key));
  if (!found) return otherwise;
  const auto* const value = found->as_integer();
  if (value && low <= value->get() && value->get() <= high) return value->get();
  if (!value)
    wrong_type(key, phrase("a whole number"));
  else
    error(key, "\"{}\" must be {} to {}", key, low, high);
  return otherwise;
}

bool toml_table::boolean(std::string_view key, bool otherwise) const {
  const auto* const found = as_node(node(key));
  if (!found) return otherwise;
  const auto* const value = found->as_boolean();
  if (!value) wrong_type(key, phrase("true or false"));
  return value ? value->get() : otherwise;
}

std::string toml_table::day(std::string_view key) const {
  const auto* const found = as_node(node(key));
  if (!found) return {};
  auto value = day_of(*found);
  if (value.empty()) error(key, "\"{}\" must be a date, as 2026-11-24", key);
  return value;
}

std::vector<std::string> toml_table::days(std::string_view key) const {
  const auto* const found = as_node(node(key));
  if (!found) return {};
  std::vector<std::string> values;
  const auto* const array = found->as_array();
  if (!array) wrong_type(key, phrase("an array of dates"));
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    auto value = day_of((*array)[i]);
    if (value.empty())
      document_->error(line_of((*array)[i]), phrase("\"{}\" must hold dates", key));
    else
      values.push_back(std::move(value));
  }
  return values;
}

bool toml_table::has(std::string_view key) const {
  return node(key) != nullptr;
}

toml_table toml_table::table(std::string_view key) const {
  const auto* const found = as_node(node(key));
  if (!found) return {};
  const auto* const below = found->as_table();
  if (!below) wrong_type(key, phrase("a table"));
  if (!below) return {};
  document_->state_->known[below];
  auto name = name_.empty() ? std::string(key) : name_.substr(1, name_.size() - 2) + '.' + std::string(key);
  return {document_, below, '[' + name + ']'};
}

toml_table toml_table::required_table(std::string_view key) const {
  if (table_ && !has(key))
    error({}, name_.empty() ? phrase("missing table [{}]", key) : phrase("{}: missing table \"{}\"", name_, key));
  return table(key);
}

std::vector<toml_table> toml_table::tables(std::string_view key) const {
  const auto* const found = as_node(node(key));
  if (!found) return {};
  std::vector<toml_table> values;
  const auto* const array = found->as_array();
  if (!array) wrong_type(key, phrase("an array of tables: [[{}]]", key));
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    const auto* const below = (*array)[i].as_table();
    if (!below) {
      document_->error(line_of((*array)[i]), phrase("\"{}\" must hold tables: [[{}]]", key, key));
      continue;
    }
    document_->state_->known[below];
    values.push_back({document_, below, "[[" + std::string(key) + "]]"});
  }
  return values;
}

std::vector<std::string> toml_table::keys() const {
  if (!table_) return {};
  std::vector<std::pair<toml::source_position, std::string>> found;
  for (const auto& [key, node] : as_table(table_)) found.emplace_back(key.source().begin, key.str());
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (auto& [position, name] : found) names.push_back(std::move(name));
  return names;
}

}  // namespace intake
