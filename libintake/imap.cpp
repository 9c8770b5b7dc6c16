#include "imap.hpp"

#include <algorithm>

#include "failure.hpp"
#include "imap_session.hpp"
#include "limits.hpp"
#include "mail_server.hpp"
#include "mailbox.hpp"

namespace intake {
namespace {

using imap::number;
using imap::session;

/// The day before, because the server's days are not ours; the time of arrival decides later.
std::string search_day(date day) {
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const date before = add_days(day, -1);
  return std::to_string(unsigned{before.day()}) + '-' + months[unsigned{before.month()} - 1] + '-' +
         std::to_string(int{before.year()});
}

class imap_mailbox : public mailbox {
 public:
  explicit imap_mailbox(server_login login) : login_(std::move(login)) {}

  [[nodiscard]] std::vector<std::string> paths() const override { return server_paths(login_.from); }
  [[nodiscard]] bool needs_network() const override { return true; }

  void each(const message_wish& wish, const std::function<void(message&&)>& take) override {
    const auto wanted = [&](message&& found) {
      if (wish.wants(found)) take(std::move(found));
    };
    session open(login_);
    if (!open.is_empty()) {
      const auto uids = wished_uids(open, wish);
      if (wish.expect) wish.expect(uids.size());
      fetch_all(open, uids, wanted);
    }
    open.log_out();
  }

  void watch(const message_wish& wish, std::chrono::seconds poll, const std::function<void(message&&)>& take,
             const std::function<void()>& looked) override {
    session open(login_);
    for (std::uint64_t next = 1;; open.await_news(poll)) {
      auto uids = open.is_empty() ? std::vector<std::uint32_t>() : open.search("UID " + std::to_string(next) + ":*");
      // "*" is the last message, however low its number.
      std::erase_if(uids, [&](std::uint32_t uid) { return uid < next; });
      if (!uids.empty()) next = std::uint64_t{uids.back()} + 1;
      std::erase_if(uids, [&](std::uint32_t uid) { return wish.is_known && wish.is_known(open.place(uid)); });
      fetch_all(open, uids, take);
      looked();
    }
  }

 private:
  static std::vector<std::uint32_t> wished_uids(session& open, const message_wish& wish) {
    std::vector<std::uint32_t> uids;
    for (const auto& criteria : searches(wish))
      for (const auto uid : open.search(criteria)) uids.push_back(uid);
    std::sort(uids.begin(), uids.end());
    uids.erase(std::unique(uids.begin(), uids.end()), uids.end());
    std::erase_if(uids, [&](std::uint32_t uid) {
      return !wish.wants_uid(std::to_string(uid)) || (wish.is_known && wish.is_known(open.place(uid)));
    });
    return uids;
  }

  /// What to search for; what is found is looked at again by message_wish.
  static std::vector<std::string> searches(const message_wish& wish) {
    std::string all = wish.since ? "SINCE " + search_day(*wish.since) : "ALL";
    std::vector<std::uint32_t> uids;
    for (const auto& uid : wish.uids)
      if (const auto known = number(uid); std::to_string(known) == uid) uids.push_back(known);
    if (!wish.uids.empty() && uids.empty()) return {};
    std::sort(uids.begin(), uids.end());
    if (!uids.empty()) all += " UID " + imap::uid_set(uids);

    std::vector<std::string> searches;
    for (const auto& id : wish.message_ids) {
      // The id of a record is made from the bytes: the server cannot search for it.
      if (id.starts_with("m-") && id.find('@') == id.npos) return {all};
      const auto bare = id.size() > 2 && id.front() == '<' && id.back() == '>' ? id.substr(1, id.size() - 2) : id;
      searches.push_back(all + " HEADER MESSAGE-ID " + imap::quoted(bare));
    }
    return searches.empty() ? std::vector{all} : searches;
  }

  /// A message that the server did not give and that is still there is asked for once more by itself; then it is a
  /// failure. One that was deleted meanwhile is gone.
  void fetch_all(session& open, const std::vector<std::uint32_t>& uids,
                 const std::function<void(message&&)>& take) const {
    const auto left = open.fetch(uids, limits::server_window, take);
    if (left.empty()) return;
    auto still_there = open.search("UID " + imap::uid_set({left.begin(), left.end()}));
    std::erase_if(still_there, [&](std::uint32_t uid) { return !left.contains(uid); });
    const auto refused = open.fetch(still_there, 1, take);
    if (refused.empty()) return;
    throw failure(exit_status::protocol, "{}: the server does not give message UID {}: {}", login_.from.url,
                  *refused.begin(), open.refusal().substr(0, 200));
  }

  server_login login_;
};

}  // namespace

std::unique_ptr<mailbox> open_imap(const account& from) {
  return std::make_unique<imap_mailbox>(prepare_login(from));
}

}  // namespace intake
