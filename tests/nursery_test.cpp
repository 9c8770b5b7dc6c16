#include "libintake/nursery.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "libintake/channel.hpp"
#include "libintake/sandbox.hpp"

using namespace intake;
using std::chrono::milliseconds;

namespace {

/// Children that do as the first byte says: a answers, d dies, h hangs, b takes all the memory there is.
void obey(int socket) {
  char order = 0;
  read_all(socket, &order, 1);
  if (order == 'a') write_all(socket, std::to_string(getpid()) + "\n");
  if (order == 'd') raise(SIGKILL);
  if (order == 'h')
    for (;;) pause();
  if (order == 'b') {
    sandbox::access access;
    access.memory_bytes = std::size_t{512} << 20;
    sandbox::enter(sandbox::role::parser, access);
    std::vector<std::string> bloat;
    for (;;) bloat.emplace_back(std::size_t{1} << 20, 'x');
  }
}

void serve(int control) {
  serve_nursery(control, {nullptr, obey});
}

struct answer {
  channel::outcome outcome;
  std::string text;
};

answer order(const nursery& from, char what, milliseconds time = milliseconds(60'000)) {
  channel child(from.ask(time), channel::clock::now() + time);
  if (const auto sent = child.send(std::string(1, what)); sent != channel::outcome::done) return {sent, {}};
  std::string text;
  for (;;) {
    char c = 0;
    if (const auto got = child.receive(c); got != channel::outcome::done) return {got, text};
    text += c;
  }
}

}  // namespace

TEST_SUITE("nursery") {
  TEST_CASE("each request has a child of its own") {
    const nursery from(serve);
    const auto one = order(from, 'a'), two = order(from, 'a');
    CHECK(one.outcome == channel::outcome::closed);
    CHECK_FALSE(one.text.empty());
    CHECK(one.text != two.text);
  }

  TEST_CASE("a child that dies, hangs or bloats costs itself only") {
    const nursery from(serve);
    CHECK(order(from, 'd').text.empty());
    const auto bloated = order(from, 'b');
    CHECK(bloated.outcome == channel::outcome::closed);
    CHECK(bloated.text.empty());
    const auto hung = order(from, 'h', milliseconds(200));
    CHECK(hung.outcome == channel::outcome::late);
    CHECK_FALSE(order(from, 'a').text.empty());
  }

  TEST_CASE("a child that outlives its time is killed") {
    const nursery from(serve);
    // The asker waits longer than it said: only the nursery can end this.
    channel child(from.ask(milliseconds(100)), channel::clock::now() + std::chrono::seconds(30));
    CHECK(child.send("h") == channel::outcome::done);
    char c = 0;
    CHECK(child.receive(c) == channel::outcome::closed);
  }

  TEST_CASE("requests at the same time are served at the same time") {
    const nursery from(serve);
    channel hung(from.ask(milliseconds(20'000)), channel::clock::now() + std::chrono::seconds(20));
    CHECK(hung.send("h") == channel::outcome::done);
    CHECK_FALSE(order(from, 'a').text.empty());
  }

  TEST_CASE("a nursery that refuses to fork shows as an early end") {
    const nursery from([](int control) { serve_nursery(control, {[] { return false; }, obey}); });
    CHECK(order(from, 'a').text.empty());
  }

  TEST_CASE("a nursery that is gone is a failure of the system") {
    const nursery from([](int) {});
    CHECK_THROWS([&] {
      for (int tries = 0; tries < 200; ++tries) {
        (void)order(from, 'a', milliseconds(100));
        std::this_thread::sleep_for(milliseconds(10));
      }
    }());
  }
}
