// LibreOffice in this process, by LibreOfficeKit. The parent starts it and warms it with text of our own; each child
// uses it for one received document and ends. For office_process only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "office.hpp"

// As LibreOfficeKit.h declares them.
typedef struct _LibreOfficeKit LibreOfficeKit;
typedef struct _LibreOfficeKitDocument LibreOfficeKitDocument;

namespace intake {

class office_kit {
 public:
  /// In private memory of its own, with the fontconfig file `fonts`. Throws failure(unavailable), failure(os).
  void start(const std::string& fonts);
  /// Calls `body` from within LibreOffice's own loop, which never returns to its caller.
  void loop(std::function<void()> body);
  /// Converts a letter and a sheet of our own, through the formats that applicants use most: code is loaded, fonts are
  /// found, caches are filled. Without it a child does not even work; slides and the older formats load what else they
  /// need in each child, which costs a day's few of them less than warming for all.
  void warm_up();

  /// For a child, which answers one document: what to try when the document asks for a password, and what to do when
  /// none of them fits. `give_up` must end the process: declining makes the import filter for .doc crash.
  void on_password(std::vector<std::string_view> passwords, std::function<void()> give_up);

  struct converted {
    bool done = false;  ///< false: not to be opened, or not the kind of document that was asked for
    bool sheets_whole = false;
    unsigned password = 0;
    office_notes notes;
  };
  /// Loads `path` as the kind of document it was judged to be and writes it to `to` as PDF.
  [[nodiscard]] converted convert(const std::string& path, const std::string& to, document_family kind);

 private:
  /// nullptr when it does not open.
  LibreOfficeKitDocument* load(const std::string& path);
  static void on_event(int type, const char* url, void* self);
  void next_password(const char* url);

  LibreOfficeKit* kit_ = nullptr;
  std::function<void()> body_, give_up_;
  std::vector<std::string_view> passwords_;
  unsigned tried_ = 0;
  bool language_set_ = false;
};

}  // namespace intake
