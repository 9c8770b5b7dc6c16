#include "libintake/pop3.hpp"

#include <doctest/doctest.h>

using namespace intake;

namespace {

struct outcome {
  std::string message;
  std::size_t used = 0;
  bool complete = false;
};

/// In pieces of that size.
outcome read(std::string_view wire, std::size_t piece) {
  pop3::dot_reader reader;
  outcome seen;
  while (!reader.complete() && seen.used < wire.size())
    seen.used += reader.read(wire.substr(seen.used, piece), seen.message);
  seen.complete = reader.complete();
  return seen;
}

}  // namespace

TEST_SUITE("pop3") {
  TEST_CASE("a dot alone ends a message, others are undone, wherever the pieces are cut") {
    const std::string_view wire = "Subject: x\r\n\r\n..dot\r\n...\r\n.x\r\na.\r\n..\r\n.\r\n+OK next\r\n";
    const std::string_view message = "Subject: x\r\n\r\n.dot\r\n..\r\nx\r\na.\r\n.\r\n";
    for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
      const auto seen = read(wire, piece);
      CHECK(seen.complete);
      CHECK(seen.message == message);
      CHECK(wire.substr(seen.used) == "+OK next\r\n");
    }
  }

  TEST_CASE("only CRLF ends a line: a dot behind a bare LF or CR does not end the message") {
    for (std::size_t piece = 1; piece < 9; ++piece) {
      CHECK(read("a\n.\nb\r.\rc\r\n.\r\n", piece).message == "a\n.\nb\r.\rc\r\n");
      CHECK(read("a\r\n.\nb\r\n.\r\n", piece).message == "a\r\n\nb\r\n");
      CHECK(read("a\r\n.\rb\r\r\n.\r\n", piece).message == "a\r\n\rb\r\r\n");
    }
  }

  TEST_CASE("an empty message, and one without end") {
    CHECK(read(".\r\n", 1).message.empty());
    CHECK(read(".\r\n", 3).complete);
    CHECK(!read("a\r\n.\r", 2).complete);
    CHECK(!read("a\r\n", 2).complete);
  }
}
