#include "tools/ledger/commands.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdio>

#include "libintake/sandbox.hpp"

namespace intake::ledger_commands {

ledger open_confined(context& ctx, ledger::mode how, std::vector<std::string> also_written) {
  auto opened = open_ledger(ctx.config(), how);
  also_written.push_back(ledger_folder(ctx.config()));
  sandbox::enter(sandbox::role::keeper, {.read = {}, .write = std::move(also_written)});
  return opened;
}

std::string actor_of(const std::string& given) {
  if (!given.empty()) return given;
  char name[256];
  if (::getlogin_r(name, sizeof name) == 0) return name;
  const auto* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : "uid " + std::to_string(::getuid());
}

std::optional<date> day_option(const std::string& text, const char* name) {
  if (text.empty()) return std::nullopt;
  const auto day = parse_iso_date(text);
  if (!day) throw failure(exit_status::usage, "{}: not a day (YYYY-MM-DD): {}", name, text);
  return day;
}

void actor_option(tool& command, std::string& actor) {
  command.option("--actor", actor, "NAME", "who did it (else the login name)");
}

void redact_flag(tool& command, bool& redact) {
  command.flag("--redact", redact, "nothing personal: sealed payloads are not opened");
}

void print_line(const std::string& line) {
  if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() || std::fputc('\n', stdout) == EOF)
    throw system_failure(exit_status::io, "stdout");
}

}  // namespace intake::ledger_commands
