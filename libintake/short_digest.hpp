// Half a SHA-256, for sets of texts that are kept in memory by the hundred thousand.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "digest.hpp"

namespace intake {

using short_digest = std::array<std::uint64_t, 2>;

[[nodiscard]] inline short_digest short_digest_of(std::string_view text) {
  sha256 whole;
  whole.update(text);
  short_digest made;
  std::memcpy(made.data(), whole.bytes().data(), sizeof made);
  return made;
}

/// For unordered containers.
struct short_digest_hash {
  std::size_t operator()(const short_digest& of) const { return of[0]; }
};

}  // namespace intake
