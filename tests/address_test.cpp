#include "libintake/address.hpp"

#include <doctest/doctest.h>

#include "libintake/limits.hpp"

using intake::parse_addresses;

namespace {
std::string shown(std::string_view value) {
  std::string out;
  for (const auto& [name, address] : parse_addresses(value).addresses) out += name + "<" + address + ">|";
  return out;
}
}  // namespace

TEST_SUITE("address") {
  TEST_CASE("names, comments, quotes and groups are read") {
    CHECK(shown("a@example.jp") == "<a@example.jp>|");
    CHECK(shown("\"Doe, J.\" <j@example.jp>, (x) b@example.jp (B (C))") == "Doe, J.<j@example.jp>|x<b@example.jp>|");
    CHECK(shown("undisclosed-recipients:;") == "");
    CHECK(shown("desk: a@example.jp, B <b@example.jp>; c@example.jp") ==
          "<a@example.jp>|B<b@example.jp>|<c@example.jp>|");
    CHECK(shown("\"a b\"@example.jp") == "<\"a b\"@example.jp>|");
    CHECK(shown("<@relay.example.jp:a@example.jp>") == "<a@example.jp>|");
    CHECK(shown("a@[IPv6:::1], b@example.jp") == "<a@[IPv6:::1]>|<b@example.jp>|");
  }

  TEST_CASE("display names are decoded, words inside quotes too") {
    CHECK(shown("=?UTF-8?B?5p6256m6IOWkqumDjg==?= <taro@example.jp>") == "架空 太郎<taro@example.jp>|");
    CHECK(shown("\"=?UTF-8?B?5p6256m6IOWkqumDjg==?=\" <taro@example.jp>") == "架空 太郎<taro@example.jp>|");
    CHECK(shown("=?ISO-2022-JP?B?GyRCMk02dRsoQg==?= <a@example.jp>") == "架空<a@example.jp>|");
    CHECK(
        shown("\x1B$B!<\"!,\x1B(B <a@example.jp>").ends_with("<a@example.jp>|"));  // quote, bracket and comma in a name
  }

  TEST_CASE("an address in the name does not become the address") {
    CHECK(shown("\"noreply@proc.example.go.jp\" <evil@example.com>") ==
          "noreply@proc.example.go.jp<evil@example.com>|");
    CHECK(shown("noreply@proc.example.go.jp <evil@example.com>") == "noreply@proc.example.go.jp<evil@example.com>|");
    CHECK(shown("=?utf-8?q?noreply=40proc.example.go.jp=3C?= <evil@example.com>") ==
          "noreply@proc.example.go.jp<<evil@example.com>|");
  }

  TEST_CASE("two addresses without a comma are both kept") {
    const auto list = parse_addresses("<a@example.jp> <b@example.jp>");
    CHECK(list.addresses.size() == 2);
    CHECK_FALSE(list.defects.empty());
  }

  TEST_CASE("what is broken is told") {
    for (const auto* value : {"nobody", "\"a <a@example.jp>", "<a@example.jp", "a@example.jp (x", "a: b@example.jp",
                              "a@example.jp; b@example.jp", "\x90\x5C@example.jp"}) {
      CAPTURE(value);
      CHECK_FALSE(parse_addresses(value).defects.empty());
    }
  }

  TEST_CASE("addresses beyond the limit are not read, and that is told") {
    std::string many;
    for (std::size_t i = 0; i <= intake::limits::mime_addresses; ++i) many += "a@example.jp,";
    const auto list = parse_addresses(many);
    CHECK(list.too_many);
    CHECK(list.addresses.size() == intake::limits::mime_addresses);
  }

  TEST_CASE("a domain is what follows the last at sign") {
    CHECK(intake::domain_of("\"a@b\"@Example.JP") == "example.jp");
    CHECK(intake::domain_of("nobody").empty());
  }
}
