// A small signature database made at run time: the test file of EICAR, never stored as such, and a marker of our own.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace sample {

inline std::string eicar() {
  return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$") + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!" + "$H+H*";
}

inline const std::string marker = "INTAKE-TEST-MALWARE-MARKER";

/// A folder that is removed with the object.
class folder {
 public:
  explicit folder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / ("intake-test-" + name + "-" + std::to_string(counter()++))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~folder() { std::filesystem::remove_all(path_); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }

 private:
  static int& counter() {
    static int value = 0;
    return value;
  }
  std::filesystem::path path_;
};

inline std::string hexadecimal(const std::string& bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[c & 15];
  }
  return out;
}

inline void write_signatures(const folder& to) {
  to.write("test.ndb", "Eicar-Test:0:*:" + hexadecimal(eicar()) + "\nIntake.Test:0:*:" + hexadecimal(marker) + "\n");
}

}  // namespace sample
