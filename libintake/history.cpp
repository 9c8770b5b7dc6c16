#include "history.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "ledger_state.hpp"
#include "nursery.hpp"
#include "sandbox.hpp"

namespace intake {
namespace {

struct question {
  std::int64_t what = 0, asker = 0;
  char hash[digest_bytes] = {};
};
/// Names its question: a worker that died may have left an answer behind.
struct answer {
  question to;
  std::int64_t yes = 0;
};

constexpr std::size_t start_bytes =
    4096;  ///< status, then the key of look-ups, or a failure in English, NUL, and in the user's language

template <class Call>
ssize_t uninterrupted(Call call) {
  ssize_t done = 0;
  do done = call();
  while (done < 0 && errno == EINTR);
  return done;
}

/// Not send(): who is confined may use what it was given, and nothing that is for sockets only.
bool put(int control, const void* bytes, std::size_t size) {
  return uninterrupted([&] { return ::write(control, bytes, size); }) == static_cast<ssize_t>(size);
}

failure gone() {
  return failure(exit_status::unavailable, "the process that asks the ledger is gone");
}

void serve(int control, const std::function<bool(const question&)>& is_known) {
  for (question asked; uninterrupted([&] { return ::read(control, &asked, sizeof asked); }) == sizeof asked;) {
    const answer said{asked, is_known(asked) ? 1 : 0};
    if (!put(control, &said, sizeof said)) return;
  }
}

}  // namespace

struct history::state {
  nursery keeper;
  secret lookup_key;

  explicit state(const std::function<ledger()>& open) : keeper([&](int control) { keep(control, open); }) {
    secret start(start_bytes);
    const auto got = uninterrupted([&] { return ::read(keeper.descriptor(), start.data(), start_bytes); });
    if (got <= 0) throw gone();
    const auto told = start.view().substr(1, static_cast<std::size_t>(got) - 1);
    if (start.view()[0] != '\0') {
      const auto end = std::min(told.find('\0'), told.size());
      const phrase said(std::string(told.substr(0, end)), std::string(told.substr(std::min(end + 1, told.size()))));
      throw failure(static_cast<exit_status>(start.view()[0]), said);
    }
    lookup_key = secret(told);
    lookup_key.share_with_children();
  }

  /// The other process.
  static void keep(int control, const std::function<ledger()>& open) {
    const auto begin = [&](exit_status status, std::string_view rest) {
      secret start(1 + std::min(rest.size(), start_bytes - 1));
      start.data()[0] = static_cast<char>(status);
      rest.copy(start.data() + 1, start.view().size() - 1);
      return put(control, start.view().data(), start.view().size());
    };
    (void)::signal(SIGPIPE, SIG_IGN);
    try {
      const ledger book = open();
      const auto& own = *book.state_;
      if (!own.unlocked()) throw failure(exit_status::software, "a history needs the ledger's key");
      sandbox::access access;
      access.read = {std::filesystem::absolute(own.db->path()).parent_path().string()};
      sandbox::enter(sandbox::role::keeper, access);
      if (!begin(exit_status::ok, own.lookup_key.view())) return;
      serve(control, [&](const question& asked) {
        return own.seen_elsewhere(asked.what, {asked.hash, sizeof asked.hash}, asked.asker);
      });
    } catch (const failure& error) {
      (void)begin(error.status(), error.said().english() + '\0' + error.said().local());
    }
  }

  [[nodiscard]] bool ask(lookup what, std::string_view value, std::string_view id) const {
    if (value.empty()) return false;
    question asked{static_cast<std::int64_t>(what), short_name(id), {}};
    projection::hash(lookup_key, what, value).copy(asked.hash, sizeof asked.hash);
    const int control = keeper.descriptor();
    if (!put(control, &asked, sizeof asked)) throw gone();
    for (answer said;;) {
      if (uninterrupted([&] { return ::read(control, &said, sizeof said); }) != sizeof said) throw gone();
      if (std::memcmp(&said.to, &asked, sizeof asked) == 0) return said.yes != 0;
    }
  }
};

history::history() = default;
history::history(const std::function<ledger()>& open) : state_(std::make_unique<const state>(open)) {}
history::history(history&&) noexcept = default;
history& history::operator=(history&&) noexcept = default;
history::~history() = default;

std::vector<int> history::descriptors() const {
  return state_ ? std::vector<int>{state_->keeper.descriptor()} : std::vector<int>();
}

bool history::receipt_seen_elsewhere(std::string_view receipt_no, std::string_view id) const {
  return state_ && state_->ask(lookup::receipt_no, receipt_no, id);
}

bool history::malware_from_applicant(std::string_view applicant, std::string_view id) const {
  return state_ && state_->ask(lookup::malware_applicant, applicant, id);
}

bool history::malware_from_sender(std::string_view address, std::string_view id) const {
  return state_ && state_->ask(lookup::malware_sender, address, id);
}

}  // namespace intake
