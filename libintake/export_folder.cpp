#include "export_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>
#include <vector>

#include "failure.hpp"
#include "json.hpp"
#include "limits.hpp"
#include "record.hpp"

namespace intake {
namespace {

constexpr const char* manifest_name = "manifest.ndjson";
constexpr std::string_view temporary_prefix = ".intake-export-";

/// UTF-8 to code points; what is no UTF-8 becomes U+FFFD.
std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const int more = first < 0x80 ? 0 : first >= 0xF0 && first < 0xF5 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : -1;
    char32_t c = more == 0 ? first : more == 1 ? first & 0x1F : more == 2 ? first & 0x0F : first & 0x07;
    int read = 0;
    while (more > 0 && read < more && i + 1 + static_cast<std::size_t>(read) < text.size()) {
      const auto next = static_cast<unsigned char>(text[i + 1 + static_cast<std::size_t>(read)]);
      if ((next & 0xC0) != 0x80) break;
      c = c << 6 | (next & 0x3F);
      ++read;
    }
    const bool whole = more >= 0 && read == more && first < 0xF5;
    out.push_back(whole ? c : U'\uFFFD');
    i += 1 + static_cast<std::size_t>(read);
  }
  return out;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
            static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    out += {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
            static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
  }
}

/// What makes a name read otherwise than it is, or that Windows does not take.
bool is_unsafe(char32_t c) {
  constexpr std::u32string_view reserved = U"\"*/:<>?\\|";
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || reserved.find(c) != reserved.npos || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x00AD || c == 0x2044 ||
         c == 0x2215 || c == 0xFFFD || (c >= 0xD800 && c <= 0xF8FF) || c > 0x3FFFF;
}

std::string safe_part(std::string_view text, std::size_t most_bytes) {
  std::string out;
  for (const char32_t c : code_points(text)) {
    std::string one;
    append_utf8(one, is_unsafe(c) ? U'_' : c);
    if (out.size() + one.size() > most_bytes) break;
    out += one;
  }
  const auto trimmed = [](char c) { return c == ' ' || c == '.'; };
  while (!out.empty() && trimmed(out.back())) out.pop_back();
  out.erase(out.begin(), std::find_if_not(out.begin(), out.end(), trimmed));
  return out;
}

/// The last component of the name as received, without its extension.
std::string_view stem_of(std::string_view original) {
  original = original.substr(original.find_last_of("/\\") + 1);
  const std::size_t dot = original.rfind('.');
  return dot == original.npos || dot == 0 ? original : original.substr(0, dot);
}

bool is_temporary(std::string_view name) {
  return name.starts_with(temporary_prefix);
}

}  // namespace

struct export_folder::state {
  int folder = -1;
  unsigned serial = 0;
  std::string manifest;
  std::set<std::string, std::less<>> listed;

  ~state() {
    if (folder >= 0) close(folder);
  }

  /// The bytes of a file in the folder; false when there is none.
  bool read(const std::string& name, std::string& bytes) const {
    const int fd = openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return false;
    bytes.clear();
    std::vector<char> buffer(limits::mib);
    ssize_t got = 0;
    while ((got = ::read(fd, buffer.data(), buffer.size())) > 0)
      bytes.append(buffer.data(), static_cast<std::size_t>(got));
    close(fd);
    return got == 0;
  }
};

export_folder::export_folder(const std::string& path) : path_(path), state_(std::make_unique<state>()) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) throw system_failure(exit_status::cant_create, path);
  state_->folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (state_->folder < 0)
    throw system_failure(errno == EACCES ? exit_status::no_permission : exit_status::cant_create, path);
  for (int tries = 0; flock(state_->folder, LOCK_EX | LOCK_NB) != 0; ++tries) {
    // One that was killed holds its lock until the medium has answered it.
    if (tries == 100) throw failure(exit_status::temp_fail, "{}: another intake-export is writing to it", path);
    usleep(100'000);
  }

  DIR* const entries = fdopendir(dup(state_->folder));
  while (const dirent* entry = entries ? readdir(entries) : nullptr)
    if (is_temporary(entry->d_name)) unlinkat(state_->folder, entry->d_name, 0);
  if (entries) closedir(entries);

  if (!state_->read(manifest_name, state_->manifest)) {
    if (faccessat(state_->folder, manifest_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
      throw system_failure(exit_status::no_permission, "{}/{}", path, manifest_name);
    return;
  }
  std::string_view rest = state_->manifest;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const auto line = rest.substr(0, end);
    if (end == rest.npos || !line.starts_with("{\"path\":\"") || !line.ends_with('}'))
      throw failure(exit_status::data, "{}/{}: damaged; move it away to start a new one", path, manifest_name);
    state_->listed.emplace(line);
    rest.remove_prefix(end + 1);
  }
}

export_folder::~export_folder() = default;

void export_folder::write_new(const std::string& temporary, std::string_view bytes, const std::string& name) {
  const phrase shown("{}/{}", path_, withheld(name));
  const int fd = openat(state_->folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) throw system_failure(exit_status::cant_create, shown);
  const auto give_up = [&]() -> failure {
    const failure why = system_failure(exit_status::io, shown);
    unlinkat(state_->folder, temporary.c_str(), 0);
    return why;
  };
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t written = write(fd, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const failure why = give_up();
      close(fd);
      throw why;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  const bool durable = fsync(fd) == 0;
  if (close(fd) != 0 || !durable) throw give_up();
}

void export_folder::store(const std::string& name, std::string_view bytes) {
  const phrase shown("{}/{}", path_, withheld(name));
  const auto refuse_other = [&] {
    std::string there;
    if (!state_->read(name, there) || there != bytes)
      throw failure(exit_status::cant_create, "{}: there is another file of this name, which is not replaced", shown);
  };
  if (faccessat(state_->folder, name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) return refuse_other();

  const std::string temporary =
      std::string(temporary_prefix) + std::to_string(getpid()) + "-" + std::to_string(state_->serial++);
  write_new(temporary, bytes, name);
  constexpr unsigned no_replace = 1;  // RENAME_NOREPLACE
  const int folder = state_->folder;
  if (syscall(SYS_renameat2, folder, temporary.c_str(), folder, name.c_str(), no_replace) != 0) {
    // Network file systems know no such flag, but hard links, which never replace either.
    const bool linked = errno == EINVAL && linkat(folder, temporary.c_str(), folder, name.c_str(), 0) == 0;
    const failure why = system_failure(exit_status::cant_create, shown);
    const bool taken = errno == EEXIST;
    unlinkat(folder, temporary.c_str(), 0);
    if (taken) return refuse_other();
    if (!linked) throw why;
  }
  if (fsync(folder) != 0 && errno != EINVAL) throw system_failure(exit_status::io, path_);
}

void export_folder::list(const exported_file& file) {
  json::writer out;
  out.begin_object()
      .member("path", file.path)
      .member("sha256", file.sha256)
      .member("size", file.size)
      .member("pages", file.pages)
      .member("id", file.id)
      .member_if("receipt_no", file.receipt_no)
      .member("file", file.file)
      .member_if("original", file.original)
      .end_object();
  std::string line = out.take();
  if (state_->listed.contains(line)) return;
  // Written anew beside the old one and put in its place: whoever takes the medium away finds a whole manifest.
  const std::string larger = state_->manifest + line + "\n";
  const std::string temporary = std::string(temporary_prefix) + std::to_string(getpid()) + "-manifest";
  write_new(temporary, larger, manifest_name);
  if (renameat(state_->folder, temporary.c_str(), state_->folder, manifest_name) != 0) {
    const failure why = system_failure(exit_status::cant_create, "{}/{}", path_, manifest_name);
    unlinkat(state_->folder, temporary.c_str(), 0);
    throw why;
  }
  if (fsync(state_->folder) != 0 && errno != EINVAL) throw system_failure(exit_status::io, path_);
  state_->manifest = larger;
  state_->listed.insert(std::move(line));
}

std::string export_name(std::string_view receipt_no, std::string_view message_id, std::string_view file_id,
                        std::string_view original) {
  std::string name;
  const auto add = [&](std::string part) {
    if (part.empty()) return;
    if (!name.empty()) name += '_';
    name += part;
  };
  add(safe_part(receipt_no, 48));
  // Eight digits of the identity keep apart two messages that give the same receipt number.
  if (message_id.starts_with("m-")) message_id.remove_prefix(2);
  add(safe_part(message_id, 8));
  add(safe_part(file_id, 16));
  add(safe_part(stem_of(original), 100));
  return name + ".pdf";
}

}  // namespace intake
