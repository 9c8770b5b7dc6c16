#include "render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "contact_sheet.hpp"
#include "digest.hpp"
#include "json.hpp"
#include "limits.hpp"
#include "safepdf.hpp"

namespace intake {
namespace {

using outcome = page_outcome;

/// Of pages that are looked at and not kept.
constexpr unsigned survey_dpi = 36;

/// How the rendering of a file ended.
struct verdict {
  bool pdf = false;  ///< a PDF was made
  std::optional<finding_code> find;
  std::string detail;
};

verdict judge(outcome ended, unsigned pages, std::uint32_t pages_said) {
  switch (ended) {
    case outcome::complete:
      return {true, std::nullopt, {}};
    case outcome::reduced:
      return {true, finding_code("render.limit"), "a page is shown at a lower resolution"};
    case outcome::cut_pages:
    case outcome::cut_bytes:
      return {true, finding_code("render.limit"),
              pages_said > pages ? fmt::format("cut after page {} of {}", pages, pages_said)
                                 : fmt::format("cut after page {}", pages)};
    case outcome::too_large:
      return {false, finding_code("render.limit"), "too large to be shown at all"};
    case outcome::timeout:
      return {false, finding_code("render.timeout"), "no pages in time"};
    case outcome::password:
      return {false, finding_code("render.password"), {}};
    case outcome::unsupported:
      return {false, finding_code("render.unsupported"), "a variant of the format that is not read"};
    case outcome::damaged:
      return {false, finding_code("render.failed"), "damaged, or not what its type says"};
    case outcome::failed:
      break;
  }
  return {false, finding_code("render.failed"), "the process that read it died"};
}

outcome outcome_of(office_answer::outcome what) {
  switch (what) {
    case office_answer::outcome::done:
      return outcome::complete;
    case office_answer::outcome::password:
      return outcome::password;
    case office_answer::outcome::timeout:
      return outcome::timeout;
    case office_answer::outcome::damaged:
      return outcome::damaged;
    case office_answer::outcome::failed:
      break;
  }
  return outcome::failed;
}

std::string last_page(const verdict& of) {
  return "この文書は変換の制限を超えたため、ここまでで打ち切りました。\nThis document was cut here because it exceeds "
         "a limit.\n\n" +
         of.detail;
}

/// A document that nobody could open, and that no scan looked into for that.
bool stayed_locked(const record& rec, const value& file) {
  return file["scan"]["verdict"].str() == "unknown" && rec.has_finding_of(file["id"].str(), "scan.encrypted") &&
         find_document_kind(file["type"].str()) != nullptr;
}

/// Bytes that a PDF may have so that the finished record keeps within its limit as base64.
std::size_t room_of(const record& rec) {
  std::size_t rest = rec.original().size();
  for (const auto& file : rec.files()) rest -= std::min(rest, file["data"].str().size());
  const std::size_t reserve = limits::mib;
  const std::size_t free = limits::record_bytes - std::min(limits::record_bytes, rest + reserve);
  return free / 4 * 3;
}

}  // namespace

struct renderer::finished {
  verdict said;
  std::string pdf;
  unsigned pages = 0;
  std::vector<missing_character> missing;
  office_notes notes;
  std::uint32_t password = 0;  ///< which one opened it, from 1
  std::string preview;         ///< PNG; empty when none was asked for
  bool vectors = false;        ///< what the pages are made of
  unsigned unread = 0;         ///< pages whose text was looked for in vain
};

renderer::renderer(const office& office, const raster& raster, const clearance& cleared, render_options options)
    : office_(office), raster_(raster), cleared_(cleared), options_(std::move(options)) {}

renderer::finished renderer::make(std::string_view type, std::string_view bytes, std::size_t room) const {
  const document_kind* const kind = find_document_kind(type);
  if (kind == nullptr)
    return {{false, finding_code("render.unsupported"), std::string(type)}, {}, 0, {}, {}, 0, {}, false, 0};
  const auto time =
      std::chrono::milliseconds(options_.time) + limits::worker_per_mebibyte * (bytes.size() / limits::mib);
  raster_request request{kind->family, options_.dpi, false, bytes};
  finished made;
  office_answer answer;
  if (needs_office(kind->family)) {
    answer = office_.convert(*kind, bytes, time, options_.passwords);
    made.said = judge(outcome_of(answer.what), 0, 0);
    if (!made.said.pdf) return made;
    made.notes = answer.notes;
    made.password = answer.password;
    request = {document_family::pdf, options_.dpi, true, answer.untrusted_pdf, answer.sheets_whole};
  }

  // Of a document that becomes vectors the pages are drawn all the same, coarsely: for characters that are missing, for
  // the picture of the first pages, and because what cannot be drawn is not to be passed on in any form.
  const bool vectors = options_.vectors != nullptr && request.family == document_family::pdf;
  if (vectors) request.dpi = survey_dpi;

  const std::size_t most = std::min(room, limits::render_pdf_bytes);
  safe_pdf writer;
  contact_sheet sheet;
  std::uint32_t pages_said = 0;
  unsigned drawn = 0;
  const auto read_until = std::chrono::steady_clock::now() + limits::ocr_document;
  request.visiting = time;
  if (options_.reader != nullptr)
    request.visiting += limits::ocr_document + limits::worker_start + 2 * limits::ocr_page;
  const page_visitor visitor{
      [&](std::uint32_t pages) { pages_said = pages; },
      [&](page&& page) {
        if (options_.preview) sheet.add(page);
        drawn += 1;
        if (options_.shown) options_.shown->page(drawn, pages_said);
        if (vectors) return true;
        if (options_.reader != nullptr && page.runs.empty()) read_text(page, made.unread, read_until);
        writer.add(page);
        return writer.size() < most;
      },
      [&](const missing_character& missing) { made.missing.push_back(missing); },
      [&](std::uint32_t password) { made.password = password; },
  };
  auto ended = raster_.run(request, time, visitor);
  if (ended == outcome::password && !options_.passwords.empty()) {
    request.passwords = options_.passwords.packed();
    ended = raster_.run(request, time, visitor);
  }
  made.said = judge(ended, drawn, pages_said);
  if (!made.said.pdf) return made;
  if (vectors) {
    made.preview = sheet.png();
    make_vectors(made, request.bytes, time);
    return made;
  }
  if (made.said.detail.starts_with("cut")) {
    const auto told = raster_.notice(last_page(made.said), options_.dpi,
                                     {nullptr,
                                      [&](page&& page) {
                                        writer.add(page);
                                        return true;
                                      },
                                      nullptr});
    if (told != outcome::complete) made.said.pdf = false;  // a cut that the PDF does not tell of is not passed on
  }
  made.pages = writer.pages();
  made.pdf = writer.finish();
  made.preview = sheet.png();
  return made;
}

void renderer::read_text(page& of, unsigned& unread, std::chrono::steady_clock::time_point until) const {
  if (std::chrono::steady_clock::now() >= until) {
    ++unread;
    return;
  }
  if (auto runs = options_.reader->read(of, limits::ocr_page))
    of.runs = std::move(*runs);
  else
    ++unread;
}

void renderer::make_vectors(finished& made, std::string_view untrusted_pdf, std::chrono::milliseconds time) const {
  using outcome = vector_maker::answer::outcome;
  // A page whose pixels had to be fewer is whole as vectors; one that was not drawn at all is not.
  if (made.said.detail.starts_with("cut")) {
    made.said.pdf = false;
    return;
  }
  auto answer = options_.vectors->make(untrusted_pdf, time);
  if (answer.what == outcome::done) {
    made.said = {true, std::nullopt, {}};
    made.vectors = true;
    made.pages = answer.pages;
    made.pdf = std::move(answer.text);
  } else if (answer.what == outcome::refused) {
    made.said = {false, finding_code("render.unsupported"),
                 "not proven harmless as vectors (" + answer.text + "); use --mode pixels"};
  } else {
    made.said = judge(answer.what == outcome::timeout ? page_outcome::timeout : page_outcome::failed, 0, 0);
  }
}

void renderer::finish(record& rec, std::size_t index, std::string_view id, finished& made, std::size_t& room) const {
  if (made.said.pdf && made.pdf.size() > room) made.said = judge(outcome::too_large, 0, 0);
  if (made.said.find) rec.find(*made.said.find, {.file = id, .detail = made.said.detail});
  if (!made.missing.empty()) rec.find("render.missing_glyph", {.file = id, .detail = describe(made.missing)});
  auto unseen = describe(made.notes);
  if (made.unread > 0)
    unseen += fmt::format("{}pages whose text could not be read: {}", unseen.empty() ? "" : ", ", made.unread);
  if (!unseen.empty()) rec.find("render.unseen", {.file = id, .detail = unseen});
  if (const auto label = options_.passwords.label(made.password); !label.empty())
    rec.set_in_file(index, "password", json::quoted(label));
  if (!made.said.pdf) return;
  // A picture that the record has no room for is not worth losing a document.
  if (made.pdf.size() + made.preview.size() > room) made.preview.clear();
  room -= made.pdf.size() + made.preview.size();
  json::writer out;
  out.begin_object()
      .member("pages", made.pages)
      .member("size", made.pdf.size())
      .member("sha256", sha256_hex(made.pdf))
      .member("mode", made.vectors ? "vector" : "pixels")
      .key("data")
      .base64(made.pdf);
  if (!made.preview.empty()) out.key("preview").base64(made.preview);
  out.end_object();
  rec.set_in_file(index, "pdf", out.take());
}

void renderer::handle(record& rec) const {
  const bool allowed = cleared_.allows(rec);
  std::size_t room = room_of(rec);
  const auto files = rec.files();
  for (std::size_t index = 0; index < files.size(); ++index) {
    const auto& file = files[index];
    if (!file["data"]) continue;
    const std::string_view id = file["id"].str();
    if (stayed_locked(rec, file)) {
      // Told whether the record may be rendered or not: the clerk is to know what is wanted of the applicant.
      rec.find("render.password", {.file = id, .detail = "no known password opens it"});
    } else if (allowed && file["scan"]["verdict"].str() != "clean") {
      rec.find("scan.missing", {.file = id, .detail = "not rendered: no clean scan"});
    } else if (allowed) {
      const auto bytes = file["data"].bytes();
      finished made =
          bytes ? make(file["type"].str(), *bytes, room)
                : finished{
                      {false, finding_code("render.failed"), "its data is not base64"}, {}, 0, {}, {}, 0, {}, false, 0};
      finish(rec, index, id, made, room);
      if (options_.shown) options_.shown->file_done(made.said.pdf ? made.pages : 0);
    }
    rec.erase_in_file(index, "data");
  }
  if (rec["raw"]["data"]) rec.erase_in("raw", "data");
}

std::string describe(const office_notes& notes) {
  std::string out;
  const auto add = [&](const char* what, std::uint32_t count) {
    if (count > 0) out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", what, count);
  };
  add("hidden sheets", notes.hidden_sheets);
  add("comments", notes.comments);
  add("tracked changes", notes.changes);
  return out;
}

std::string describe(const std::vector<missing_character>& missing) {
  std::map<char32_t, std::vector<std::uint32_t>> pages;
  for (const auto& one : missing) pages[one.character].push_back(one.page);
  constexpr std::size_t most = 20;  // characters named; and pages of each
  std::string out;
  std::size_t named = 0;
  for (auto& [character, on] : pages) {
    if (named++ == most) return out + fmt::format(" and {} more", pages.size() - most);
    std::sort(on.begin(), on.end());
    on.erase(std::unique(on.begin(), on.end()), on.end());
    const bool many = on.size() > most;
    if (many) on.resize(most);
    out += fmt::format("{}U+{:04X} (p. {}{})", out.empty() ? "" : ", ", static_cast<unsigned>(character),
                       fmt::join(on, ", "), many ? ", …" : "");
  }
  return out;
}

}  // namespace intake
