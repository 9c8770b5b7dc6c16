#include "libintake/worker.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

using namespace intake;

namespace {

/// Answers each request with itself, and ends after "last".
worker_task echo() {
  worker_task task;
  task.answer = [](std::string_view request, const send_reply& send) {
    spliced_line reply;
    reply.add(request);
    send(reply);
    if (request == "last") _exit(0);
  };
  return task;
}

worker::outcome wait_for(worker& hand) {
  for (;;) {
    std::vector<pollfd> polled;
    hand.watch(polled);
    (void)poll(polled.data(), polled.size(), -1);
    if (const auto came = hand.advance(); came != worker::outcome::working) return came;
  }
}

}  // namespace

TEST_SUITE("worker") {
  TEST_CASE("requests that are made before the first is answered are answered one after the other") {
    worker hand(echo());
    const std::string large(300'000, 'x');  // more than the pipe may take at once
    for (const std::string_view request : {std::string_view("first"), std::string_view(large), std::string_view()})
      hand.ask({}, request);
    for (const std::string_view request : {std::string_view("first"), std::string_view(large), std::string_view()}) {
      CHECK(hand.busy());
      REQUIRE(wait_for(hand) == worker::outcome::answered);
      CHECK(hand.take_reply().view() == request);
    }
    CHECK_FALSE(hand.busy());
    CHECK_FALSE(hand.ended_idle());
    hand.ask("ag", "ain");
    REQUIRE(wait_for(hand) == worker::outcome::answered);
    CHECK(hand.take_reply().view() == "again");
  }

  TEST_CASE("what was answered before the child died is not lost, and what is asked then is not answered") {
    std::signal(SIGPIPE, SIG_IGN);  // as every filter does
    worker hand(echo());
    hand.ask({}, "last");
    for (bool gone = false; !gone;) {
      std::vector<pollfd> polled;
      hand.watch(polled);
      (void)poll(polled.data(), polled.size(), -1);
      gone = std::any_of(polled.begin(), polled.end(), [](const pollfd& one) { return (one.revents & POLLHUP) != 0; });
    }
    hand.ask({}, "never");
    REQUIRE(hand.advance() == worker::outcome::answered);
    CHECK(hand.take_reply().view() == "last");
    CHECK(hand.advance() == worker::outcome::failed);
  }

  TEST_CASE("an answer to what was not sent in whole is none") {
    worker_task hasty;
    hasty.answer = [](std::string_view, const send_reply& send) {
      spliced_line reply;
      reply.make("guess");
      send(reply);
      send(reply);  // what comes next is not read at all
      for (;;) pause();
    };
    worker hand(hasty);
    hand.ask({}, "first");
    const std::string large(4 << 20, 'x');  // more than a pipe holds
    hand.ask({}, large);
    REQUIRE(wait_for(hand) == worker::outcome::answered);
    CHECK(hand.take_reply().view() == "guess");
    CHECK(wait_for(hand) == worker::outcome::failed);
  }
}
