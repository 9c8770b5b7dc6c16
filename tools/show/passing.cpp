#include "passing.hpp"

#include <unistd.h>

#include <cstdio>

#include "known.hpp"
#include "libintake/glance.hpp"
#include "libintake/lines.hpp"
#include "libintake/log.hpp"
#include "libintake/message_page.hpp"
#include "libintake/sandbox.hpp"
#include "libintake/show.hpp"

namespace intake {
namespace {

/// A message is asked for by its id, with or without "m-", or the beginning of it; or by its receipt number.
bool is_asked_for(const record& rec, const std::string& wanted) {
  const auto id = rec.id();
  return id.starts_with(wanted) || (id.starts_with("m-") && id.substr(2).starts_with(wanted)) ||
         rec["application"]["receipt_no"].str() == wanted || rec["correction"]["receipt_no"].str() == wanted;
}

}  // namespace

exit_status show_passing(const show_options& opt) {
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
  flush();
  if (!wanted.empty() && !shown) throw failure(exit_status::no_input, "{}: no such message", wanted);
  return unusable ? exit_status::data : exit_status::ok;
}

}  // namespace intake
