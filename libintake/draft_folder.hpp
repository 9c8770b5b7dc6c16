// The folder where drafts lie until a clerk has read and sent them. File names are made of received values and are made
// safe; a draft is there whole or not at all, and none is ever replaced.
#pragma once

#include <string>
#include <string_view>

#include "notice.hpp"

namespace intake {

class draft_folder {
 public:
  /// Opens the folder, making it if absent (mode 0700). Throws failure: cant_create, no_permission.
  explicit draft_folder(const std::string& path);
  ~draft_folder();
  draft_folder(const draft_folder&) = delete;
  draft_folder& operator=(const draft_folder&) = delete;

  /// Writes `message` as `name`, mode 0600, durable when it returns. A draft of that name is left as it is. Throws
  /// failure(io) when the disk is full.
  void store(const std::string& name, std::string_view message);
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  int folder_;
};

/// "20261117-0001_<message identity>_ask_resubmit_applicant.eml".
[[nodiscard]] std::string draft_name(const draft& letter, std::string_view receipt_no);

}  // namespace intake
