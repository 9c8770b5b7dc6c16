// Single messages: a file, the .eml files of a folder, stdin. The time of arrival is the one that the receiving server
// wrote into the topmost Received field; a copy's own time says less.
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "failure.hpp"
#include "limits.hpp"
#include "mail_file.hpp"
#include "mailbox.hpp"

namespace intake {
namespace {

class message_files : public mailbox {
 public:
  message_files(std::string path, std::string account) : path_(std::move(path)), account_(std::move(account)) {}

  [[nodiscard]] std::vector<std::string> paths() const override { return {path_}; }

  void each(const message_wish& wish, const std::function<void(message&&)>& take) override {
    std::optional<failure> first_problem;
    for (const auto& file : list()) {
      message_place place{
          .kind = "file", .account = account_, .mailbox = {}, .uidvalidity = {}, .uid = {}, .path = file};
      if (!wish.wants_uid(file.substr(file.rfind('/') + 1)) || (wish.is_known && wish.is_known(place))) continue;
      std::optional<message> read;
      try {
        read = read_file(file);
      } catch (const failure& problem) {
        if (!first_problem) first_problem = problem;
        continue;
      }
      read->place = std::move(place);
      if (wish.wants(*read)) take(std::move(*read));
    }
    if (first_problem) throw *first_problem;
  }

 private:
  static bool is_message_name(std::string_view name) {
    return name.size() > 4 && name[0] != '.' && (name.ends_with(".eml") || name.ends_with(".EML"));
  }

  [[nodiscard]] std::set<std::string> list() const {
    struct stat found = {};
    if (::stat(path_.c_str(), &found) != 0) throw cannot_read(path_);
    if (!S_ISDIR(found.st_mode)) return {path_};
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path_.c_str()), ::closedir);
    if (!folder) throw cannot_read(path_);
    std::set<std::string> files;
    for (;;) {
      errno = 0;
      const dirent* const entry = ::readdir(folder.get());
      if (!entry && errno != 0) throw system_failure(exit_status::unavailable, path_);
      if (!entry) return files;
      if (is_message_name(entry->d_name)) files.insert(path_ + '/' + entry->d_name);
    }
  }

  static message read_file(const std::string& path) {
    mail_file file(path);
    message_builder builder(file.size());
    for (auto bytes = file.read(); !bytes.empty(); bytes = file.read()) builder.add(bytes);
    auto made = builder.finish();
    made.arrived = received_time(made).value_or(timestamp{file.modified()});
    return made;
  }

  std::string path_, account_;
};

class message_on_stdin : public mailbox {
 public:
  void each(const message_wish& wish, const std::function<void(message&&)>& take) override {
    message_builder builder;
    std::string buffer(256 * limits::kib, '\0');
    for (;;) {
      const auto got = ::read(0, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw system_failure(exit_status::unavailable, "stdin");
      if (got == 0) break;
      builder.add(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    }
    if (builder.size() == 0) throw failure(exit_status::no_input, "stdin: no message");
    auto read = builder.finish();
    read.arrived = received_time(read).value_or(now());
    read.place.kind = "stdin";
    if (wish.wants(read)) take(std::move(read));
  }
};

}  // namespace

std::unique_ptr<mailbox> open_message_files(std::string path, std::string account) {
  return std::make_unique<message_files>(std::move(path), std::move(account));
}

std::unique_ptr<mailbox> open_stdin() {
  return std::make_unique<message_on_stdin>();
}

}  // namespace intake
