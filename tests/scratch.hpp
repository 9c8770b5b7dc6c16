// A folder of a test's own that vanishes with it.
#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace scratch {

class folder {
 public:
  folder() {
    std::string made = (std::filesystem::temp_directory_path() / "intake-test-XXXXXX").string();
    path_ = ::mkdtemp(made.data());
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() {
    std::error_code none;
    std::filesystem::remove_all(path_, none);
  }

  [[nodiscard]] std::string path(std::string_view name = {}) const { return path_ + '/' + std::string(name); }

  /// Writes a file and returns its path.
  std::string file(std::string_view name, std::string_view bytes, mode_t mode = 0600) const {
    const auto where = path(name);
    std::filesystem::create_directories(std::filesystem::path(where).parent_path());
    std::ofstream(where, std::ios::binary) << bytes;
    ::chmod(where.c_str(), mode);
    return where;
  }

 private:
  std::string path_;
};

}  // namespace scratch
