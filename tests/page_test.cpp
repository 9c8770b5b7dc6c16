#include "libintake/page.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "libintake/limits.hpp"

using namespace intake;

namespace {

/// What a child sends, and what the trusted side makes of it.
struct exchange {
  page_outcome outcome = page_outcome::failed;
  std::vector<page> pages;
  std::vector<missing_character> missing;
};

template <typename Child>
exchange talk(const Child& child, std::chrono::milliseconds time = std::chrono::seconds(20)) {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  std::thread sender([&] {
    try {
      child(ends[1]);
    } catch (const std::runtime_error&) {
      // The other side has heard enough.
    }
    shutdown(ends[1], SHUT_WR);
  });
  exchange heard;
  {
    channel from(ends[0], channel::clock::now() + time);
    heard.outcome = receive_pages(from, {nullptr,
                                         [&](page&& each) {
                                           heard.pages.push_back(std::move(each));
                                           return true;
                                         },
                                         [&](const missing_character& each) { heard.missing.push_back(each); }});
  }
  sender.join();
  close(ends[1]);
  return heard;
}

page small_page() {
  page made{59500, 84200, 3, 2, 1, std::string(6, '\x7f'), {}};
  made.runs.push_back({100, 200, 3000, 0, 1050, false, U"申請書"});
  return made;
}

/// A sender that is not ours: 32-bit words, then bytes.
void send_words(int fd, std::initializer_list<std::uint32_t> words, const std::string& bytes = {}) {
  std::string out;
  for (const std::uint32_t word : words) out.append(reinterpret_cast<const char*>(&word), 4);
  write_all(fd, out + bytes);
}

constexpr std::uint32_t page_message = 2, missing_message = 3, finish_message = 4;
constexpr auto complete = static_cast<std::uint32_t>(page_outcome::complete);

}  // namespace

TEST_SUITE("page") {
  TEST_CASE("what the rasteriser sends arrives as it was") {
    const auto heard = talk([](int fd) {
      page_sender out(fd);
      out.count(1);
      out.send(small_page());
      out.missing({1, U'\uE000'});
      out.finish(page_outcome::complete);
    });
    CHECK(heard.outcome == page_outcome::complete);
    REQUIRE(heard.pages.size() == 1);
    CHECK(heard.pages[0].pixels == std::string(6, '\x7f'));
    REQUIRE(heard.pages[0].runs.size() == 1);
    CHECK(heard.pages[0].runs[0].text == U"申請書");
    REQUIRE(heard.missing.size() == 1);
    CHECK(heard.missing[0].character == U'\uE000');
  }

  TEST_CASE("which password fitted is told once, before the pages, and within the number there can be") {
    constexpr std::uint32_t opened_message = 5, most = static_cast<std::uint32_t>(limits::archive_passwords);
    std::uint32_t told = 0;
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    page_sender out(ends[1]);
    out.opened(3);
    out.count(1);
    out.send(small_page());
    out.finish(page_outcome::complete);
    channel from(ends[0], channel::clock::now() + std::chrono::seconds(20));
    CHECK(receive_pages(from, {nullptr, [](page&&) { return true; }, nullptr,
                               [&](std::uint32_t password) { told = password; }}) == page_outcome::complete);
    CHECK(told == 3);
    close(ends[1]);
    const auto refused = [](std::initializer_list<std::uint32_t> words) {
      return talk([&](int fd) { send_words(fd, words); }).outcome == page_outcome::failed;
    };
    CHECK(refused({opened_message, 4, 0}));
    CHECK(refused({opened_message, 4, most + 1}));
    CHECK(refused({opened_message, 8, 1, 0}));
    CHECK(refused({opened_message, 4, 1, opened_message, 4, 1}));
  }

  TEST_CASE("a child that dies in the middle of a page has failed") {
    const auto heard = talk([](int fd) { send_words(fd, {page_message, 28, 59500, 84200, 3, 2, 1, 0, 0}, "abc"); });
    CHECK(heard.outcome == page_outcome::failed);
    CHECK(heard.pages.empty());
  }

  TEST_CASE("a child that says nothing has run out of time") {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    channel from(ends[0], channel::clock::now() + std::chrono::milliseconds(50));
    CHECK(receive_pages(from, {nullptr, [](page&&) { return true; }, nullptr}) == page_outcome::timeout);
    close(ends[1]);
  }

  TEST_CASE("time that the child did not spend is added to its deadline, up to what was allowed in all") {
    using std::chrono::hours;
    const auto extended = [](channel::clock::duration allowed) {
      int ends[2];
      REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
      channel from(ends[0], channel::clock::now() - hours(1), allowed);
      from.extend(hours(1));
      from.extend(hours(1));
      std::thread child([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        send_words(ends[1], {7});
      });
      std::uint32_t word = 0;
      const auto got = from.receive(word);
      child.join();
      close(ends[1]);
      return got;
    };
    CHECK(extended(hours(2)) == channel::outcome::done);
    CHECK(extended(hours(1)) == channel::outcome::late);
    CHECK(extended(hours(0)) == channel::outcome::late);
  }

  TEST_CASE("an end without a page is not a complete document") {
    CHECK(talk([](int fd) { send_words(fd, {finish_message, 4, complete}); }).outcome == page_outcome::failed);
  }

  TEST_CASE("lies about sizes are refused before anything is reserved for them") {
    const std::uint32_t huge = 0xFFFFFFFF;
    const auto refused = [](std::initializer_list<std::uint32_t> words) {
      return talk([&](int fd) { send_words(fd, words, std::string(6, 'x')); }).outcome == page_outcome::failed;
    };
    CHECK(refused({page_message, 28, 59500, 84200, huge, 2, 1, 0, 0}));       // columns
    CHECK(refused({page_message, 28, 59500, 84200, 3, huge, 1, 0, 0}));       // rows
    CHECK(refused({page_message, 28, 59500, 84200, 10000, 10000, 1, 0, 0}));  // pixels
    CHECK(refused({page_message, 28, 59500, 84200, 3, 2, 2, 0, 0}));          // channels
    CHECK(refused({page_message, 28, 0, 84200, 3, 2, 1, 0, 0}));              // paper
    CHECK(refused({page_message, 28, 1'440'001, 84200, 3, 2, 1, 0, 0}));      // paper
    CHECK(refused({page_message, 28, 59500, 84200, 3, 2, 1, huge, 0}));       // lines of text
    CHECK(refused({page_message, 28, 59500, 84200, 3, 2, 1, 1, huge}));       // characters
    CHECK(refused({page_message, 27, 59500, 84200, 3, 2, 1, 0, 0}));          // the message itself
    CHECK(refused({99, 4, 0}));                                               // no such message
    CHECK(refused({missing_message, 8, 0, 0xE000}));                          // page numbers begin at 1
    CHECK(refused({missing_message, 8, 1, 0x110000}));                        // no code point
    CHECK(refused({finish_message, 4, static_cast<std::uint32_t>(page_outcome::failed)}));
    CHECK(refused({finish_message, 4, 77}));
  }

  TEST_CASE("text that leaves its page, or is no text, is refused") {
    const auto refused = [](const text_run& run) {
      page bad = small_page();
      bad.runs = {run};
      return talk([&](int fd) { page_sender(fd).send(bad); }).outcome == page_outcome::failed;
    };
    const int far = 59500 + limits::render_text_slack + 1;
    CHECK(refused({far, 0, 10, 0, 1000, false, U"a"}));
    CHECK(refused({0, 0, far, 0, 1000, false, U"a"}));
    CHECK(refused({0, 0, 10, 0, 0, false, U"a"}));
    CHECK(refused({0, 0, 0, 0, 1000, false, U"a"}));
    CHECK(refused({0, 0, 10, 0, 1000, false, U""}));
    CHECK(refused({0, 0, 10, 0, 1000, false, std::u32string(1, char32_t{0xD800})}));
    CHECK(refused({0, 0, 10, 0, 1000, false, std::u32string(1, char32_t{0x110000})}));
    CHECK(refused({0, 0, 10, 0, 1000, false, U"a\nb"}));
    CHECK(refused({0, 0, 10, 0, 1000, false, U"a\u202Eb"}));
  }

  TEST_CASE("more pages than the limit are refused") {
    const auto heard = talk([](int fd) {
      page_sender out(fd);
      page tiny{100, 100, 1, 1, 1, "x", {}};
      for (unsigned i = 0; i <= limits::render_pages; ++i) out.send(tiny);
      out.finish(page_outcome::complete);
    });
    CHECK(heard.outcome == page_outcome::failed);
    CHECK(heard.pages.size() == limits::render_pages);
  }

  TEST_CASE("the visitor ends the reading when it has enough") {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    page_sender(ends[1]).send(small_page());
    channel from(ends[0], channel::clock::now() + std::chrono::seconds(5));
    CHECK(receive_pages(from, {nullptr, [](page&&) { return false; }, nullptr}) == page_outcome::cut_bytes);
    close(ends[1]);
  }
}
