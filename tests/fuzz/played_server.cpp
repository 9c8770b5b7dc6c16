#include "played_server.hpp"

#include <algorithm>
#include <cstdlib>

#include "libintake/failure.hpp"
#include "libintake/limits.hpp"
#include "libintake/mail_server.hpp"

namespace {

std::string_view left;  // what the server has yet to say

}  // namespace

namespace intake {

struct mail_server::state {};

server_login prepare_login(const account& from) {
  return {from, secret()};
}

std::vector<std::string> server_paths(const account&) {
  return {};
}

mail_server::mail_server(const server_login&) {}
mail_server::~mail_server() = default;
void mail_server::start_clock() {}
void mail_server::send(std::string_view) {}

std::string_view mail_server::line() {
  const auto end = left.find('\n');
  if (end == left.npos) throw failure(exit_status::unavailable, "the server ended the connection");
  auto line = left.substr(0, end);
  left.remove_prefix(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void mail_server::bytes(std::uint64_t count, const std::function<void(std::string_view)>& take) {
  while (count > 0) {
    const auto piece = some().substr(0, std::min<std::uint64_t>(count, 1000));
    take(piece);
    use(piece.size());
    count -= piece.size();
  }
}

std::string_view mail_server::some() {
  if (left.empty()) throw failure(exit_status::unavailable, "the server ended the connection");
  return left;
}

bool mail_server::speaks(std::chrono::milliseconds) {
  return !left.empty();
}

void mail_server::use(std::size_t count) {
  left.remove_prefix(count);
}

}  // namespace intake

void fuzz::fetch_all(std::string_view words, std::unique_ptr<intake::mailbox> (*open)(const intake::account&)) {
  intake::account from;
  from.name = "a";
  from.url = "imaps://mail.example.jp/INBOX";
  left = words;
  std::size_t bytes = 0;
  try {
    open(from)->each({}, [&](intake::message&& got) {
      bytes += got.size;
      if (got.id.size() < 3 || got.raw.size() != got.size || got.too_large || got.place.uid.empty()) std::abort();
    });
  } catch (const intake::failure&) {
  }
  if (bytes > words.size()) std::abort();
}
