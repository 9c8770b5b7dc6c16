// intake-show - records as a table, or one message on a page; never a byte of a file.
#include <unistd.h>

#include "show/follow.hpp"
#include "show/known.hpp"
#include "show/passing.hpp"

int main(int argc, char** argv) {
  intake::show_options opt;
  intake::tool tool("intake-show", "Show records as a table, or one message on a page.");
  tool.positional("ID", opt.wanted, "show this message only: its id or the beginning of it, or its receipt number",
                  false);
  tool.flag("--json", opt.json, "write the records as JSON, without the bytes of their files");
  tool.flag("--pages", opt.pages,
            "write the first pages of the rendered files as a page for a browser (after intake-render --preview)");
  tool.flag(
      "--ledger", opt.from_ledger,
      "show ID as the ledger knows it, with what belongs to it, instead of records from stdin (at a terminal: always)");
  tool.flag("--follow", opt.follow,
            "show what is to be handled today or later and stay on: what comes into the ledger appears as it comes, "
            "until Ctrl-C");
  tool.example("intake-show 20261117-0001", "everything of one application");
  tool.example("intake-ledger query --day 2026-11-17 | intake-show", "the table of a day");
  tool.example("intake-show 3fa29c < records", "one message on a page");
  tool.example("intake-show --follow", "the desk's day on a screen");
  tool.example("intake-show --pages <rendered.ndjson >pages.html", "what was rendered, at a glance");
  tool.body([&](intake::context& ctx) {
    if (opt.follow && (opt.pages || !opt.wanted.empty()))
      throw intake::failure(intake::exit_status::usage, "--follow shows all that comes: no message, no --pages");
    if (opt.follow) return intake::follow_ledger(ctx, opt.json);
    if (opt.from_ledger && opt.wanted.empty())
      throw intake::failure(intake::exit_status::usage, "--ledger: name the message");
    const bool known = opt.from_ledger || (!opt.wanted.empty() && !opt.pages && isatty(STDIN_FILENO));
    return known ? intake::show_known(ctx, opt.wanted, opt.json) : intake::show_passing(opt);
  });
  return tool.run(argc, argv);
}
