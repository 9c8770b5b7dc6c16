#include "office_kit.hpp"

#define LOK_USE_UNSTABLE_API  // runLoop, saveAs and callbacks are declared behind it
#include <LibreOfficeKit/LibreOfficeKit.h>
#include <LibreOfficeKit/LibreOfficeKitEnums.h>
#include <LibreOfficeKit/LibreOfficeKitInit.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "failure.hpp"
#include "limits.hpp"
#include "office_memory.hpp"
#include "sheet_layout.hpp"
#include "text_document.hpp"

namespace intake {
namespace {

constexpr const char* installation = "/usr/lib/libreoffice/program";

/// PDF export: what is only of use in the PDF itself is left out, for raster reads pages and nothing else.
std::string export_options(std::string_view more = {}) {
  return R"({"ExportBookmarks":{"type":"boolean","value":"false"},"ExportNotes":{"type":"boolean","value":"false"},)"
         R"("UseTaggedPDF":{"type":"boolean","value":"false"},"ExportFormFields":{"type":"boolean","value":"false"},)"
         R"("ReduceImageResolution":{"type":"boolean","value":"true"},"MaxImageResolution":{"type":"long","value":"300"},)"
         R"("Quality":{"type":"long","value":"90"})" +
         std::string(more) + "}";
}

/// Whether a document that opened is what the file was judged as: the extension decides which filter is asked first,
/// but the content may still win.
bool is_kind(int type, document_family kind) {
  switch (kind) {
    case document_family::calc:
    case document_family::table:
      return type == LOK_DOCTYPE_SPREADSHEET;
    case document_family::impress:
      return type == LOK_DOCTYPE_PRESENTATION;
    case document_family::locked_office:
      return type == LOK_DOCTYPE_TEXT || type == LOK_DOCTYPE_SPREADSHEET || type == LOK_DOCTYPE_PRESENTATION;
    default:
      return type == LOK_DOCTYPE_TEXT;
  }
}

/// How often `key` is a key in the answer to `command`. Quotes within its strings are escaped.
std::uint32_t count_in_answer(LibreOfficeKitDocument* document, const char* command, std::string_view key) {
  char* const answer = document->pClass->getCommandValues(document, command);
  const std::string_view text = answer ? answer : "";
  std::uint32_t count = 0;
  for (auto at = text.find(key); at != text.npos; at = text.find(key, at + key.size())) ++count;
  std::free(answer);
  return std::min(count, limits::render_notes);
}

bool is_hidden(LibreOfficeKitDocument* document, int sheet) {
  char* const answer = document->pClass->getPartInfo(document, sheet);
  const bool hidden = answer && std::string_view(answer).find(R"("visible": "0")") != std::string_view::npos;
  std::free(answer);
  return hidden;
}

bool save(LibreOfficeKitDocument* document, const std::string& to, std::string_view more = {}) {
  return document->pClass->saveAs(document, ("file://" + to).c_str(), "pdf", export_options(more).c_str()) != 0;
}

/// Sheets as they print; where that tears their columns apart, each as one page of its own width and length, which
/// raster cuts across. True when it is that.
bool save_sheets(LibreOfficeKitDocument* document, const std::string& to, std::size_t sheets) {
  const auto printed = read_page_sizes(read_file(to, limits::render_source_bytes));
  if (printed.size() <= sheets) return false;
  const std::string whole = to + ".sheets.pdf";
  if (!save(document, whole, R"(,"SinglePageSheets":{"type":"boolean","value":"true"})")) return false;
  if (!columns_are_torn(printed.size(), read_page_sizes(read_file(whole, limits::render_source_bytes)))) return false;
  return rename(whole.c_str(), to.c_str()) == 0;
}

}  // namespace

void office_kit::start(const std::string& fonts) {
  const std::string profile = enter_private_memory(fonts);
  const int words = fcntl(2, F_DUPFD_CLOEXEC, 3);
  const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nothing, 2);  // LibreOffice chats; what matters comes through the socket
  kit_ = lok_init_2(installation, ("file://" + profile).c_str());
  if (kit_ == nullptr) dup2(words, 2);
  close(words);
  close(nothing);
  if (kit_ == nullptr) throw failure(exit_status::unavailable, "LibreOffice does not start");
  kit_->pClass->setOptionalFeatures(kit_, LOK_FEATURE_DOCUMENT_PASSWORD);
  kit_->pClass->registerCallback(kit_, on_event, this);
}

void office_kit::loop(std::function<void()> body) {
  body_ = std::move(body);
  kit_->pClass->runLoop(
      kit_,
      [](void* self, int) {
        static bool inside = false;
        if (inside) return 0;
        inside = true;
        static_cast<office_kit*>(self)->body_();
        return 0;
      },
      [](void*) {}, this);
}

void office_kit::warm_up() {
  struct sample {
    const char* made_as;
    const char* kept_as;
    std::string bytes;
    document_family family;
  };
  for (const auto& one :
       {sample{"fodt", "docx", text_as_document("申請書　見本 花子\tABC 123\n「」、。ァ亜①㈱"),
               document_family::plain_text},
        sample{"fods", "xlsx", table_as_document("申請書,見本 花子\n123,2026-11-17\n"), document_family::calc}}) {
    const std::string made = std::string("/tmp/warm.") + one.made_as, kept = std::string("/tmp/warm.") + one.kept_as;
    write_file(made, one.bytes);
    if (LibreOfficeKitDocument* const document = load(made)) {
      document->pClass->saveAs(document, ("file://" + kept).c_str(), one.kept_as, nullptr);
      document->pClass->destroy(document);
    }
    (void)convert(kept, "/tmp/warm.pdf", one.family);
    for (const auto& path : {made, kept, std::string("/tmp/warm.pdf")}) unlink(path.c_str());
  }
}

LibreOfficeKitDocument* office_kit::load(const std::string& path) {
  // The language is the process's, children's too; naming it again writes the settings anew each time.
  const char* const options = std::exchange(language_set_, true) ? "Batch=true" : "Batch=true,Language=ja-JP";
  return kit_->pClass->documentLoadWithOptions(kit_, ("file://" + path).c_str(), options);
}

void office_kit::on_password(std::vector<std::string_view> passwords, std::function<void()> give_up) {
  passwords_ = std::move(passwords);
  give_up_ = std::move(give_up);
}

office_kit::converted office_kit::convert(const std::string& path, const std::string& to, document_family kind) {
  LibreOfficeKitDocument* const document = load(path);
  if (document == nullptr) return {};
  const bool is_child = give_up_ != nullptr;
  converted made;
  made.password = tried_;
  const int type = document->pClass->getDocumentType(document);
  if (is_kind(type, kind) && is_child) {
    const int sheets = type == LOK_DOCTYPE_SPREADSHEET ? document->pClass->getParts(document) : 0;
    for (int sheet = 0; sheet < sheets; ++sheet) made.notes.hidden_sheets += is_hidden(document, sheet) ? 1 : 0;
    made.notes.comments = count_in_answer(document, ".uno:ViewAnnotations", R"("id":)");
    if (type == LOK_DOCTYPE_TEXT)
      made.notes.changes = count_in_answer(document, ".uno:AcceptTrackedChanges", R"("index":)");
    made.done = save(document, to);
    // The layout by whole sheets shows hidden ones too, which no printed page does.
    if (made.done && sheets > 0 && made.notes.hidden_sheets == 0)
      made.sheets_whole = save_sheets(document, to, static_cast<std::size_t>(sheets));
  } else if (is_kind(type, kind)) {
    made.done = save(document, to);
  }
  // A child ends with its document: taking the document apart is wasted time there.
  if (!is_child) document->pClass->destroy(document);
  return made;
}

void office_kit::on_event(int type, const char* url, void* self) {
  auto& kit = *static_cast<office_kit*>(self);
  if (type == LOK_CALLBACK_DOCUMENT_PASSWORD && kit.give_up_) kit.next_password(url);
  // Without a password to modify it opens for reading.
  if (type == LOK_CALLBACK_DOCUMENT_PASSWORD_TO_MODIFY) kit.kit_->pClass->setDocumentPassword(kit.kit_, url, nullptr);
}

void office_kit::next_password(const char* url) {
  using clock = std::chrono::steady_clock;
  static const auto until = clock::now() + limits::render_password_time;
  if (tried_ == passwords_.size() || clock::now() >= until) return give_up_();
  const std::string password(passwords_[tried_++]);
  kit_->pClass->setDocumentPassword(kit_, url, password.c_str());
}

}  // namespace intake
