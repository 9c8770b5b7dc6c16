#include "line_edits.hpp"

#include <cstdint>
#include <cstring>

#include "failure.hpp"
#include "record.hpp"

namespace intake {

// The way from a worker: a list of changes, each a kind, an index, two names, and the JSON text unless it erases.

namespace {

enum class place : char { top, inside, file, array };

class packer {
 public:
  void put(place where, std::size_t index, std::string_view outer, std::string_view key,
           const line_edits::change& json) {
    out_ += static_cast<char>(where);
    number(index);
    text(outer);
    text(key);
    out_ += json ? '\1' : '\0';
    if (json) text(*json);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void number(std::uint64_t value) { out_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void text(std::string_view bytes) {
    number(bytes.size());
    out_ += bytes;
  }
  std::string out_;
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

}  // namespace

std::string line_edits::serialise() const {
  packer out;
  for (const auto& [key, json] : top_.all()) out.put(place::top, 0, {}, key, json);
  for (const auto& [name, changes] : inside_)
    for (const auto& [key, json] : changes.all()) out.put(place::inside, 0, name, key, json);
  for (const auto& [index, changes] : files_)
    for (const auto& [key, json] : changes.all()) out.put(place::file, index, {}, key, json);
  for (const auto& [name, texts] : appended_)
    for (const auto& json : texts) out.put(place::array, 0, name, {}, json);
  return out.take();
}

line_edits line_edits::parse(std::string_view bytes) {
  line_edits edits;
  unpacker in(bytes);
  while (!in.done()) {
    const auto where = static_cast<place>(in.octet());
    const std::size_t index = in.number();
    const auto outer = in.text(), key = in.text();
    change json;
    if (in.octet() != 0) {
      json = in.text();
      check_json_value(*json);
    }
    try {
      switch (where) {
        case place::top:
          edits.set(key, std::move(json));
          continue;
        case place::inside:
          edits.set_in(outer, key, std::move(json));
          continue;
        case place::file:
          edits.set_in_file(index, key, std::move(json));
          continue;
        case place::array:
          if (json) edits.append(outer, std::move(*json));
          continue;
      }
    } catch (const failure& error) {
      throw unusable_line(error.what());
    }
    throw unusable_line("changes of an unknown kind");
  }
  return edits;
}

}  // namespace intake
