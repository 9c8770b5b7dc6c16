// Maildir: one file a message, delivered into new/, moved to cur/ and renamed there by mail readers while we look.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "failure.hpp"
#include "mail_file.hpp"
#include "mailbox.hpp"

namespace intake {
namespace {

/// Time of delivery: the number that the file's name begins with, in seconds; 0 if it begins with none.
std::int64_t named_time(std::string_view name) {
  const auto end = std::min(name.find_first_not_of("0123456789"), name.size());
  if (end < 9 || end > 11) return 0;
  std::int64_t seconds = 0;
  for (const char c : name.substr(0, end)) seconds = seconds * 10 + (c - '0');
  return seconds;
}

class maildir : public mailbox {
 public:
  maildir(std::string folder, std::string account) : folder_(std::move(folder)), account_(std::move(account)) {}

  [[nodiscard]] std::vector<std::string> paths() const override { return {folder_}; }

  void each(const message_wish& wish, const std::function<void(message&&)>& take) override {
    std::optional<failure> first_problem;
    auto wanted = list();
    std::erase_if(wanted, [&](const auto& entry) {
      const auto& uid = entry.first.second;
      return !wish.wants_uid(uid) || (wish.is_known && wish.is_known(place(uid)));
    });
    if (wish.expect) wish.expect(wanted.size());
    for (const auto& [order, file] : wanted) {
      const auto& [time, uid] = order;
      try {
        auto read = read_message(uid, file);
        if (!read) continue;
        if (time > 0) read->arrived = {time};
        read->place = place(uid);
        if (wish.wants(*read)) take(std::move(*read));
      } catch (const unreadable& problem) {
        if (!first_problem) first_problem = problem.why;
      }
    }
    if (first_problem) throw *first_problem;
  }

 private:
  /// Of one file; what the receiver of messages throws is none of it.
  struct unreadable {
    failure why;
  };
  [[nodiscard]] message_place place(const std::string& uid) const {
    return {.kind = "maildir", .account = account_, .mailbox = folder_, .uidvalidity = {}, .uid = uid, .path = {}};
  }

  /// By time of delivery, then by the unique part of the name.
  using listing = std::map<std::pair<std::int64_t, std::string>, std::string>;

  static std::string unique_part(const std::string& name) { return name.substr(0, name.find(':')); }

  void list_folder(const char* sub, const std::function<void(const std::string& name)>& see) const {
    const auto path = folder_ + '/' + sub;
    DIR* const folder = ::opendir(path.c_str());
    if (!folder) throw cannot_read(path);
    const std::unique_ptr<DIR, int (*)(DIR*)> closing(folder, ::closedir);
    for (;;) {
      errno = 0;
      const dirent* const entry = ::readdir(folder);
      if (!entry && errno != 0) throw system_failure(exit_status::unavailable, path);
      if (!entry) return;
      if (entry->d_name[0] != '.') see(entry->d_name);
    }
  }

  [[nodiscard]] listing list() const {
    listing all;
    // new/ first: a message that moves meanwhile is then seen twice and kept once, instead of never.
    for (const char* const sub : {"new", "cur"})
      list_folder(sub, [&](const std::string& name) {
        const auto uid = unique_part(name);
        all[{named_time(uid), uid}] = std::string(sub) + '/' + name;
      });
    return all;
  }

  /// Path of a message that has been moved or marked since it was listed; empty when it is gone.
  [[nodiscard]] std::string find_again(const std::string& uid) const {
    std::string found;
    for (const char* const sub : {"new", "cur"})
      list_folder(sub, [&](const std::string& name) {
        if (unique_part(name) == uid) found = std::string(sub) + '/' + name;
      });
    return found;
  }

  /// nullopt when it was deleted meanwhile.
  [[nodiscard]] std::optional<message> read_message(const std::string& uid, const std::string& listed) const {
    constexpr int moves = 10;  // a mail reader that renames faster than this is not waited for
    auto name = listed;
    for (int tries = 0; !name.empty(); ++tries) {
      try {
        return read_file(folder_ + '/' + name);
      } catch (const failure& problem) {
        if (problem.status() != exit_status::no_input || tries == moves) throw unreadable{problem};
      }
      name = find_again(uid);
    }
    return std::nullopt;
  }

  static message read_file(const std::string& path) {
    mail_file file(path);
    message_builder builder(file.size());
    for (auto bytes = file.read(); !bytes.empty(); bytes = file.read()) builder.add(bytes);
    auto made = builder.finish();
    made.arrived = {file.modified()};
    return made;
  }

  std::string folder_, account_;
};

}  // namespace

std::unique_ptr<mailbox> open_maildir(std::string folder, std::string account) {
  return std::make_unique<maildir>(std::move(folder), std::move(account));
}

}  // namespace intake
