#include "zipcrypto.hpp"

#include <array>

namespace intake::zipcrypto {
namespace {

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    table[i] = crc;
  }
  return table;
}();

class key_stream {
 public:
  explicit key_stream(std::string_view password) {
    for (const char c : password) update(static_cast<unsigned char>(c));
  }
  char decrypt(char c) {
    const std::uint32_t t = (key2_ | 2) & 0xffff;
    const auto plain = static_cast<unsigned char>(static_cast<unsigned char>(c) ^ (t * (t ^ 1) >> 8 & 0xff));
    update(plain);
    return static_cast<char>(plain);
  }

 private:
  static std::uint32_t crc(std::uint32_t value, std::uint32_t byte) {
    return value >> 8 ^ crc_table[(value ^ byte) & 0xff];
  }
  void update(unsigned char plain) {
    key0_ = crc(key0_, plain);
    key1_ = (key1_ + (key0_ & 0xff)) * 134775813 + 1;
    key2_ = crc(key2_, key1_ >> 24);
  }

  std::uint32_t key0_ = 0x12345678, key1_ = 0x23456789, key2_ = 0x34567890;
};

}  // namespace

std::optional<std::string> open(std::string_view packed, std::uint8_t check, std::string_view password) {
  if (packed.size() < overhead) return std::nullopt;
  key_stream keys(password);
  char last = 0;
  for (std::size_t i = 0; i < overhead; ++i) last = keys.decrypt(packed[i]);
  if (static_cast<std::uint8_t>(last) != check) return std::nullopt;
  packed.remove_prefix(overhead);
  std::string plain;
  plain.reserve(packed.size());
  for (const char c : packed) plain += keys.decrypt(c);
  return plain;
}

}  // namespace intake::zipcrypto
