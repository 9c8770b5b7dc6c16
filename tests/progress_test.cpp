#include "libintake/progress.hpp"

#include <doctest/doctest.h>

#include "libintake/failure.hpp"
#include "libintake/terminal.hpp"

using namespace intake;
using namespace std::chrono_literals;

TEST_SUITE("progress") {
  TEST_CASE("what is done, how fast, and what is left") {
    const progress_numbers half{.done = 1000, .total = 2000, .bytes = 5, .taken = 20s};
    CHECK(half.rate() == doctest::Approx(50));
    CHECK(half.seconds_left() == 20);
    CHECK(half.line("intake-fetch", false, 80) == "intake-fetch: 1000 of 2000 messages, 50/s, 0:20 left");
    CHECK(half.line("intake-fetch", true, 80) == "intake-fetch: 1000 / 2000 通、毎秒 50 通、残り 0:20");
    CHECK(half.json("intake-fetch", false) ==
          R"({"progress":"intake-fetch","done":1000,"total":2000,"bytes":5,"per_second":50,"seconds_left":20})");
  }

  TEST_CASE("slow work takes hours") {
    const progress_numbers slow{.done = 1, .total = 3676, .bytes = 0, .taken = 1s};
    CHECK(slow.line("x", false, 80) == "x: 1 of 3676 messages, 1.0/s, 1:01:15 left");
  }

  TEST_CASE("without a total only what is done is told") {
    const progress_numbers open{.done = 1, .total = 0, .bytes = 7, .taken = 4s};
    CHECK(open.seconds_left() == -1);
    CHECK(open.line("x", false, 80) == "x: 1 message, 0.3/s");
    CHECK(open.json("x", true) == R"({"progress":"x","done":1,"bytes":7,"per_second":0.3,"end":true})");
  }

  TEST_CASE("nothing is divided by nothing, and more than was expected leaves no time") {
    CHECK(progress_numbers{}.seconds_left() == -1);
    CHECK(progress_numbers{}.line("x", false, 80) == "x: 0 messages");
    CHECK(progress_numbers{.done = 5, .total = 3, .taken = 1s}.seconds_left() == 0);
  }

  TEST_CASE("the line keeps to the width of the terminal") {
    const progress_numbers half{.done = 1000, .total = 2000, .bytes = 5, .taken = 20s};
    for (const bool japanese : {false, true}) CHECK(terminal::width(half.line("intake-fetch", japanese, 30)) <= 30);
  }

  TEST_CASE("only the words that it knows choose a shape") {
    CHECK(progress::shape_of("json", true) == progress::shape::json);
    CHECK(progress::shape_of("none", false) == progress::shape::none);
    CHECK(progress::shape_of("auto", true) == progress::shape::none);
    CHECK_THROWS_AS(static_cast<void>(progress::shape_of("much", false)), failure);
  }
}
