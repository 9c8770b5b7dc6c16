#include "libintake/nursery.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "libintake/channel.hpp"
#include "libintake/sandbox.hpp"

using namespace intake;
using std::chrono::milliseconds;

namespace {

struct code_use {
  long faults = 0;   ///< page faults of a look at each page of this program's code
  int writable = 0;  ///< mappings that can be both written and run
};

code_use look_at_code() {
  code_use seen;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    seen.writable += line.find("wx") == line.find(' ') + 2;
    std::size_t dash = 0;
    const auto start = std::stoull(line, &dash, 16), end = std::stoull(line.substr(dash + 1), nullptr, 16);
    const auto here = reinterpret_cast<std::uintptr_t>(&look_at_code);
    if (here < start || here >= end) continue;
    rusage before{}, after{};
    getrusage(RUSAGE_SELF, &before);
    for (auto at = start; at < end; at += 4096) (void)*reinterpret_cast<const volatile char*>(at);
    getrusage(RUSAGE_SELF, &after);
    seen.faults = after.ru_minflt - before.ru_minflt;
  }
  return seen;
}

/// Children that do as the first byte says: a answers, d dies, h hangs, b takes all the memory there is, c looks at
/// code.
void obey(int socket) {
  char order = 0;
  read_all(socket, &order, 1);
  if (order == 'a') write_all(socket, std::to_string(getpid()) + "\n");
  if (order == 'c') {
    const auto seen = look_at_code();
    write_all(socket, std::to_string(seen.faults) + " " + std::to_string(seen.writable));
  }
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

  TEST_CASE("a child begins with the code mapped that its nursery has used, and none of it can be written") {
    const nursery from([](int control) {
      (void)look_at_code();
      serve(control);
    });
    const auto seen = order(from, 'c').text;
    CAPTURE(seen);
    CHECK(std::stol(seen) < 10);  // a hundred where each child maps it for itself
    CHECK(seen.ends_with(" 0"));
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
