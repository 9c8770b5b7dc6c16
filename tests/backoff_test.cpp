#include "libintake/backoff.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace intake;
using namespace std::chrono_literals;

TEST_SUITE("backoff") {
  TEST_CASE("each wait is up to twice as long, until the bound") {
    backoff delay(1s, 10s);
    for (const auto whole : {1000, 2000, 4000, 8000, 10000, 10000, 10000}) {
      const auto wait = delay.next().count();
      CHECK(wait >= whole / 2);
      CHECK(wait <= whole);
    }
  }

  TEST_CASE("what works again is tried soon when it fails anew") {
    backoff delay(1s, 1h);
    for (int i = 0; i < 8; ++i) static_cast<void>(delay.next());
    CHECK(delay.next() > 60s);
    delay.reset();
    CHECK(delay.next() <= 1s);
  }

  TEST_CASE("many who fail at once do not try again at one moment") {
    std::set<std::chrono::milliseconds> waits;
    for (int i = 0; i < 100; ++i) waits.insert(backoff(1h, 1h).next());
    CHECK(waits.size() > 50);
  }

  TEST_CASE("a bound below the first wait is the bound") {
    CHECK(backoff(1h, 10ms).next() <= 10ms);
  }
}
