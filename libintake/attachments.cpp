#include "attachments.hpp"

#include <algorithm>
#include <array>

#include "nfkc.hpp"

namespace intake {
namespace {

bool is_attachment(const value& file) {
  return file["origin"].str() != "archive";
}

bool is_archive(const value& file) {
  return file["opened"].boolean() || file["encryption"] || file["type"].str() == "application/zip";
}

/// An archive encrypted as it must be, or one about which decrypt has already said what is wrong.
bool is_regular(const record& rec, const value& file) {
  if (!is_archive(file)) return rec.has_finding_of(file["id"].str(), "archive.");
  return file["encryption"].str().starts_with("aes-") || rec.has_finding_of(file["id"].str(), "archive.");
}

bool has_members(const record& rec, std::string_view container) {
  const auto files = rec.files();
  return std::any_of(files.begin(), files.end(), [&](const value& file) { return file["from"].str() == container; });
}

/// Whether the message was read to its end: what was not read cannot be missing.
bool was_read(const record& rec) {
  return !rec.has_finding("mail.limit") && !rec.has_finding("stage.failed") && !rec.has_finding("input.unusable");
}

// What a document may be by its content. Macros and the like are findings of the scan, whatever the type.
constexpr std::array<std::string_view, 14> document_types = {"application/pdf",
                                                             "image/",
                                                             "text/plain",
                                                             "text/csv",
                                                             "text/rtf",
                                                             "application/rtf",
                                                             "application/msword",
                                                             "application/vnd.ms-excel",
                                                             "application/vnd.ms-powerpoint",
                                                             "application/vnd.ms-word",
                                                             "application/vnd.openxmlformats-officedocument.",
                                                             "application/vnd.oasis.opendocument.",
                                                             "application/x-ole-storage",
                                                             "application/zip"};

bool is_document(const value& file) {
  const auto type = file["type"].str();
  // Not scanned: that is a finding of its own.
  if (type.empty() || file["opened"].boolean()) return true;
  return std::any_of(document_types.begin(), document_types.end(), [&](auto known) { return type.starts_with(known); });
}

std::string shown_name(const value& file) {
  const auto path = file["path"].str();
  return std::string(path.empty() ? std::string_view("(no name)") : path);
}

}  // namespace

bool has_attachment(const record& rec) {
  const auto files = rec.files();
  return std::any_of(files.begin(), files.end(), is_attachment);
}

std::vector<observation> check_application_files(const record& rec, const profile& rule) {
  std::vector<observation> out;
  unsigned regular = 0;
  for (const auto& file : rec.files()) {
    if (!is_attachment(file)) continue;
    const std::string id(file["id"].str());
    if (!is_regular(rec, file)) {
      out.push_back({"attachment.unexpected", shown_name(file), id});
    } else if (++regular > rule.application.attachments_exactly) {
      out.push_back({"attachment.unexpected", "one too many: " + shown_name(file), id});
    } else if (file["opened"].boolean() && !has_members(rec, id) && !rec.has_finding_of(id, "archive.")) {
      out.push_back({"attachment.missing", "nothing is in the archive", id});
    }
  }
  if (regular < rule.application.attachments_exactly && was_read(rec))
    out.push_back({"attachment.missing", std::to_string(regular) + " of " +
                                             std::to_string(rule.application.attachments_exactly) + " (" +
                                             rule.application.attachments_kind + ")"});
  return out;
}

std::vector<observation> check_correction_files(const record& rec) {
  std::vector<observation> out;
  if (!has_attachment(rec) && was_read(rec)) out.push_back({"attachment.missing", "no file comes with the correction"});
  for (const auto& file : rec.files())
    if (!is_document(file))
      out.push_back({"attachment.unexpected", shown_name(file) + ": " + std::string(file["type"].str()),
                     std::string(file["id"].str())});
  return out;
}

std::vector<observation> check_verdicts(const record& rec) {
  std::vector<observation> out;
  for (const auto& file : rec.files()) {
    const std::string id(file["id"].str());
    // An opened container stands for its members, once its own bytes are gone.
    if (file["opened"].boolean() && !file["data"]) continue;
    const auto verdict = file["scan"]["verdict"].str();
    if (verdict == "infected") {
      if (!rec.has_finding_of(id, "malware.found"))
        out.push_back({"malware.found", std::string(file["scan"]["signature"].str()), id});
    } else if (verdict == "unknown") {
      // An archive that stayed shut has its own finding; that it could not be scanned then says nothing new.
      if (!rec.has_finding_of(id, "scan.") && !rec.has_finding_of(id, "archive."))
        out.push_back({"scan.failed", "no verdict", id});
    } else if (verdict != "clean" && !rec.has_finding_of(id, "scan.missing")) {
      out.push_back({"scan.missing", shown_name(file), id});
    }
  }
  const bool told = rec.has_finding("malware.found") || std::any_of(out.begin(), out.end(), [](const auto& one) {
                      return one.code.kind().code == "malware.found";
                    });
  if (rec["scan"]["verdict"].str() == "infected" && !told) out.push_back({"malware.found", "the message as a whole"});
  return out;
}

}  // namespace intake
