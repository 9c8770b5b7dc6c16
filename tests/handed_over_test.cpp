#include "libintake/handed_over.hpp"

#include <doctest/doctest.h>

#include <random>

#include "libintake/limits.hpp"

using intake::recent_ids;
using intake::uid_set;

TEST_SUITE("handed_over") {
  TEST_CASE("a set of UIDs holds what was put in, in any order, and nothing else") {
    std::mt19937 draw(7);
    uid_set uids;
    std::set<std::string> wanted;
    for (int n = 0; n < 3000; ++n) {
      const auto uid = std::to_string(draw() % 2000);
      uids.insert(uid);
      wanted.insert(uid);
    }
    for (int n = 0; n < 2100; ++n) CHECK(uids.contains(std::to_string(n)) == wanted.contains(std::to_string(n)));
  }

  TEST_CASE("the ends of the numbers and names that look like numbers are UIDs like others") {
    uid_set uids;
    const std::string most = "18446744073709551615", beyond = "18446744073709551616";
    for (const std::string uid : {"0", "007", "a7", ""}) {
      CHECK_FALSE(uids.contains(uid));
      uids.insert(uid);
      CHECK(uids.contains(uid));
    }
    CHECK_FALSE(uids.contains("7"));
    CHECK_FALSE(uids.contains(most));
    uids.insert(most);
    CHECK(uids.contains(most));
    CHECK_FALSE(uids.contains(beyond));
    uids.insert(beyond);
    CHECK(uids.contains(beyond));
    CHECK(uids.contains("0"));
    CHECK_FALSE(uids.contains("1"));
  }

  TEST_CASE("the latest ids are remembered, however many there were before") {
    recent_ids ids;
    const auto id = [](std::size_t n) { return "m-" + std::to_string(n); };
    const auto most = intake::limits::watch_remembered;
    for (std::size_t n = 0; n < 3 * most; ++n) REQUIRE(ids.insert(id(n)));
    for (std::size_t n = 2 * most + 1; n < 3 * most; ++n) REQUIRE_FALSE(ids.insert(id(n)));
    CHECK(ids.insert(id(0)));
    CHECK_FALSE(ids.insert(id(0)));
  }
}
