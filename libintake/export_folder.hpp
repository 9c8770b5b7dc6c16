// The folder on the medium for the OA system: harmless PDFs under names that say what they are, and a manifest. Names
// come from received messages and are hostile; contents were checked by their digest. A file is there whole or not at
// all, and none is ever replaced.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace intake {

/// One exported PDF, as the manifest lists it.
struct exported_file {
  std::string path;  ///< name within the folder
  std::string sha256;
  std::size_t size = 0;
  unsigned pages = 0;
  std::string id, receipt_no, file, original;  ///< of the message; of the file in it; its name as received
};

class export_folder {
 public:
  /// Opens the folder, making it if absent, and locks it against a second run, for which it waits ten seconds. What a
  /// killed run left half-written is removed. Throws failure: cant_create, no_permission, temp_fail (in use), data (the
  /// manifest is damaged).
  explicit export_folder(const std::string& path);
  ~export_folder();
  export_folder(const export_folder&) = delete;
  export_folder& operator=(const export_folder&) = delete;

  /// Writes `bytes` as `name`. A file of that name with the same bytes is left as it is; with others the call throws
  /// failure(cant_create). Throws failure(io) when the medium is full.
  void store(const std::string& name, std::string_view bytes);
  /// Adds the file to manifest.ndjson unless it lists it already; durable when it returns.
  void list(const exported_file& file);

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void write_new(const std::string& temporary, std::string_view bytes, const std::string& name);
  struct state;
  std::string path_;
  std::unique_ptr<state> state_;
};

/// "R8-0001_1a2b3c4d_f1_申請書.pdf": receipt number (else nothing), the message's identity, the file's id, its name.
/// Unique, and usable on the file systems of the other side: no separators, controls, reserved characters or names, no
/// directional or invisible characters, and short enough.
[[nodiscard]] std::string export_name(std::string_view receipt_no, std::string_view message_id,
                                      std::string_view file_id, std::string_view original);

}  // namespace intake
