// intake-doctor - is this terminal fit for the job? Looks, tells, and mends nothing but file modes, if asked to.
#include <fmt/format.h>

#include "doctor/checkup.hpp"
#include "libintake/json.hpp"
#include "libintake/terminal.hpp"

namespace {

using namespace intake;

std::string json_of(const doctor::report& found) {
  json::writer out;
  out.begin_array();
  for (const auto& it : found) {
    out.begin_object().member("state", to_string(it.state)).member("subject", it.subject).member("what", it.what);
    out.member_if("todo", it.todo).end_object();
  }
  return out.end_array().take() + "\n";
}

/// `quiet`: nothing about what is good, so that cron has something to send only when there is something to do.
std::string text_of(const doctor::report& found, const terminal::style& style, bool quiet) {
  std::string out;
  for (const auto& it : found) {
    const bool good = it.state == doctor::state::good, bad = it.state == doctor::state::bad;
    if (good && quiet) continue;
    const auto word = good ? tr("good") : bad ? tr("BAD") : tr("doubtful");
    out += terminal::tinted(terminal::padded(word, 9),
                            good  ? terminal::tint::good
                            : bad ? terminal::tint::bad
                                  : terminal::tint::doubtful,
                            style) +
           terminal::padded(it.subject, 15) + terminal::neutralised(it.what) + "\n";
    if (!it.todo.empty()) out += std::string(24, ' ') + "-> " + terminal::neutralised(it.todo) + "\n";
  }
  return out;
}

exit_status examine(context& ctx, const doctor::options& options, bool as_json) {
  const auto style = terminal::style_of(1);
  doctor::report found;
  const bool known = examine_desk(found, ctx, options);
  const auto& desk = known ? ctx.config() : config{};
  examine_machine(found, desk);
  examine_engines(found, desk, options);
  if (known) {
    examine_ledger(found, ctx, options);
    examine_mail(found, desk);
  }
  const auto text = as_json ? json_of(found) : text_of(found, style, ctx.filter().quiet);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) throw system_failure(exit_status::io, "stdout");
  for (const auto& it : found)
    if (it.state == doctor::state::bad) return exit_status::findings;
  return exit_status::ok;
}

}  // namespace

int main(int argc, char** argv) {
  doctor::options options;
  bool as_json = false;
  tool tool("intake-doctor", "Tell whether this terminal is fit for the job, and what to do where it is not.");
  tool.about(
          "Looks at configuration, profile, secrets, confinement, swap, clock, free space, signatures, LibreOffice, "
          "fonts, ledger, daily run and mail servers. Ends with 1 when anything is bad.")
      .flag("--fix", options.mend,
            "take access to secrets, configuration and drafts from others; nothing else is changed")
      .flag("--deep", options.whole,
            "check the whole chain of the ledger, and turn a document into a PDF; takes longer")
      .flag("--json", as_json, "as JSON")
      .example("intake doctor", "before the first run, and whenever something seems wrong")
      .example("intake doctor --quiet",
               "only what is not good: nothing on a sound desk, so that cron mails only trouble")
      .body([&](context& ctx) { return examine(ctx, options, as_json); });
  return tool.run(argc, argv);
}
