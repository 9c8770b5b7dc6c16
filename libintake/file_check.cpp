#include "file_check.hpp"

#include <algorithm>

#include "active.hpp"
#include "filename.hpp"
#include "json.hpp"

namespace intake {
namespace {

// A record's verdict is the worst of its files'.
verdict worse(verdict a, verdict b) {
  if (a == verdict::infected || b == verdict::infected) return verdict::infected;
  return a == verdict::unknown || b == verdict::unknown ? verdict::unknown : verdict::clean;
}

std::string scan_json(verdict verdict, std::string_view signature) {
  json::writer out;
  out.begin_object().member("verdict", to_string(verdict)).member_if("signature", signature).end_object();
  return out.take();
}

std::string tags_json(const std::vector<std::string>& tags) {
  json::writer out;
  out.begin_array();
  for (const auto& tag : tags) out.string(tag);
  out.end_array();
  return out.take();
}

/// Mail programs open as a message what is declared as one, however few header fields it begins with.
file_kind kind_when_opened(file_kind kind, std::string_view name, std::string_view declared_type) {
  const bool text =
      kind == file_kind::txt || kind == file_kind::csv || kind == file_kind::html || kind == file_kind::unknown;
  const bool message = declared_type == "message/rfc822" || extension_of(name) == "eml";
  return text && message ? file_kind::eml : kind;
}

}  // namespace

struct file_checker::outcome {
  std::size_t index;
  std::string id, signature;
  intake::verdict verdict = intake::verdict::unknown;
};

file_checker::outcome file_checker::check_file(record& rec, std::size_t index, const value& file, bool in_time) {
  outcome result{index, std::string(file["id"].str()), {}};
  // Why an archive stayed shut has been told where it was tried; whether the applicant can mend that decides.
  const bool shut = rec.has_finding_of(result.id, "archive.");
  const auto tell = [&](finding_code code, std::string_view detail) {
    if (shut && code.kind().code == "scan.encrypted") return;
    rec.find(code, {.file = result.id, .detail = detail});
  };
  const auto bytes = file["data"].bytes();
  if (!bytes) {
    tell("scan.failed", "the data is not base64");
    return result;
  }
  const std::string_view name = file["path"].str();
  const file_type type = types_.identify(*bytes, name);
  rec.set_in_file(index, "type", json::quoted(type.mime));
  if (const auto contest = name_contest(name, type.kind)) tell("attachment.type_mismatch", *contest);
  if (!type.contest.empty()) tell("attachment.type_mismatch", type.contest);
  if (is_program(type.kind)) tell("attachment.unexpected", "a program: " + std::string(row_of(type.kind).name));
  if (!in_time) {
    tell("scan.limit", "the time for this message was used up by its other files");
    return result;
  }
  const scan_result scan = scanner_.scan(*bytes);
  // An archive that was refused as a whole is refused here too, and has been told of.
  const bool told = shut && type.kind == file_kind::zip;
  const active_report active =
      told ? active_report{.items = {}, .tags = {}, .complete = false}
           : find_active(*bytes, kind_when_opened(type.kind, name, file["declared_type"].str()));
  rec.set_in_file(index, "active", tags_json(active.tags));
  for (const auto& item : active.items) tell(item.code, item.detail);
  // What the structure already told need not be told again by the engine's guess.
  for (const auto& item : scan.items)
    if (!active.has(item.code.kind().code)) tell(item.code, item.detail);
  result.signature = scan.signature;
  result.verdict = scan.verdict == verdict::clean && !active.complete ? verdict::unknown : scan.verdict;
  return result;
}

bool file_checker::trusted(std::size_t files) {
  unproven_ += files;
  if (unproven_ < limits::scan_batch_files) return true;
  if (!scanner_.detects_canary()) return false;
  unproven_ = 0;
  return true;
}

void file_checker::check(record& rec) {
  const auto end = std::chrono::steady_clock::now() + options_.time;
  std::vector<outcome> outcomes;
  verdict all = verdict::clean;
  const auto files = rec.files();
  for (std::size_t index = 0; index < files.size(); ++index) {
    const value& file = files[index];
    if (file["data"]) {
      outcomes.push_back(check_file(rec, index, file, std::chrono::steady_clock::now() < end));
      if (options_.shown) options_.shown->file_done();
    } else if (!file["opened"].boolean()) {
      rec.find("scan.missing", {.file = file["id"].str(), .detail = "the file has no data"});
      all = verdict::unknown;
    }
  }
  if (rec["raw"]["data"]) {
    rec.find("scan.missing", {.file = {}, .detail = "the message was not taken apart"});
    all = verdict::unknown;
  }
  const bool proven = outcomes.empty() || trusted(outcomes.size());
  if (!proven) rec.find("scan.failed", {.file = {}, .detail = "the engine does not find its test file any more"});
  for (const outcome& one : outcomes) {
    const verdict verdict = one.verdict == verdict::clean && !proven ? verdict::unknown : one.verdict;
    rec.set_in_file(one.index, "scan", scan_json(verdict, one.signature));
    all = worse(all, verdict);
  }
  const auto& database = scanner_.database();
  if (database.stale(options_.max_age_days, std::time(nullptr)))
    rec.find("scan.stale_database", {.file = {}, .detail = "built " + database.built_at()});
  json::writer out;
  out.begin_object().member("engine", scanner_.engine()).key("database").begin_object();
  out.member("version", database.version)
      .member("signatures", database.signatures)
      .member("built", database.built_at());
  out.end_object().member("verdict", to_string(all)).end_object();
  rec.set("scan", out.take());
}

}  // namespace intake
