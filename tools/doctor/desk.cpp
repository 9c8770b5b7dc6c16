#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "checkup.hpp"
#include "libintake/secret.hpp"

namespace intake::doctor {

std::string_view to_string(state state) {
  return state == state::good ? "good" : state == state::doubtful ? "doubtful" : "bad";
}

namespace {

/// `forbidden`: mode bits that nobody else may have. With `mend` they are taken away.
void examine_rights(report& to, const std::string& subject, const std::string& path, mode_t forbidden, bool mend) {
  struct stat found {};
  if (path.empty() || ::stat(path.c_str(), &found) != 0) return;  // absence is told by whoever needs it
  if ((found.st_mode & forbidden) == 0) {
    const auto* safe = forbidden == 022 ? tr("{}: nobody else can change it") : tr("{}: nobody else has access");
    to.push_back({state::good, subject, fmt::format(fmt::runtime(safe), path), {}});
    return;
  }
  if (mend && ::chmod(path.c_str(), found.st_mode & 07777 & ~forbidden) == 0) {
    to.push_back({state::good, subject, fmt::format(fmt::runtime(tr("{}: access was taken from others")), path), {}});
    return;
  }
  const std::string why = mend ? fmt::format(" ({})", std::strerror(errno)) : "";
  to.push_back({state::bad, subject, fmt::format(fmt::runtime(tr("{}: others have access{}")), path, why),
                fmt::format(fmt::runtime(tr("intake doctor --fix, or: chmod {} {}")),
                            forbidden == 022 ? "go-w" : "go-rwx", path)});
}

void examine_secret(report& to, const std::string& what, const std::function<void()>& read) {
  try {
    read();
    to.push_back({state::good, "secrets", fmt::format(fmt::runtime(tr("{}: can be read")), what), {}});
  } catch (const failure& error) {
    to.push_back({state::bad, "secrets", error.said().local(),
                  tr("Put the secret where the configuration names it, readable by this user alone.")});
  }
}

std::string file_of(const std::string& reference) {
  return reference.starts_with("file:") ? reference.substr(5) : std::string();
}

void examine_secrets(report& to, const config& desk, bool mend) {
  for (const auto& account : desk.accounts) {
    if (account.password.empty()) continue;
    const auto what = "account " + account.name + ": password";
    examine_rights(to, "secrets", file_of(account.password), 077, mend);
    examine_secret(to, what, [&] { (void)read_secret(account.password, what); });
  }
  for (const auto& reference : desk.archive.passwords) {
    examine_rights(to, "secrets", file_of(reference), 077, mend);
    examine_secret(to, "archive.passwords", [&] { (void)read_password_list(reference, "archive.passwords"); });
  }
  if (desk.archive.passwords.empty())
    to.push_back({state::doubtful, "secrets", tr("archive.passwords is not set: no encrypted archive can be opened"),
                  tr("Write the passwords into a file, one a line, and name it as archive.passwords.")});
  if (desk.ledger.key.empty()) {
    to.push_back(
        {state::doubtful, "secrets", tr("ledger.key is not set: whoever has the ledger's file can read it"),
         tr("Make a key (head -c 32 /dev/urandom | base64), name it as ledger.key, then: intake ledger rekey")});
  } else {
    examine_rights(to, "secrets", file_of(desk.ledger.key), 077, mend);
    examine_secret(to, "ledger.key", [&] { (void)read_secret(desk.ledger.key, "ledger.key"); });
  }
  if (!secret::all_locked())
    to.push_back({state::doubtful, "secrets", tr("the system does not let secrets be locked in memory"),
                  tr("Raise the limit of locked memory (ulimit -l, LimitMEMLOCK=) to 1 MiB.")});
}

/// What the reader of a file says is wrong with it, with its lines. False if it cannot be used.
bool usable(report& to, const std::string& subject, const std::function<void()>& read) {
  try {
    read();
    return true;
  } catch (const failure& error) {
    to.push_back({state::bad, subject, error.said().local(),
                  error.status() == exit_status::no_input
                      ? tr("Make one: intake init. Or name yours: --config FILE, or $INTAKE_CONFIG.")
                      : tr("Correct the lines it names.")});
    return false;
  }
}

void examine_profile(report& to, context& ctx) {
  const auto known = usable(to, "profile", [&] { (void)ctx.profile(); });
  if (!known) return;
  const auto& rule = ctx.profile();
  const auto today = intake::to_string(civil_day(now()));
  const auto name = fmt::format("{} ({})", rule.title, rule.file);
  if (today < rule.valid_from)
    to.push_back({state::doubtful, "profile",
                  fmt::format(fmt::runtime(tr("{}: in force only from {}")), name, rule.valid_from),
                  tr("Name the profile that is in force now.")});
  else if (!rule.valid_until.empty() && rule.valid_until < today)
    to.push_back({state::bad, "profile", fmt::format(fmt::runtime(tr("{}: expired on {}")), name, rule.valid_until),
                  tr("Ask which rule is in force now, and name its profile.")});
  else
    to.push_back({state::good, "profile", fmt::format(fmt::runtime(tr("{}: in force")), name), {}});
}

/// The folder or file of output.drafts; empty when the drafts lie in a mailbox.
std::string drafts_path(const std::string& place) {
  for (const std::string_view file : {"mbox:", "ndjson:"})
    if (place.starts_with(file)) return place.substr(file.size());
  return place.starts_with("imap:") ? "" : place;
}

}  // namespace

bool examine_desk(report& to, context& ctx, const options& options) {
  if (!usable(to, "configuration", [&] { (void)ctx.config(); })) return false;
  const auto& desk = ctx.config();
  to.push_back({state::good, "configuration", fmt::format(fmt::runtime(tr("{}: understood")), desk.file), {}});
  examine_rights(to, "configuration", desk.file, 022, options.mend);
  examine_profile(to, ctx);
  examine_secrets(to, desk, options.mend);
  examine_rights(to, "output", drafts_path(desk.output.drafts), 077, options.mend);
  if (!desk.output.out.empty() && ::access(desk.output.out.c_str(), W_OK) != 0)
    to.push_back({state::doubtful, "output",
                  fmt::format(fmt::runtime(tr("{}: cannot be written ({})")), desk.output.out, std::strerror(errno)),
                  tr("Put the medium in, or let this user write there.")});
  return true;
}

}  // namespace intake::doctor
