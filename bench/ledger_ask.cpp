// Times the questions that the desk asks of a large ledger: ledger-ask LEDGER KEY DAY. One line each, in milliseconds.
#include <fmt/format.h>

#include <chrono>

#include "libintake/history.hpp"

namespace {

template <class Ask>
void time(const char* what, Ask ask) {
  const auto start = std::chrono::steady_clock::now();
  const std::size_t answer = ask();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  fmt::print("{:<14} {:9.2f} ms  ({})\n", what, took.count(), answer);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  const intake::secret key{std::string_view(argv[2])};
  std::optional<intake::ledger> book;
  time("open", [&] {
    book.emplace(argv[1], intake::ledger::mode::read, key);
    return std::size_t{1};
  });
  time("new-set", [&] { return book->finished_uids({"imap", "chuo", "INBOX", "1", ""}).size(); });
  time("new-each-1000", [&] {
    std::size_t finished = 0;
    for (int uid = 1; uid <= 1000; ++uid)
      finished += book->finished({"imap", "chuo", "INBOX", "1", std::to_string(uid * 7)}) ? 1 : 0;
    return finished;
  });
  const auto count = [&](const intake::message_filter& filter) {
    std::size_t seen = 0;
    book->each_message(filter, [&](const intake::message_entry&) { return ++seen > 0; });
    return seen;
  };
  const auto day = intake::parse_iso_date(argv[3]);
  time("day", [&] { return count({.from = day, .to = day}); });
  time("receipt", [&] { return count({.receipt_no = "2026-0000777"}); });
  time("unfinished", [&] { return count({.state = "unfinished"}); });
  book.reset();
  // What intake-verify pays when it starts, and then for a message.
  std::optional<intake::history> past;
  time("history", [&] {
    past.emplace([&] { return intake::ledger(argv[1], intake::ledger::mode::read, intake::secret(std::string_view(argv[2]))); });
    return past->receipt_seen_elsewhere("2026-0000777", "m-1") ? 1UL : 0UL;
  });
  time("ask-each-1000", [&] {
    std::size_t known = 0;
    for (int n = 1; n <= 1000; ++n)
      known += past->receipt_seen_elsewhere(fmt::format("2026-{:07}", n * 331), "m-1") ? 1 : 0;
    return known;
  });
}
