// intake-notice - draft the letters that each message asks for. Nothing is ever sent.
#include "libintake/draft_folder.hpp"
#include "libintake/draft_place.hpp"
#include "libintake/mail_program.hpp"
#include "notice/asked.hpp"
#include "notice/passing.hpp"

namespace {

using intake::exit_status;
using intake::failure;

struct options {
  std::string out, mbox, ndjson, imap, open;
  std::vector<std::string> wish;
};

/// Where the drafts go, in the words of the configuration.
std::string place_of(const options& opt, const intake::config& desk) {
  std::vector<std::string> named;
  if (!opt.out.empty()) named.push_back(opt.out);
  if (!opt.mbox.empty()) named.push_back("mbox:" + opt.mbox);
  if (!opt.ndjson.empty()) named.push_back("ndjson:" + opt.ndjson);
  if (!opt.imap.empty()) named.push_back("imap:" + opt.imap);
  if (named.size() > 1) throw failure(exit_status::usage, "--out, --mbox, --ndjson and --imap exclude each other");
  if (named.empty()) named.push_back(desk.output.drafts);
  if (named.front().empty())
    throw failure(exit_status::usage,
                  "no place for drafts: --out, --mbox, --ndjson or --imap, or output.drafts in the configuration");
  return named.front();
}

exit_status draft(intake::context& ctx, const options& opt) {
  const auto& desk = ctx.config();
  (void)ctx.profile();  // read while the host's files are within reach
  if (!opt.open.empty()) {
    const auto folder = opt.out.empty() ? desk.output.drafts : opt.out;
    intake::open_in_mail_program(intake::find_draft(folder, opt.open), desk.output.mail_program);
    return exit_status::ok;
  }
  intake::notice_commands::check_wish(opt.wish);
  if (desk.own_station().address.empty())
    throw failure(exit_status::config, "{}: station \"{}\" has no address to write from", desk.file, desk.station);
  auto [sink, role, access] = intake::open_sink(place_of(opt, desk), desk);
  auto book = open_ledger(desk, intake::ledger::mode::write);
  access.write.push_back(ledger_folder(desk));
  intake::sandbox::enter(role, access);

  intake::drafting drafts(book, *sink, desk);
  return opt.wish.empty() ? intake::notice_commands::draft_passing(ctx, book, drafts)
                          : intake::notice_commands::draft_asked(ctx, opt.wish, book, drafts);
}

}  // namespace

int main(int argc, char** argv) {
  options opt;
  intake::tool tool("intake-notice", "Draft the letters that each message asks for; nothing is ever sent.");
  tool.is_keeper()
      .option("--out", opt.out, "DIR", "folder for the drafts, one .eml each (else output.drafts of the configuration)",
              "directory")
      .option("--mbox", opt.mbox, "FILE", "append the drafts to this mbox", "file")
      .option("--ndjson", opt.ndjson, "FILE", "append the drafts to this file, one JSON object a line", "file")
      .option("--imap", opt.imap, "ACCOUNT[/MAILBOX]",
              "put the drafts into the Drafts mailbox of this account, or into that mailbox")
      .option("--open", opt.open, "DRAFT",
              "hand one to the mail program: its file, or the beginning of its name (a receipt number)", "file")
      .positional(
          "WISH", opt.wish,
          "instead of the filter: \"desk\" (what is open and no single message's: missed applications, missing "
          "lists, failing accounts, changed stations), \"change [TEXT]\", \"fault TEXT\", \"correction ID TEXT\"",
          false, "desk change fault correction")
      .example("intake-verify <day.ndjson | intake-ledger record | intake-notice --out drafts | intake-show",
               "a draft for each applicant who must do something")
      .example("intake-notice correction 20261117-0001 '見取図に縮尺がありません。'", "ask for a correction")
      .example("intake-reconcile | intake-show && intake-notice desk", "the letters that yesterday's list asks for")
      .example("intake-notice fault '警察行政手続サイトに接続できません。'", "report a fault that a person saw")
      .example("intake-notice --open 20261117-0001", "show the draft in the mail program, from where it is sent")
      .body([&](intake::context& ctx) { return draft(ctx, opt); });
  return tool.run(argc, argv);
}
