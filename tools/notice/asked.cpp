#include "asked.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <set>

#include "libintake/charset.hpp"
#include "libintake/desk_notices.hpp"
#include "libintake/log.hpp"

namespace intake::notice_commands {
namespace {

/// `last_carries`: the event of the last letter carries this payload.
void keep(context& ctx, const std::vector<draft>& letters, drafting& drafts, const std::string& last_carries = {}) {
  for (const auto& letter : letters)
    if (drafts.store(letter, &letter == &letters.back() ? last_carries : std::string()))
      fmt::print("{}\n", drafts.place(letter));
    else if (!ctx.filter().quiet)
      log::say(log::level::info, phrase("{}: {}", phrase("drafted before"), withheld(drafts.place(letter))));
}

std::vector<draft> correction(context& ctx, const std::string& named, const std::string& what, const ledger& book) {
  const auto id = book.resolve(named);
  const auto known = book.find(id);
  if (!known || known->payload.empty()) throw failure(exit_status::no_input, "{}: no message, or erased", withheld(id));
  auto letter = correction_draft(record(known->payload), what, ctx.config(), ctx.profile(), civil_day(now()));
  if (!letter)
    throw failure(exit_status::usage,
                  "{}: the sender is in doubt, so nobody is written to; telephone the applicant instead", withheld(id));
  return {std::move(*letter)};
}

/// What differs from the registry reported last. The first time nothing was reported from here: what the configuration
/// says is then taken as known to the サイト管理者.
void report_changes(context& ctx, ledger& book, drafting& drafts) {
  const auto last = last_reported(book);
  if (last)
    return keep(ctx, change_drafts(*last, ctx.config(), ctx.profile(), civil_day(now())), drafts,
                registry_of(ctx.config()));
  take_as_reported(registry_of(ctx.config()), book);
  if (!ctx.filter().quiet)
    log::say(log::level::info,
             phrase("the stations as configured now are taken as reported; later changes are compared with them"));
}

/// What is open and no single message's: days, accounts, and changes of the registry.
void draft_desk(context& ctx, ledger& book, drafting& drafts) {
  const auto today = civil_day(now());
  std::set<std::string> subjects;
  for (const auto& item : book.open_items()) subjects.insert(item.subject);
  std::vector<draft> letters;
  const auto add = [&](std::vector<draft> more) { std::move(more.begin(), more.end(), std::back_inserter(letters)); };
  for (const std::string_view subject : subjects) {
    if (subject.starts_with("account:")) add(fault_drafts(subject.substr(8), book, ctx.config(), ctx.profile(), today));
    if (const auto day = parse_iso_date(subject.starts_with("day:") ? subject.substr(4) : ""))
      add(day_drafts(*day, book, ctx.config(), ctx.profile(), today));
  }
  for (const auto& letter : letters)
    if (drafts.store(letter)) fmt::print("{}\n", drafts.place(letter));
  report_changes(ctx, book, drafts);
}

bool is_wish(const std::vector<std::string>& wish) {
  const auto& what = wish.front();
  return (what == "desk" && wish.size() == 1) || (what == "change" && wish.size() <= 2) ||
         (what == "fault" && wish.size() == 2) || (what == "correction" && wish.size() == 3);
}

}  // namespace

void check_wish(const std::vector<std::string>& wish) {
  if (wish.empty()) return;
  if (!is_wish(wish))
    throw failure(exit_status::usage, "not \"{}\", but: desk, change, change TEXT, fault TEXT, or correction ID TEXT",
                  wish.front());
  if (!std::all_of(wish.begin(), wish.end(), charset::is_utf8))
    throw failure(exit_status::usage, "the text is not UTF-8");
}

exit_status draft_asked(context& ctx, const std::vector<std::string>& wish, ledger& book, drafting& drafts) {
  const auto& what = wish.front();
  if (what == "desk") {
    draft_desk(ctx, book, drafts);
  } else if (what == "correction") {
    keep(ctx, correction(ctx, wish[1], wish[2], book), drafts);
  } else if (what == "change" && wish.size() == 1) {
    report_changes(ctx, book, drafts);
  } else {
    const std::string action = what == "fault" ? "report_fault" : "report_change";
    keep(ctx, told_drafts(action, wish[1], ctx.config(), ctx.profile(), civil_day(now())), drafts);
  }
  if (std::fflush(stdout) != 0) throw system_failure(exit_status::io, "stdout");
  return exit_status::ok;
}

}  // namespace intake::notice_commands
