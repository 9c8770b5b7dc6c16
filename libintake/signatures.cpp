#include "signatures.hpp"

#include <clamav.h>
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <vector>

#include "failure.hpp"
#include "limits.hpp"

namespace intake {
namespace {

constexpr std::time_t day = 86400;

struct free_head {
  void operator()(cl_cvd* head) const { cl_cvdfree(head); }
};

[[noreturn]] void unavailable(const std::string& path, const phrase& why) {
  throw failure(exit_status::unavailable, "signature database {}: {}", path, why);
}

std::vector<std::string> files_of(const std::string& path) {
  struct stat state {};
  if (stat(path.c_str(), &state) != 0) throw system_failure(exit_status::unavailable, "signature database {}", path);
  if (!S_ISDIR(state.st_mode)) return {path};
  std::vector<std::string> files;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
  if (!directory) throw system_failure(exit_status::unavailable, "signature database {}", path);
  while (const dirent* const entry = readdir(directory.get()))
    if (entry->d_name[0] != '.') files.push_back(path + '/' + entry->d_name);
  return files;
}

std::string name_of(const std::string& file) {
  return file.substr(file.rfind('/') + 1);
}

bool is_official(const std::string& file) {
  return file.ends_with(".cvd") || file.ends_with(".cld");
}

// What cl_load takes; a README beside them tells nothing of their age.
bool is_custom(const std::string& file) {
  constexpr std::array endings = {".ndb",  ".hdb", ".hsb", ".mdb", ".msb", ".ldb", ".db",  ".cdb", ".crb", ".yar",
                                  ".yara", ".ndu", ".hdu", ".hsu", ".ldu", ".mdu", ".msu", ".cud", ".zmd", ".rmd",
                                  ".idb",  ".fp",  ".sfp", ".pdb", ".wdb", ".gdb", ".cbc", ".cat", ".imp", ".pwdb"};
  return std::any_of(endings.begin(), endings.end(), [&](const char* ending) { return file.ends_with(ending); });
}

}  // namespace

unsigned signature_database::age_days(std::time_t now) const {
  if (built > now + day) return std::numeric_limits<unsigned>::max();
  return built > now ? 0 : static_cast<unsigned>((now - built) / day);
}

std::string signature_database::built_at() const {
  std::tm parts{};
  gmtime_r(&built, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

signature_database read_signature_database(const std::string& path) {
  signature_database official, custom, daily;
  for (const std::string& file : files_of(path)) {
    if (is_official(file)) {
      const std::unique_ptr<cl_cvd, free_head> head(cl_cvdhead(file.c_str()));
      if (!head) unavailable(file, phrase("damaged: its head cannot be read"));
      const signature_database one{path, std::to_string(head->version), 0, static_cast<std::time_t>(head->stime)};
      if (one.built >= official.built) official = one;
      if (name_of(file).starts_with("daily.")) daily = one;
    } else if (is_custom(file)) {
      struct stat state {};
      if (stat(file.c_str(), &state) == 0 && state.st_mtime >= custom.built)
        custom = {path, "custom", 0, state.st_mtime};
    }
  }
  // main.cvd is years old by design, and a file of the desk's own must not hide that the rest is not kept up.
  for (const auto& one : {daily, official, custom})
    if (!one.path.empty()) return one;
  unavailable(path, phrase("no signatures in it"));
}

signature_files look_at_signatures(const std::string& path, std::time_t now) {
  signature_files seen;
  std::vector<std::string> files;
  try {
    files = files_of(path);
  } catch (const failure&) {
    return seen;
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    struct stat state {};
    if ((!is_official(file) && !is_custom(file)) || stat(file.c_str(), &state) != 0) continue;
    for (const auto number : {static_cast<long>(state.st_ino), static_cast<long>(state.st_size), state.st_mtim.tv_sec,
                              state.st_mtim.tv_nsec})
      seen.state += std::to_string(number) + ' ';
    seen.state += file + '\n';
    // Written in place, it may be half of itself; a file that was moved here is as old as its writing.
    const auto age = now - state.st_ctim.tv_sec;
    if (age >= 0 && age < limits::scan_settled.count()) seen.settled = false;
  }
  return seen;
}

}  // namespace intake
