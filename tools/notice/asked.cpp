#include "asked.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "libintake/charset.hpp"

namespace intake::notice_commands {
namespace {

void keep(context& ctx, const std::vector<draft>& letters, drafting& drafts) {
  for (const auto& letter : letters)
    if (drafts.store(letter))
      fmt::print("{}\n", drafts.place(letter));
    else if (!ctx.filter().quiet)
      fmt::print(stderr, "{}: drafted before: {}\n", ctx.filter().tool, drafts.place(letter));
  if (std::fflush(stdout) != 0) throw system_failure(exit_status::io, "stdout");
}

std::vector<draft> correction(context& ctx, const std::string& named, const std::string& what, const ledger& book) {
  const auto id = book.resolve(named);
  const auto known = book.find(id);
  if (!known || known->payload.empty()) throw failure(exit_status::no_input, id + ": no message, or erased");
  auto letter = correction_draft(record(known->payload), what, ctx.config(), ctx.profile(), civil_day(now()));
  if (!letter)
    throw failure(exit_status::usage,
                  id + ": the sender is in doubt, so nobody is written to; telephone the applicant instead");
  return {std::move(*letter)};
}

}  // namespace

void check_wish(const std::vector<std::string>& wish) {
  if (wish.empty()) return;
  if (wish.front() != "correction" || wish.size() != 3)
    throw failure(exit_status::usage, "not \"" + wish.front() + "\", but: correction ID TEXT");
  if (!std::all_of(wish.begin(), wish.end(), charset::is_utf8))
    throw failure(exit_status::usage, "the text is not UTF-8");
}

exit_status draft_asked(context& ctx, const std::vector<std::string>& wish, ledger& book, drafting& drafts) {
  keep(ctx, correction(ctx, wish[1], wish[2], book), drafts);
  return exit_status::ok;
}

}  // namespace intake::notice_commands
