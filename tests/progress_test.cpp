#include "libintake/progress.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

#include "libintake/failure.hpp"
#include "libintake/terminal.hpp"

using namespace intake;
using namespace std::chrono_literals;

namespace {

/// What `work` says on stderr.
std::string said_by(const std::function<void()>& work) {
  std::FILE* const file = std::tmpfile();
  const int before = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  work();
  dup2(before, STDERR_FILENO);
  close(before);
  std::string text(static_cast<std::size_t>(lseek(fileno(file), 0, SEEK_END)), '\0');
  CHECK(pread(fileno(file), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  std::fclose(file);
  return text;
}

void in_a_worker(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    work();
    _exit(0);
  }
  waitpid(child, nullptr, 0);
}

bool holds(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

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

  TEST_CASE("of a file the time left goes by its bytes") {
    const progress_numbers part{.done = 3, .bytes = 250, .taken = 10s, .bytes_total = 1000};
    CHECK(part.seconds_left() == 30);
    CHECK(part.line("x", false, 80) == "x: 3 messages, 0.3/s, 0:30 left");
    CHECK(progress_numbers{.taken = 10s, .bytes_total = 1000}.seconds_left() == -1);
    CHECK(progress_numbers{.bytes = 1001, .taken = 10s, .bytes_total = 1000}.seconds_left() == 0);
  }

  TEST_CASE("files and pages are told where there are any") {
    const progress_numbers some{
        .done = 4, .bytes = 10, .taken = 8s, .bytes_total = 20, .files = 1, .pages = 20, .pages_total = 31};
    CHECK(some.line("intake-render", false, 80) ==
          "intake-render: 4 messages, 0.5/s, 1 file, 20 of 31 pages, 0:08 left");
    CHECK(some.line("intake-render", true, 80) ==
          "intake-render: 4 通、毎秒 0.5 通、1 ファイル、20 / 31 ページ、残り 0:08");
    CHECK(some.json("x", false) ==
          R"({"progress":"x","done":4,"bytes":10,"bytes_total":20,"files":1,"pages":20,"pages_total":31,)"
          R"("per_second":0.5,"seconds_left":8})");
  }

  TEST_CASE("what workers count is told at once, and stays only where their work does") {
    const auto said = said_by([] {
      progress shown(progress::shape::json, "x");
      in_a_worker([&] {
        shown.work_at(1);
        shown.page(2, 5);
        shown.file_done(6);
        shown.page(1, 4);
      });
      in_a_worker([&] {
        shown.work_at(2);
        shown.file_done(7);
        shown.forget();
        shown.file_done(20);
      });
      usleep(1'100'000);  // the first second is silent
      shown.look();
      shown.settle(2, false);
      in_a_worker([&] {
        shown.work_at(1);
        shown.file_done(4);
      });
      shown.settle(1, true);
      shown.done(9);
    });
    const auto first = said.substr(0, said.find('\n'));
    CHECK(holds(first, R"("files":2,"pages":27,"pages_total":30)"));
    const auto last = said.substr(said.find('\n') + 1);
    CHECK(holds(last, R"("done":1,"bytes":9,"files":2,"pages":10,"pages_total":10)"));
    CHECK(holds(last, R"("end":true)"));
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
