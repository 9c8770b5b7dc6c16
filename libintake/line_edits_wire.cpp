#include "line_edits.hpp"

#include <cstdint>
#include <cstring>
#include <utility>

#include "failure.hpp"
#include "record.hpp"

namespace intake {

// The way from a worker: a list of changes, each a kind, an index, two names, and the JSON text unless it erases.

namespace {

// What is shorter is copied, so that many small changes make few pieces.
constexpr std::size_t copied_bytes = 4096;

class packer {
 public:
  void octet(char value) { run_ += value; }
  void number(std::uint64_t value) { run_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void text(std::string_view bytes) {
    number(bytes.size());
    if (bytes.size() < copied_bytes) {
      run_ += bytes;
      return;
    }
    out_.make(std::exchange(run_, {}));
    out_.add(bytes);
  }
  [[nodiscard]] spliced_line take() {
    if (!run_.empty()) out_.make(std::move(run_));
    return std::move(out_);
  }

 private:
  spliced_line out_;
  std::string run_;
};

class unpacker {
 public:
  explicit unpacker(std::string_view bytes) : left_(bytes) {}
  [[nodiscard]] bool done() const { return left_.empty(); }
  char octet() { return take(1)[0]; }
  std::uint64_t number() {
    std::uint64_t value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view text() { return take(number()); }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > left_.size()) throw unusable_line("changes cut short");
    const auto taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::string_view left_;
};

/// Base64 may only be the whole value of a member. There a letter takes its place: one that JSON knows nowhere but in a
/// string, so that the whole is JSON if the text with the letter is.
void check_value(const line_edits::value_text& json) {
  if (json.large.empty()) return check_json_value(json.plain);
  std::string text;
  text.reserve(json.plain.size() + json.large.size() + record::line_padding);
  std::size_t from = 0;
  for (const auto& [at, bytes] : json.large) {
    if (at < from || at > json.plain.size()) throw unusable_line("changes out of order");
    const auto before = json.plain.substr(from, at - from);
    if (!before.ends_with(":\"") || !json.plain.substr(at).starts_with('"'))
      throw unusable_line("changes with bytes outside of a member's value");
    text.append(before) += 'Z';
    from = at;
  }
  check_json_value(text.append(json.plain.substr(from)));
}

}  // namespace

spliced_line line_edits::serialise() const {
  packer out;
  const auto change_of = [&](place where, std::size_t index, std::string_view outer, std::string_view key,
                             const change& json) {
    out.octet(static_cast<char>(where));
    out.number(index);
    out.text(outer);
    out.text(key);
    out.octet(json ? '\1' : '\0');
    if (!json) return;
    out.text(json->plain);
    out.number(json->large.size());
    for (const auto& [at, bytes] : json->large) {
      out.number(at);
      out.text(bytes);
    }
  };
  for (const auto& [key, json] : top_.all()) change_of(place::top, 0, {}, key, json);
  for (const auto& [name, changes] : inside_)
    for (const auto& [key, json] : changes.all()) change_of(place::inside, 0, name, key, json);
  for (const auto& [index, changes] : files_)
    for (const auto& [key, json] : changes.all()) change_of(place::file, index, {}, key, json);
  for (const auto& [name, texts] : appended_)
    for (const auto& json : texts) change_of(place::array, 0, name, {}, json);
  return out.take();
}

line_edits line_edits::parse(octets bytes, std::size_t from) {
  line_edits edits;
  edits.received_ = std::move(bytes);
  unpacker in(edits.received_.view().substr(from));
  while (!in.done()) {
    const auto where = static_cast<place>(in.octet());
    const std::size_t index = in.number();
    const auto outer = in.text(), key = in.text();
    change json;
    if (in.octet() != 0) {
      json = value_text{in.text(), {}};
      for (auto left = in.number(); left != 0; --left) {
        const std::size_t at = in.number();
        json->large.emplace_back(at, in.text());
      }
      check_value(*json);
    }
    try {
      edits.put(where, index, outer, key, json);
    } catch (const failure& error) {
      throw unusable_line(error.what());
    }
  }
  return edits;
}

}  // namespace intake
