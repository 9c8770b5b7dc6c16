#include "draft_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

#include "digest.hpp"
#include "failure.hpp"

namespace intake {

draft_folder::draft_folder(const std::string& path) : path_(path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) throw cannot_make("folder for drafts " + path);
  folder_ = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_ < 0) throw cannot_make("folder for drafts " + path);
}

draft_folder::~draft_folder() {
  close(folder_);
}

void draft_folder::store(const draft&, const std::string& name, std::string_view message) {
  if (faccessat(folder_, name.c_str(), F_OK, 0) == 0) return;
  const std::string half = "." + name + ".half";  // of a run that was killed, if it is there
  const int file = openat(folder_, half.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) throw cannot_make(phrase("draft {}/{}", path_, withheld(name)));
  const bool written = write_durably(file, message);
  const int error = errno;
  const bool closed = close(file) == 0;
  if (!written || !closed) {
    unlinkat(folder_, half.c_str(), 0);
    errno = written ? errno : error;
    throw system_failure(exit_status::io, "draft {}/{}", path_, withheld(name));
  }
  if (renameat(folder_, half.c_str(), folder_, name.c_str()) != 0 || fsync(folder_) != 0)
    throw system_failure(exit_status::io, "draft {}/{}", path_, withheld(name));
}

std::string draft_name(const draft& letter) {
  const auto safe = [](std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 64)) {
      const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
      out += plain ? c : '_';
    }
    return out;
  };
  std::string name = safe(letter.receipt_no);
  if (!name.empty()) name += '_';
  name += safe(std::string_view(letter.about).substr(letter.about.starts_with("m-") ? 2 : 0));
  if (!letter.once.empty()) name += "_" + sha256_hex(letter.once).substr(0, 8);
  return name + "_" + letter.action + "_" + letter.recipient + ".eml";
}

std::string find_draft(const std::string& folder, const std::string& wanted) {
  if (wanted.ends_with(".eml") && std::filesystem::is_regular_file(wanted)) return wanted;
  std::vector<std::string> found;
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(folder, problem)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(".eml") && name.starts_with(wanted)) found.push_back(entry.path().string());
  }
  if (found.empty()) throw failure(exit_status::no_input, "no draft {} in {}", withheld(wanted), folder);
  if (found.size() == 1) return found.front();
  std::string all;
  std::sort(found.begin(), found.end());
  for (const auto& each : found) all += "\n  " + each;
  throw failure(exit_status::usage, "{}: several drafts; name one:{}", withheld(wanted), withheld(all));
}

}  // namespace intake
