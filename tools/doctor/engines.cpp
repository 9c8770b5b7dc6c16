#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "checkup.hpp"
#include "libintake/document_kind.hpp"
#include "libintake/office.hpp"
#include "libintake/scanner.hpp"

namespace intake::doctor {
namespace {

namespace fs = std::filesystem;

bool runs(std::string_view program) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    std::ifstream comm(entry.path() / "comm");
    std::string name;
    if (std::getline(comm, name) && name == program) return true;
  }
  return false;
}

void examine_signatures(report& to, const config& desk) {
  const std::string mend =
      tr("Install clamav-freshclam and let it fetch the signatures: systemctl enable --now clamav-freshclam");
  try {
    scanner_options options;
    options.database = desk.scan.database;
    scanner engine(options);
    const auto& database = engine.database();
    const auto what = fmt::format(fmt::runtime(tr("{}, {} signatures, version {}, built {}")), engine.engine(),
                                  database.signatures, database.version, database.built_at());
    if (!engine.detects_canary())
      to.push_back(
          {state::bad, "scan", fmt::format(fmt::runtime(tr("{}: the test file (EICAR) is not found")), what), mend});
    else if (database.stale(desk.scan.max_age_days, std::time(nullptr)))
      to.push_back({desk.scan.allow_stale ? state::doubtful : state::bad, "scan",
                    fmt::format(fmt::runtime(tr("{}: older than {} days")), what, desk.scan.max_age_days), mend});
    else
      to.push_back({state::good, "scan", what, {}});
  } catch (const failure& error) {
    to.push_back({state::bad, "scan", error.said().local(), mend});
  }
  if (runs("freshclam"))
    to.push_back({state::good, "scan", tr("freshclam is running"), {}});
  else
    to.push_back({state::doubtful, "scan", tr("freshclam is not running: the signatures will grow old"), mend});
}

/// A document all the way to PDF, as rendering would do it.
void examine_office(report& to, const config& desk, bool whole) {
  constexpr auto program = "/usr/lib/libreoffice/program/soffice.bin";
  const std::string mend = tr("apt install libreoffice-writer libreoffice-calc libreoffice-impress libreoffice-draw");
  if (!fs::exists(program)) {
    to.push_back({state::bad, "render", tr("LibreOffice is not installed"), mend});
    return;
  }
  if (!whole) {
    to.push_back({state::good, "render", tr("LibreOffice is installed (--deep tries it)"), {}});
    return;
  }
  try {
    const office office(find_shared("fonts.conf"));
    const auto answer = office.convert(*find_document_kind("application/rtf"), "{\\rtf1 intake doctor}",
                                       std::chrono::seconds(desk.render.seconds), {});
    if (answer.what == office_answer::outcome::done)
      to.push_back({state::good, "render", tr("LibreOffice turned a document into a PDF"), {}});
    else
      to.push_back({state::bad, "render", tr("LibreOffice did not turn a document into a PDF"), mend});
  } catch (const failure& error) {
    to.push_back({state::bad, "render", error.said().local(), mend});
  }
}

struct font {
  const char *family, *package;
};
/// Those that fonts.conf puts in the place of the fonts that Japanese documents name.
constexpr std::array fonts = {font{"IPAMincho", "fonts-ipafont-mincho"},   font{"IPAGothic", "fonts-ipafont-gothic"},
                              font{"IPAmjMincho", "fonts-ipamj-mincho"},   font{"Noto Sans CJK JP", "fonts-noto-cjk"},
                              font{"Noto Serif CJK JP", "fonts-noto-cjk"}, font{"Liberation Sans", "fonts-liberation"},
                              font{"DejaVu Sans", "fonts-dejavu-core"}};

void examine_fonts(report& to) {
  const std::unique_ptr<FILE, int (*)(FILE*)> list(::popen("fc-list : family 2>/dev/null", "r"), ::pclose);
  std::string installed;
  std::array<char, 4096> part;
  for (std::size_t got; list && (got = std::fread(part.data(), 1, part.size(), list.get())) > 0;)
    installed.append(part.data(), got);
  std::string missing, packages;
  for (const auto& it : fonts) {
    if (installed.find(it.family) != installed.npos) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(it.family);
    if (packages.find(it.package) == packages.npos) packages += std::string(" ") + it.package;
  }
  if (missing.empty())
    to.push_back({state::good, "fonts", tr("every family that Japanese documents need is there"), {}});
  else
    to.push_back({state::bad, "fonts",
                  fmt::format(fmt::runtime(tr("missing: {}; characters would be lost on the pages")), missing),
                  "apt install" + packages});
}

}  // namespace

void examine_engines(report& to, const config& desk, const options& options) {
  examine_signatures(to, desk);
  examine_office(to, desk, options.whole);
  examine_fonts(to);
}

}  // namespace intake::doctor
