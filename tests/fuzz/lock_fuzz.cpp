// A document that Office locked with a password: what it says of its keys, and what one password makes of it. What is
// opened is never more than what was locked, and opens with that password alone, the same each time.
#include <cstdlib>
#include <functional>
#include <string_view>

#include "libintake/ooxml_lock.hpp"

namespace {

/// Whether a key of this document is made soon: an execution in 64 has the time that the standard way's rounds take.
bool is_quick(std::string_view bytes) {
  constexpr std::string_view name = "spinCount=\"";
  const auto at = bytes.find(name);
  if (at == bytes.npos) return std::hash<std::string_view>()(bytes) % 64 == 0;
  const auto digits = bytes.substr(at + name.size(), 10);
  return digits.find('"') <= 3;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto lock = intake::ooxml_lock::read(bytes);
  if (!lock || !is_quick(bytes)) return 0;
  const auto opened = lock->open("password");
  if (!opened) return 0;
  if (opened->size() > size) std::abort();
  if (lock->open("password") != opened || lock->open("Password")) std::abort();
  return 0;
}
