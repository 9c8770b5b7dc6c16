#include "record_archives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "archive.hpp"
#include "base64.hpp"
#include "digest.hpp"
#include "json.hpp"
#include "zip_directory.hpp"

namespace intake {
namespace {

// Of a record: what members need beside their data, names and findings above all.
constexpr std::size_t room_for_words = 8 * limits::mib;

// Of an attachment whose end is looked at before the rest is decoded; the end is that of a zip, in base64.
constexpr std::size_t large_attachment = 32 * limits::mib, end_of_zip = 128 * limits::kib;

// A million members without content take tens of megabytes, which need not be decoded to be refused.
bool promises_too_many(std::string_view base64, const archive_limits& limits) {
  if (base64.size() < large_attachment) return false;
  const auto tail = base64::decode(base64.substr((base64.size() - end_of_zip) / 4 * 4));
  const auto members = tail ? promised_members(*tail) : std::nullopt;
  return members && *members > limits.members;
}

// Above every number in use, so that no new id is one that is there.
std::size_t next_file_number(const std::vector<value>& files) {
  std::size_t next = files.size();
  for (const auto& file : files) {
    const auto id = file["id"].str();
    std::size_t number = 0;
    const auto [end, error] =
        std::from_chars(id.data() + std::min<std::size_t>(1, id.size()), id.data() + id.size(), number);
    if (id.starts_with('f') && error == std::errc() && number < next + limits::record_bytes)
      next = std::max(next, number + 1);
  }
  return next;
}

void write_facts(json::writer& out, const archive_facts& facts, std::string_view encryption) {
  out.member_if("type", media_type(facts.kind));
  out.member_if("encryption", facts.encryption.empty() ? encryption : std::string_view(facts.encryption));
  out.member_if("password", facts.password_label);
  if (facts.opened) out.member("opened", true);
}

class record_opener {
 public:
  record_opener(record& rec, std::span<const labelled_secret> passwords, const archive_limits& limits,
                const document_unlocker& unlock)
      : record_(rec),
        passwords_(passwords),
        limits_(limits),
        unlock_(unlock),
        files_(rec.files()),
        next_(next_file_number(files_)) {
    const auto taken = rec.original().size() + room_for_words;
    room_ = taken < limits::record_bytes ? limits::record_bytes - taken : 0;
  }

  void open_all() {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (files_[i]["origin"].str() == "archive" || files_[i]["opened"].boolean()) continue;
      if (promises_too_many(files_[i]["data"].str(), limits_)) {
        record_.set_in_file(i, "type", json::quoted(media_type(archive_kind::zip)));
        record_.find("archive.limit", {.file = files_[i]["id"].str(), .detail = "promises too many members"});
        continue;
      }
      const auto bytes = files_[i]["data"].bytes();
      if (!bytes) continue;
      if (kind_of_archive(*bytes) != archive_kind::none) {
        open(i, *bytes);
      } else if (auto document = unlocked(*bytes, files_[i]["data"].str().size())) {
        set_facts(i, document->type, {.opened = true, .encryption = {}, .password_label = document->password_label});
        append_unlocked(std::move(*document), std::string(files_[i]["path"].str()), std::string(files_[i]["id"].str()));
      }
    }
  }

 private:
  void open(std::size_t index, const std::string& bytes) {
    // What comes out must fit the record, in which four characters carry three bytes; the archive itself goes.
    auto limits = limits_;
    limits.bytes = std::min(limits.bytes, (room_ + files_[index]["data"].str().size()) / 4 * 3);
    auto result = open_archive(bytes, files_[index]["path"].str(), passwords_, limits);
    set_facts(index, media_type(result.facts.kind), result.facts);
    const auto first = next_;
    next_ += result.files.size();
    const auto id_of = [&](std::size_t file) {
      return file == outermost ? std::string(files_[index]["id"].str()) : fmt::format("f{}", first + file);
    };
    for (std::size_t i = 0; i < result.files.size(); ++i)
      append(std::move(result.files[i]), id_of(i), id_of(result.files[i].from));
    for (const auto& finding : result.findings)
      record_.find(finding.code, {.file = id_of(finding.file), .detail = finding.detail});
  }

  /// nullopt too when what it becomes does not fit the record in its place.
  [[nodiscard]] std::optional<unlocked_document> unlocked(std::string_view bytes, std::size_t place) const {
    auto document = unlock_ ? unlock_(bytes) : std::nullopt;
    if (document && document->data.size() > (room_ + place) / 4 * 3) return std::nullopt;
    return document;
  }

  void set_facts(std::size_t index, std::string_view type, const archive_facts& facts) {
    record_.set_in_file(index, "type", json::quoted(type));
    if (!facts.encryption.empty()) record_.set_in_file(index, "encryption", json::quoted(facts.encryption));
    if (!facts.password_label.empty()) record_.set_in_file(index, "password", json::quoted(facts.password_label));
    if (!facts.opened) return;
    record_.set_in_file(index, "opened", "true");
    record_.erase_in_file(index, "data");
    room_ += files_[index]["data"].str().size();
  }

  void append(archive_file&& file, const std::string& id, const std::string& from) {
    auto document = file.facts.kind == archive_kind::none ? unlocked(file.data, 0) : std::nullopt;
    json::writer out;
    out.begin_object().member("id", id).member("path", file.path).member("origin", "archive").member("from", from);
    out.member("size", file.size).member("sha256", file.sha256);
    if (document) {
      out.member("type", document->type).member_if("encryption", file.encryption);
      out.member_if("password", document->password_label).member("opened", true);
    } else {
      write_facts(out, file.facts, file.encryption);
      if (!file.facts.opened) out.key("data").base64_later(std::move(file.data));
    }
    append(out.end_object().take_text());
    if (document) append_unlocked(std::move(*document), file.path, id);
  }

  void append_unlocked(unlocked_document&& document, std::string_view path, std::string_view from) {
    json::writer out;
    out.begin_object().member("id", fmt::format("f{}", next_++)).member("path", path).member("origin", "archive");
    out.member("from", from).member("size", document.data.size()).member("sha256", sha256_hex(document.data));
    out.key("data").base64_later(std::move(document.data));
    append(out.end_object().take_text());
  }

  void append(json::text json) {
    std::size_t size = json.plain.size();
    for (const auto& bytes : json.large) size += (bytes.octets.size() + 2) / 3 * 4;
    room_ -= std::min(room_, size);
    record_.append("files", std::move(json));
  }

  record& record_;
  std::span<const labelled_secret> passwords_;
  archive_limits limits_;
  const document_unlocker& unlock_;
  std::vector<value> files_;
  std::size_t next_ = 0;
  std::size_t room_ = 0;  // bytes that the record may still grow by
};

}  // namespace

void open_archives(record& rec, std::span<const labelled_secret> passwords, const archive_limits& limits,
                   const document_unlocker& unlock) {
  record_opener(rec, passwords, limits, unlock).open_all();
}

}  // namespace intake
