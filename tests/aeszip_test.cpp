#include "libintake/aeszip.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

struct known_member {
  unsigned strength;
  const char *password, *packed, *content;
};

// The first three were made by 7-Zip; the last by Python's hashlib and openssl enc, with a password longer than a
// block.
const known_member known[] = {
    {1, "xyzzy", "7145b19abab9b7381047becb59c50643fda30522d135f740398e", "small\n"},
    {2, "xyzzy", "8d660582d4fd6bdb26b4f46c3eed2983ec26b559782a594e93a15d265731", "small\n"},
    {3, "xyzzy", "7033951dafa90bce0197ccf4834889fb38047663e9fcb72cfd2925cc4aad81396f7b", "small\n"},
    {3, "a pass phrase that is longer than the sixty-four bytes of a block of SHA-1",
     "000102030405060708090a0b0c0d0e0f57a2f3d7016958a25fe61abb38b080292ca67769f0e33709d09b17d9e11bbd4f948173e7f3218a6cd"
     "a"
     "d642cbba0febfdeb1446f0",
     "forty bytes of content, three blocks...."},
};

}  // namespace

TEST_SUITE("aeszip") {
  TEST_CASE("members of every strength are opened with their password only") {
    for (const auto& member : known) {
      const auto packed = from_hex(member.packed);
      CHECK(intake::aeszip::may_fit(packed, member.strength, member.password));
      CHECK(intake::aeszip::open(packed, member.strength, member.password) == member.content);
      CHECK_FALSE(intake::aeszip::may_fit(packed, member.strength, "wrong"));
      CHECK_FALSE(intake::aeszip::open(packed, member.strength, "wrong"));
    }
  }

  TEST_CASE("nothing is released when any byte has changed") {
    for (const auto& member : known) {
      const auto packed = from_hex(member.packed);
      for (std::size_t i = 0; i < packed.size(); ++i) {
        auto changed = packed;
        changed[i] = static_cast<char>(changed[i] ^ 0x40);
        CHECK_FALSE(intake::aeszip::open(changed, member.strength, member.password));
      }
      for (std::size_t size = 0; size < packed.size(); ++size)
        CHECK_FALSE(intake::aeszip::open(packed.substr(0, size), member.strength, member.password));
    }
  }

  TEST_CASE("a password that passes the verifier by chance is settled by the code") {
    // One in 65,536 passwords fits the two bytes; this one was found by trying.
    const auto packed = from_hex(known[0].packed);
    CHECK(intake::aeszip::may_fit(packed, 1, "19750"));
    CHECK_FALSE(intake::aeszip::open(packed, 1, "19750"));
  }

  TEST_CASE("a strength that does not exist opens nothing") {
    for (const unsigned strength : {0U, 4U, 255U}) {
      CHECK_FALSE(intake::aeszip::may_fit(from_hex(known[2].packed), strength, "xyzzy"));
      CHECK_FALSE(intake::aeszip::open(from_hex(known[2].packed), strength, "xyzzy"));
    }
  }
}
