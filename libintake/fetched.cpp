// From bytes to a record: the end of every source of messages.
#include <algorithm>
#include <utility>

#include "json.hpp"
#include "limits.hpp"
#include "mailbox.hpp"
#include "record.hpp"
#include "sandbox.hpp"

namespace intake {

message_builder::message_builder(std::uint64_t expected) {
  raw_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(expected, limits::raw_message_bytes)));
}

void message_builder::spill() {
  digest_.emplace().update(raw_);
  identity_.emplace().update(raw_);
  raw_.resize(limits::mime_header_bytes);
  raw_.shrink_to_fit();
}

void message_builder::add(std::string_view bytes) {
  size_ += bytes.size();
  if (size_ <= limits::raw_message_bytes) {
    raw_.append(bytes);
    return;
  }
  if (!digest_) spill();
  digest_->update(bytes);
  identity_->update(bytes);
}

message message_builder::finish() {
  message made;
  made.size = size_;
  made.too_large = digest_.has_value();
  made.sha256 = digest_ ? digest_->hex() : sha256_hex(raw_);
  made.id = identity_ ? identity_->identity() : message_identity(raw_);
  (made.too_large ? made.head : made.raw) = std::move(raw_);
  *this = message_builder();
  return made;
}

fetched_line fetched_record(const message& from, const desk_calendar& calendar, std::string_view tool) {
  const timestamp arrived{from.arrived.seconds, calendar.offset_minutes};
  json::writer out;
  out.begin_object().member("intake", record_version).member("id", from.id);
  if (sandbox::disabled()) out.member("insecure", true);
  out.key("source").begin_object().member("kind", from.place.kind);
  out.member_if("account", from.place.account).member_if("mailbox", from.place.mailbox);
  out.member_if("uidvalidity", from.place.uidvalidity).member_if("uid", from.place.uid);
  out.member_if("path", from.place.path).end_object();
  out.member("arrived_at", to_rfc3339(arrived));
  out.member("handling_day", to_string(calendar.handling_day(arrived)));
  out.key("raw").begin_object().member("sha256", from.sha256).member("size", from.size);
  if (!from.too_large) out.member("data", "");
  const std::size_t data_end = out.text().size() - 1;  // within the quotes
  out.end_object();
  out.key("stages").begin_object().key("fetch").begin_object();
  out.member("tool", tool).member("at", to_rfc3339({now().seconds, 0})).end_object().end_object();
  out.end_object();
  if (!from.too_large) {
    fetched_line line{out.take(), {}};
    line.after = line.before.substr(data_end);
    line.before.resize(data_end);
    return line;
  }
  record rec(out.take());
  rec.find("mail.limit", {.file = {}, .detail = "larger than " + std::to_string(limits::raw_message_bytes) + " bytes"});
  return {rec.line(), {}};
}

}  // namespace intake
