#include "precedents.hpp"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstring>
#include <type_traits>
#include <unordered_map>

#include "failure.hpp"
#include "limits.hpp"
#include "nfkc.hpp"
#include "short_digest.hpp"

namespace intake {
namespace {

struct entry {
  short_digest key, who;
  char check[8];
};
static_assert(std::has_unique_object_representations_v<entry>, "entries are compared by their bytes");

struct shared_part {
  std::atomic<std::uint64_t> used;
  entry entries[limits::stream_memory_entries];
};

short_digest key_of(std::string_view what, std::string_view text) {
  return short_digest_of(std::string(what) + '\0' + folded(text));
}

std::string checksum(std::uint64_t index, const entry& one) {
  sha256 whole;
  whole.update({reinterpret_cast<const char*>(&index), sizeof index});
  whole.update({reinterpret_cast<const char*>(&one), sizeof one.key + sizeof one.who});
  return whole.bytes().substr(0, sizeof one.check);
}

/// Which messages told something: that there is another one than a given one is all that is ever asked.
struct messages {
  short_digest first;
  bool several = false;
};

}  // namespace

struct stream_memory::state {
  shared_part* shared = nullptr;
  bool damaged = false;
  std::unordered_map<short_digest, messages, short_digest_hash> index;

  /// False when that was known, or makes no difference.
  bool learn(const short_digest& key, const short_digest& who) {
    const auto [found, fresh] = index.try_emplace(key, messages{who});
    if (fresh) return true;
    if (found->second.several || found->second.first == who) return false;
    return found->second.several = true;
  }

  void append(const short_digest& key, std::string_view id) {
    const auto who = short_digest_of(id);
    if (!learn(key, who)) return;
    const auto at = shared->used.load();
    if (at >= limits::stream_memory_entries) {
      damaged = true;  // full: from here on something may have passed that is not known
      return;
    }
    entry& made = shared->entries[at];
    made.key = key;
    made.who = who;
    std::memcpy(made.check, checksum(at, made).data(), sizeof made.check);
    shared->used.store(at + 1);
  }

  [[nodiscard]] bool seen(const short_digest& key, std::string_view other_than_id) const {
    const auto found = index.find(key);
    return found != index.end() && (found->second.several || found->second.first != short_digest_of(other_than_id));
  }
};

stream_memory::stream_memory() : state_(std::make_unique<state>()) {
  // Pages of it become real only when they are written to.
  void* const memory =
      mmap(nullptr, sizeof(shared_part), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw system_failure(exit_status::os, "memory for what passes in this run");
  state_->shared = static_cast<shared_part*>(memory);
}

stream_memory::~stream_memory() {
  munmap(state_->shared, sizeof(shared_part));
}

void stream_memory::recall() {
  auto& own = *state_;
  own.index.clear();
  const auto used = own.shared->used.load();
  own.damaged = used > limits::stream_memory_entries;
  for (std::uint64_t at = 0; at < used && !own.damaged; ++at) {
    const entry& one = own.shared->entries[at];
    own.damaged = std::memcmp(one.check, checksum(at, one).data(), sizeof one.check) != 0;
    own.learn(one.key, one.who);
  }
  // An entry beyond the count: the count was damaged, or a worker died between the two writes.
  constexpr entry none{};
  if (!own.damaged && used < limits::stream_memory_entries)
    own.damaged = std::memcmp(&own.shared->entries[used], &none, sizeof none) != 0;
}

void stream_memory::note_receipt(std::string_view receipt_no, std::string_view id) {
  if (!receipt_no.empty()) state_->append(key_of("receipt", receipt_no), id);
}

void stream_memory::note_malware(std::string_view applicant, std::string_view address, std::string_view id) {
  if (!applicant.empty()) state_->append(key_of("applicant", applicant), id);
  if (!address.empty()) state_->append(key_of("address", address), id);
}

bool stream_memory::receipt_seen(std::string_view receipt_no, std::string_view other_than_id) const {
  return state_->seen(key_of("receipt", receipt_no), other_than_id);
}

bool stream_memory::malware_from_applicant(std::string_view applicant, std::string_view other_than_id) const {
  return state_->seen(key_of("applicant", applicant), other_than_id);
}

bool stream_memory::malware_from_sender(std::string_view address, std::string_view other_than_id) const {
  return state_->seen(key_of("address", address), other_than_id);
}

bool stream_memory::whole() const {
  return !state_->damaged;
}

}  // namespace intake
