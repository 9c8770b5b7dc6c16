#include "document_passwords.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace intake {

document_passwords::document_passwords(std::span<const labelled_secret> passwords) {
  std::size_t size = 0;
  for (const auto& each : passwords) size += sizeof(std::uint32_t) + each.value.view().size();
  packed_ = secret(size);
  packed_.share_with_children();
  char* to = packed_.data();
  for (const auto& each : passwords) {
    const auto length = static_cast<std::uint32_t>(each.value.view().size());
    std::memcpy(to, &length, sizeof length);
    std::memcpy(to + sizeof length, each.value.view().data(), length);
    to += sizeof length + length;
    labels_.push_back(each.label);
  }
}

std::string_view document_passwords::label(std::size_t number) const {
  return number >= 1 && number <= labels_.size() ? std::string_view(labels_[number - 1]) : std::string_view();
}

std::vector<std::string_view> unpack_passwords(std::string_view packed) {
  std::vector<std::string_view> out;
  std::uint32_t length = 0;
  while (packed.size() >= sizeof length) {
    std::memcpy(&length, packed.data(), sizeof length);
    packed.remove_prefix(sizeof length);
    out.push_back(packed.substr(0, length));
    packed.remove_prefix(std::min<std::size_t>(length, packed.size()));
  }
  return out;
}

}  // namespace intake
