#include "libintake/lines.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "libintake/limits.hpp"

using namespace intake;

namespace {

/// What is written is read by a line_reader with so many segments.
class feed {
 public:
  explicit feed(const std::string& text) {
    REQUIRE(pipe(ends_) == 0);
    writer_ = std::thread([this, text] {
      (void)write_pieces(ends_[1], {text});
      close(ends_[1]);
    });
  }
  ~feed() {
    writer_.join();
    close(ends_[0]);
  }
  feed(const feed&) = delete;
  feed& operator=(const feed&) = delete;
  [[nodiscard]] int fd() const { return ends_[0]; }

 private:
  int ends_[2] = {};
  std::thread writer_;
};

}  // namespace

TEST_SUITE("lines") {
  TEST_CASE("lines that are held stay as they are while more are read, whatever their sizes") {
    std::string text;
    std::vector<std::string> lines;
    for (int i = 0; i < 40; ++i) {
      const std::size_t size = i % 7 == 3 ? 9 * limits::mib : i % 3 == 0 ? 700 * limits::kib : 10;
      lines.emplace_back(size, static_cast<char>('a' + i % 26));
      text += lines.back() + "\n";
    }
    feed from(text);
    constexpr std::size_t most = 4;
    line_reader reader(from.fd(), most + 1);
    std::deque<std::string_view> held;
    std::size_t first = 0;
    const auto release_first = [&] {
      CHECK(held.front() == lines[first]);
      reader.release(held.front());
      held.pop_front();
      ++first;
    };
    while (reader.next() == line_reader::outcome::line) {
      held.push_back(reader.line());
      reader.hold();
      if (held.size() == most) release_first();
    }
    while (!held.empty()) release_first();
    CHECK(first == lines.size());
  }

  TEST_CASE("a forked child has none of the lines in its memory") {
    feed from("a line of somebody else\n");
    line_reader reader(from.fd(), 3);
    REQUIRE(reader.next() == line_reader::outcome::line);
    const auto line = reader.line();
    CHECK(line == "a line of somebody else");
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      signal(SIGSEGV, SIG_DFL);  // the test's own would report
      _exit(line[0] == 'a' ? 1 : 2);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGSEGV);
  }
}
