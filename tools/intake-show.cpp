// intake-show - records as a table, or one message on a page; never a byte of a file.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "libintake/glance.hpp"
#include "libintake/lines.hpp"
#include "libintake/log.hpp"
#include "libintake/message_page.hpp"
#include "libintake/show.hpp"
#include "show/known.hpp"
#include "tool.hpp"

namespace {

using namespace intake;

/// A message is asked for by its id, with or without "m-", or the beginning of it; or by its receipt number.
bool is_asked_for(const record& rec, const std::string& wanted) {
  const auto id = rec.id();
  return id.starts_with(wanted) || (id.starts_with("m-") && id.substr(2).starts_with(wanted)) ||
         rec["application"]["receipt_no"].str() == wanted || rec["correction"]["receipt_no"].str() == wanted;
}

struct options {
  std::string wanted;
  bool json = false, pages = false, from_ledger = false;
};

exit_status show_all(const options& opt) {
  const auto& wanted = opt.wanted;
  const auto style = terminal::style_of(STDOUT_FILENO);
  if (isatty(STDOUT_FILENO)) std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // rows appear as they come
  // A parser could not write to a file that stdout is; a keeper without a directory can open none either.
  sandbox::enter(sandbox::role::keeper);

  if (opt.pages && isatty(STDOUT_FILENO))
    throw failure(exit_status::usage, "--pages writes a page for a browser: send it to a file, as in >pages.html");
  if (opt.pages) print(show::glance_head(style));
  line_reader reader(STDIN_FILENO);
  show::table table(style);
  bool unusable = false, shown = false;
  for (auto outcome = reader.next(); outcome != line_reader::outcome::end; outcome = reader.next()) {
    try {
      if (outcome != line_reader::outcome::line) throw unusable_line("torn or too long");
      const record rec = show::read(std::string(reader.line()));
      if (!wanted.empty() && !is_asked_for(rec, wanted)) continue;
      if (opt.pages) {
        print(show::glance(rec, style));
      } else if (opt.json) {
        print(show::without_bytes(rec) + "\n");
      } else if (!wanted.empty()) {
        print(show::page(rec, style));
      } else {
        print(table.lines(rec));
      }
      shown = true;
    } catch (const unusable_line& error) {
      log::say(log::level::warning, phrase("{}: {}", phrase("a line that is not a record"), withheld(error.what())));
      unusable = true;
    }
  }
  print(opt.pages ? show::glance_foot() : table.foot());
  if (std::fflush(stdout) != 0) throw system_failure(exit_status::io, "writing the table");
  if (!wanted.empty() && !shown) throw failure(exit_status::no_input, "{}: no such message", wanted);
  return unusable ? exit_status::data : exit_status::ok;
}

}  // namespace

int main(int argc, char** argv) {
  options opt;
  intake::tool tool("intake-show", "Show records as a table, or one message on a page.");
  tool.positional("ID", opt.wanted, "show this message only: its id or the beginning of it, or its receipt number",
                  false);
  tool.flag("--json", opt.json, "write the records as JSON, without the bytes of their files");
  tool.flag("--pages", opt.pages,
            "write the first pages of the rendered files as a page for a browser (after intake-render --preview)");
  tool.flag(
      "--ledger", opt.from_ledger,
      "show ID as the ledger knows it, with what belongs to it, instead of records from stdin (at a terminal: always)");
  tool.example("intake-show 20261117-0001", "everything of one application");
  tool.example("intake-ledger query --day 2026-11-17 | intake-show", "the table of a day");
  tool.example("intake-show 3fa29c < records", "one message on a page");
  tool.example("intake-show --pages <rendered.ndjson >pages.html", "what was rendered, at a glance");
  tool.body([&](intake::context& ctx) {
    if (opt.from_ledger && opt.wanted.empty()) throw failure(exit_status::usage, "--ledger: name the message");
    const bool known = opt.from_ledger || (!opt.wanted.empty() && !opt.pages && isatty(STDIN_FILENO));
    return known ? show_known(ctx, opt.wanted, opt.json) : show_all(opt);
  });
  return tool.run(argc, argv);
}
