#include "render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "digest.hpp"
#include "json.hpp"
#include "limits.hpp"
#include "safepdf.hpp"

namespace intake {
namespace {

using outcome = page_outcome;

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

std::string last_page(const verdict& of) {
  return "この文書は変換の制限を超えたため、ここまでで打ち切りました。\nThis document was cut here because it exceeds "
         "a limit.\n\n" +
         of.detail;
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
};

renderer::renderer(const office& office, const raster& raster, const clearance& cleared,
                   const render_options& options)
    : office_(office), raster_(raster), cleared_(cleared), options_(options) {}

renderer::finished renderer::make(std::string_view type, std::string_view bytes, std::size_t room) const {
  if (type == "application/encrypted") return {judge(outcome::password, 0, 0), {}, 0, {}};
  const document_kind* const kind = find_document_kind(type);
  if (kind == nullptr) return {{false, finding_code("render.unsupported"), std::string(type)}, {}, 0, {}};
  const auto time =
      std::chrono::milliseconds(options_.time) + limits::worker_per_mebibyte * (bytes.size() / limits::mib);
  raster_request request{kind->family, options_.dpi, false, bytes};
  std::string intermediate;
  if (needs_office(kind->family)) {
    auto answer = office_.convert(*kind, bytes, time);
    switch (answer.what) {
      case office_answer::outcome::done:
        break;
      case office_answer::outcome::password:
        return {judge(outcome::password, 0, 0), {}, 0, {}};
      case office_answer::outcome::timeout:
        return {judge(outcome::timeout, 0, 0), {}, 0, {}};
      case office_answer::outcome::damaged:
        return {judge(outcome::damaged, 0, 0), {}, 0, {}};
      case office_answer::outcome::failed:
        return {judge(outcome::failed, 0, 0), {}, 0, {}};
    }
    intermediate = std::move(answer.untrusted_pdf);
    request = {document_family::pdf, options_.dpi, true, intermediate};
  }

  const std::size_t most = std::min(room, limits::render_pdf_bytes);
  finished made;
  safe_pdf writer;
  std::uint32_t pages_said = 0;
  const page_visitor visitor{
      [&](std::uint32_t pages) { pages_said = pages; },
      [&](page&& page) {
        writer.add(page);
        return writer.size() < most;
      },
      [&](const missing_character& missing) { made.missing.push_back(missing); },
  };
  made.said = judge(raster_.run(request, time, visitor), writer.pages(), pages_said);
  if (!made.said.pdf) return made;
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
  return made;
}

void renderer::finish(record& rec, std::size_t index, std::string_view id, finished& made, std::size_t& room) const {
  if (made.said.pdf && made.pdf.size() > room) made.said = judge(outcome::too_large, 0, 0);
  if (made.said.find) rec.find(*made.said.find, {.file = id, .detail = made.said.detail});
  if (!made.missing.empty()) rec.find("render.missing_glyph", {.file = id, .detail = describe(made.missing)});
  if (!made.said.pdf) return;
  room -= made.pdf.size();
  json::writer out;
  out.begin_object()
      .member("pages", made.pages)
      .member("size", made.pdf.size())
      .member("sha256", sha256_hex(made.pdf))
      .member("mode", "pixels")
      .key("data")
      .base64(made.pdf)
      .end_object();
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
    if (allowed && file["scan"]["verdict"].str() != "clean") {
      rec.find("scan.missing", {.file = id, .detail = "not rendered: no clean scan"});
    } else if (allowed) {
      const auto bytes = file["data"].bytes();
      finished made = bytes ? make(file["type"].str(), *bytes, room)
                            : finished{{false, finding_code("render.failed"), "its data is not base64"}, {}, 0, {}};
      finish(rec, index, id, made, room);
    }
    rec.erase_in_file(index, "data");
  }
  if (rec["raw"]["data"]) rec.erase_in("raw", "data");
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
