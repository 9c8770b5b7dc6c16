// intake-verify - judge each message by the profile: its kind, its fields, what speaks against it, what is to be done.
#include <unistd.h>

#include <csignal>

#include "libintake/explanation.hpp"
#include "libintake/history.hpp"
#include "libintake/judge.hpp"
#include "libintake/sandbox.hpp"
#include "tool.hpp"
#include "verify/explain.hpp"

namespace {

/// The ledger and what has passed in this run, asked as one.
class everything_known final : public intake::precedents {
 public:
  everything_known(const intake::history& past, const intake::stream_memory& stream) : past_(past), stream_(stream) {}

  bool receipt_seen(std::string_view number, std::string_view id) const override {
    return stream_.receipt_seen(number, id) || past_.receipt_seen_elsewhere(number, id);
  }
  bool malware_from_applicant(std::string_view applicant, std::string_view id) const override {
    return stream_.malware_from_applicant(applicant, id) || past_.malware_from_applicant(applicant, id);
  }
  bool malware_from_sender(std::string_view address, std::string_view id) const override {
    return stream_.malware_from_sender(address, id) || past_.malware_from_sender(address, id);
  }
  bool whole() const override { return stream_.whole(); }

 private:
  const intake::history& past_;
  const intake::stream_memory& stream_;
};

/// An empty one on the first day, before there is a ledger.
intake::history begin_history(const intake::config& desk) {
  if (desk.ledger.path.empty() || ::access(desk.ledger.path.c_str(), F_OK) != 0) return {};
  try {
    return intake::history([&] { return open_ledger(desk, intake::ledger::mode::read); });
  } catch (const intake::failure& error) {
    // An earlier stage of the first run is just making it.
    if (error.status() == intake::exit_status::no_input) return {};
    throw;
  }
}

intake::exit_status verify(intake::context& context, bool explains) {
  const auto& rule = context.profile();
  const intake::judge judge(rule, context.config());
  const auto past = begin_history(context.config());
  intake::stream_memory stream;
  const everything_known known(past, stream);

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
