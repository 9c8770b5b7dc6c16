// Sources of messages: Maildir, mbox, files, stdin, and servers (imap.hpp, pop3.hpp). Handles hostile bytes, and never
// changes the mailbox: nothing is moved, marked, locked for long or deleted. Called by intake-fetch, which is confined.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calendar.hpp"
#include "config.hpp"
#include "digest.hpp"

namespace intake {

/// Where a message lies, as the record's "source" says it. Members that a kind does not have are empty.
struct message_place {
  std::string kind;  ///< imap | pop3 | maildir | mbox | file | stdin
  std::string account, mailbox, uidvalidity, uid, path;
};

/// A message as it came. One is in memory at a time.
struct message {
  message_place place;
  timestamp arrived;       ///< when the server recorded it, as far as the source can tell
  std::string id;          ///< message_identity()
  std::string sha256;      ///< of the bytes as they came
  std::uint64_t size = 0;  ///< of all of them
  std::string raw;         ///< empty when too_large
  std::string head;        ///< its first bytes when too_large
  bool too_large = false;  ///< over limits::raw_message_bytes: only counted and digested
};

/// Which messages are asked for. All that is set must fit.
struct message_wish {
  std::vector<std::string> uids;
  std::vector<std::string> message_ids;  ///< value of Message-ID with or without <>, or the record's id ("m-…")
  std::optional<date> since;             ///< day of arrival, in the desk's time
  /// Whether the message at this place is not wanted; asked before its bytes are read. May be empty.
  std::function<bool(const message_place&)> is_known;
  /// Told how many messages are about to be read, as far as the source can tell before it reads them. May be empty.
  std::function<void(std::size_t count)> expect;

  [[nodiscard]] bool wants_uid(std::string_view uid) const;
  /// By day of arrival, id and the header field of a message that was read.
  [[nodiscard]] bool wants(const message& read) const;
};

class mailbox {
 public:
  virtual ~mailbox() = default;
  /// Paths of the host that it reads; must stay readable when the process is confined.
  [[nodiscard]] virtual std::vector<std::string> paths() const { return {}; }
  [[nodiscard]] virtual bool needs_network() const { return false; }
  /// Hands over each message that is wished for, in the order of the mailbox. What cannot be read is never passed over
  /// in silence: the others are handed over, and then failure is thrown; so it is when the mailbox vanished.
  virtual void each(const message_wish& wish, const std::function<void(message&&)>& take) = 0;
  /// Stays with the mailbox: as each(), and then what comes, as soon as the server tells of it, else as often as `poll`
  /// says. Tells by `looked` that all there is was handed over. Ends by throwing only: failure, or stop_signal::stopped
  /// when an end is asked for. The same message may be handed over again, unless `wish` knows it.
  virtual void watch(const message_wish& wish, std::chrono::seconds poll, const std::function<void(message&&)>& take,
                     const std::function<void()>& looked);
};

/// new/ and cur/ of a Maildir, oldest first. Throws failure(no_input) from each() when it is none.
[[nodiscard]] std::unique_ptr<mailbox> open_maildir(std::string folder, std::string account = {});
/// mbox with From_ lines, quoted as mboxrd and mboxo do; Content-Length is not believed.
[[nodiscard]] std::unique_ptr<mailbox> open_mbox(std::string file, std::string account = {});
/// One message in a file, or the *.eml files of a folder by name.
[[nodiscard]] std::unique_ptr<mailbox> open_message_files(std::string path, std::string account = {});
/// One message on stdin.
[[nodiscard]] std::unique_ptr<mailbox> open_stdin();

/// By what `path` is: "-", a Maildir, a folder of .eml, an mbox, or one message; "maildir:", "mbox:" and "eml:" before
/// it decide. Throws failure(no_input) when there is nothing.
[[nodiscard]] std::unique_ptr<mailbox> open_path(const std::string& path);
/// By the account's url. Secrets are read here, before confinement.
[[nodiscard]] std::unique_ptr<mailbox> open_account(const account& from);

/// First field of that name in the header section of `raw`, unfolded and trimmed; bounded.
[[nodiscard]] std::string header_field(std::string_view raw, std::string_view name);

/// When the receiving server says it came: the topmost Received field.
[[nodiscard]] std::optional<timestamp> received_time(const message& read);

/// Collects the bytes of one message; over the limit it only counts and digests.
class message_builder {
 public:
  /// `expected` bytes are made room for, so that a large message is not copied while it grows.
  explicit message_builder(std::uint64_t expected = 0);
  void add(std::string_view bytes);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Ends it. `place` and `arrived` are the caller's to fill in.
  [[nodiscard]] message finish();

 private:
  void spill();
  std::string raw_;
  std::uint64_t size_ = 0;
  std::optional<sha256> digest_;
  std::optional<message_digest> identity_;
};

/// A record in two parts, between which the base64 of the message's bytes belongs: the line is before + base64(raw) +
/// after. So a large message needs no second, larger copy.
struct fetched_line {
  std::string before, after;
};

/// The record of a message, without LF: intake, id, source, arrived_at and handling_day by `calendar`, raw, and the
/// stamp of the stage. A message over the limit has no raw.data, and the finding mail.limit.
[[nodiscard]] fetched_line fetched_record(const message& from, const desk_calendar& calendar, std::string_view tool);

}  // namespace intake
