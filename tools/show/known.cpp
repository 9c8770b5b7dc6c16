#include "known.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "libintake/dossier.hpp"
#include "libintake/message_page.hpp"
#include "libintake/sandbox.hpp"
#include "libintake/show.hpp"

namespace intake {

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    throw system_failure(exit_status::io, "writing the table");
}

void flush() {
  if (std::fflush(stdout) != 0) throw system_failure(exit_status::io, "writing the table");
}

exit_status show_known(context& ctx, const std::string& wanted, bool json) {
  const auto style = terminal::style_of(STDOUT_FILENO);
  const auto& desk = ctx.config();
  const auto book = open_ledger(desk, ledger::mode::read);
  sandbox::enter(sandbox::role::keeper, {.read = {}, .write = {ledger_folder(desk)}});

  const auto known = book.find(book.resolve(wanted));
  if (!known) throw failure(exit_status::no_input, "{}: no such message", withheld(wanted));
  show::table related(style);
  for (const auto& line : dossier_lines(*known, book, civil_day(now()))) {
    const record rec(line);
    if (json)
      print(show::without_bytes(rec) + "\n");
    else
      print(rec.id() == known->id ? show::page(rec, style) + "\n" : related.lines(rec));
  }
  if (!json) print(related.foot());
  flush();
  return exit_status::ok;
}

}  // namespace intake
