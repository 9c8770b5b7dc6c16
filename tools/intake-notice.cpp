// intake-notice - draft the letters that each message asks for. Nothing is ever sent.
#include "libintake/draft_folder.hpp"
#include "libintake/json.hpp"
#include "libintake/ledger.hpp"
#include "libintake/notice.hpp"
#include "libintake/sandbox.hpp"
#include "tool.hpp"

namespace {

/// One draft, once: what the ledger knows as drafted is not drafted again, also when the clerk has sent and removed it.
bool store_once(const intake::draft& letter, std::string_view receipt_no, const intake::config& desk,
                intake::ledger& book, intake::draft_folder& folder) {
  intake::event noticed;
  noticed.subject = letter.about;
  noticed.kind = "noticed";
  noticed.actor = "intake-notice";
  intake::json::writer facts;
  facts.begin_object().member("do", letter.action).member("to", letter.recipient).end_object();
  noticed.facts = noticed.identity = facts.take();
  {
    // Only asked: taken back at once, so that nobody waits for the ledger while the draft goes to the disk.
    const intake::ledger::batch tried(book);
    if (!book.append(noticed)) return false;
  }
  folder.store(intake::draft_name(letter, receipt_no), intake::to_message(letter, desk, intake::now()));
  return book.append(noticed);
}

intake::exit_status draft_all(intake::context& ctx, const std::string& named) {
  const auto& rule = ctx.profile();
  const auto& desk = ctx.config();
  const std::string out = named.empty() ? desk.output.drafts : named;
  if (out.empty())
    throw intake::failure(intake::exit_status::usage, "no folder for drafts: --out, or output.drafts in the configuration");
  auto book = open_ledger(desk, intake::ledger::mode::write);
  intake::draft_folder folder(out);
  intake::sandbox::enter(intake::sandbox::role::keeper, {.read = {}, .write = {out, ledger_folder(desk)}});

  const auto today = intake::civil_day(intake::now());
  return intake::run_keeper(ctx.filter(), "notice", [&](intake::record& rec) {
    const auto known = rec["disposition"].str() == "confirm" ? book.find(rec.id()) : std::nullopt;
    for (const auto& letter : intake::drafts_for(rec, desk, rule, today, known && known->cleared)) {
      const auto receipt_no = rec["application"]["receipt_no"].str();
      intake::json::writer told;
      told.begin_object().member("do", letter.action).member("to", letter.recipient);
      told.member("path", folder.path() + "/" + intake::draft_name(letter, receipt_no));
      told.member("new", store_once(letter, receipt_no, desk, book, folder));
      rec.append("notices", told.end_object().take());
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  std::string out;
  intake::tool tool("intake-notice", "Draft the letters that each message asks for; nothing is ever sent.");
  tool.is_keeper()
      .option("--out", out, "DIR", "folder for the drafts (else output.drafts of the configuration)", "directory")
      .example("intake-verify <day.ndjson | intake-ledger record | intake-notice --out drafts | intake-show",
               "a draft for each applicant who must do something")
      .body([&](intake::context& ctx) { return draft_all(ctx, out); });
  return tool.run(argc, argv);
}
