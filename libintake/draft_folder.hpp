// The folder where drafts lie until a clerk has read and sent them. File names are made of received values and are made
// safe; a draft is there whole or not at all, and none is ever replaced.
#pragma once

#include <string>
#include <string_view>

#include "draft_sink.hpp"
#include "notice.hpp"

namespace intake {

class draft_folder final : public draft_sink {
 public:
  /// Opens the folder, making it if absent (mode 0700). Throws failure: cant_create, no_permission.
  explicit draft_folder(const std::string& path);
  ~draft_folder() override;
  draft_folder(const draft_folder&) = delete;
  draft_folder& operator=(const draft_folder&) = delete;

  /// Mode 0600. A draft of that name is left as it is. Throws failure(io) when the disk is full.
  void store(const draft& letter, const std::string& name, std::string_view message) override;
  [[nodiscard]] std::string place(const std::string& name) const override { return path_ + "/" + name; }

 private:
  std::string path_;
  int folder_;
};

/// "20261117-0001_<message identity>_ask_resubmit_applicant.eml".
[[nodiscard]] std::string draft_name(const draft& letter);

/// The one draft of the folder that a person means by its path, its file name, or the beginning of it (a receipt
/// number). Throws failure: no_input when there is none, usage when there are several.
[[nodiscard]] std::string find_draft(const std::string& folder, const std::string& wanted);

}  // namespace intake
