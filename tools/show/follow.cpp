#include "follow.hpp"

#include <poll.h>
#include <unistd.h>

#include "known.hpp"
#include "libintake/arrivals.hpp"
#include "libintake/limits.hpp"
#include "libintake/log.hpp"
#include "libintake/sandbox.hpp"
#include "libintake/show.hpp"
#include "libintake/stop_signal.hpp"

namespace intake {
namespace {

bool is_read(int fd) {
  pollfd end = {fd, 0, 0};
  return ::poll(&end, 1, 0) <= 0;
}

}  // namespace

exit_status follow_ledger(context& ctx, bool json) {
  const auto style = terminal::style_of(STDOUT_FILENO);
  const bool is_watched = isatty(STDOUT_FILENO) != 0;
  const auto& desk = ctx.config();
  const auto book = open_ledger(desk, ledger::mode::read);
  stop_signal::expect();
  sandbox::enter(sandbox::role::keeper, {.read = {}, .write = {ledger_folder(desk)}});

  if (is_watched && !ctx.filter().quiet)
    log::say(log::level::info, phrase("shows messages as they come; Ctrl-C ends it"));
  show::table table(style);
  arrivals coming(book);
  do {
    coming.look(now(), [&](const std::string& line) {
      const record rec = show::read(line);
      print(json ? show::without_bytes(rec) + "\n" : table.lines(rec));
    });
    flush();
  } while (!stop_signal::sleep(limits::follow_poll) && is_read(STDOUT_FILENO));
  // Also where nobody reads any more: writing then ends the process as it ends every filter.
  if (is_watched || !stop_signal::came()) print("\n");
  if (!json) print(table.foot());
  flush();
  return exit_status::ok;
}

}  // namespace intake
