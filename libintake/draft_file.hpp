// One file that holds many drafts: an mbox (RFC 4155) that mail programs import, or NDJSON for programs. Drafts are
// only ever appended, each whole or not at all, under the lock that mail programs take.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "draft_sink.hpp"

namespace intake {

enum class draft_form { mbox, ndjson };

class draft_file final : public draft_sink {
 public:
  /// Opens the file, making it if absent (mode 0600). Throws failure: cant_create, no_permission, no_input (no regular
  /// file).
  draft_file(const std::string& path, draft_form form);
  ~draft_file() override;
  draft_file(const draft_file&) = delete;
  draft_file& operator=(const draft_file&) = delete;

  /// A draft whose Message-ID the file holds is not appended again: a run that died after it wrote. Throws failure: io
  /// (the file is then as it was), temp_fail (another program holds the lock).
  void store(const draft& letter, const std::string& name, std::string_view message) override;
  [[nodiscard]] std::string place(const std::string&) const override { return path_; }

 private:
  [[nodiscard]] bool holds(std::string_view message_id) const;
  std::string path_;
  draft_form form_;
  int file_;
};

}  // namespace intake
