// intake-verify - judge each message by the profile: its kind, its fields, what speaks against it, what is to be done.
#include <csignal>

#include "libintake/explanation.hpp"
#include "libintake/judge.hpp"
#include "libintake/sandbox.hpp"
#include "tool.hpp"
#include "verify/explain.hpp"
#include "verify/known.hpp"

namespace {

intake::exit_status verify(intake::context& context, bool explains) {
  const auto& rule = context.profile();
  const intake::judge judge(rule, context.config());
  const auto past = intake::begin_history(context.config());
  intake::stream_memory stream;
  const intake::everything_known known(past, stream);

  // One worker, because each message is compared with those before it.
  auto options = context.filter();
  options.jobs = 1;
  intake::filter_stage stage;
  stage.name = "verify";
  stage.role = intake::sandbox::role::parser;
  stage.access.descriptors = stage.needed = past.descriptors();
  stage.prepare = [&] {
    std::signal(SIGPIPE, SIG_IGN);  // what asks the ledger may be gone, which ends the run in order
    stream.recall();
  };
  stage.handle = [&](intake::record& rec) {
    const auto made = judge.consider(rec, known, intake::sandbox::disabled());
    intake::remember(stream, rec, made);
    intake::write(rec, made);
    if (explains) rec.set("explanation", explanation_json(explain(rec, rule, context.config(), made)));
  };
  return run_filter(options, stage);
}

}  // namespace

int main(int argc, char** argv) {
  bool explains = false;
  std::string file;
  intake::tool tool("intake-verify",
                    "Judge each message by the profile: kind, fields, findings, actions, disposition.");
  tool.is_filter()
      .flag("--explain", explains, "tell of each rule of the profile what it looked for and what it met")
      .positional("FILE", file,
                  "with --explain: a message in a file, to be taken through all stages and recorded nowhere", false,
                  "file")
      .example("intake-fetch --new | intake-parse | intake-decrypt | intake-scan | intake-verify | intake-show",
               "the day's mails, judged, as a table")
      .example("intake-verify --fail-on=confirm --fail-on=return < scanned.ndjson > judged.ndjson",
               "status 1 when a person must look at something")
      .example("intake-verify --explain mail.eml", "why this mail is judged so: for whoever writes a profile")
      .body([&](intake::context& context) {
        if (file.empty()) return verify(context, explains);
        if (explains) return explain_file(context, file);
        throw intake::failure(intake::exit_status::usage, "a file is read with --explain only; records come on stdin");
      });
  return tool.run(argc, argv);
}
