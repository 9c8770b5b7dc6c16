#include "precedents.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstring>
#include <set>
#include <unordered_map>

#include "digest.hpp"
#include "failure.hpp"
#include "limits.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

constexpr std::size_t digest_bytes = 16;

struct entry {
  char key[digest_bytes], who[digest_bytes];
  char check[8];
};

struct shared_part {
  std::atomic<std::uint64_t> used;
  entry entries[limits::stream_memory_entries];
};

std::string short_digest(std::string_view text) {
  sha256 digest;
  digest.update(text);
  return digest.bytes().substr(0, digest_bytes);
}

std::string key_of(std::string_view what, std::string_view text) {
  return short_digest(std::string(what) + '\0' + folded(text));
}

std::string checksum(std::uint64_t index, const entry& one) {
  sha256 digest;
  digest.update({reinterpret_cast<const char*>(&index), sizeof index});
  digest.update({one.key, sizeof one.key + sizeof one.who});
  return digest.bytes().substr(0, sizeof one.check);
}

}  // namespace

struct stream_memory::state {
  shared_part* shared = nullptr;
  bool damaged = false;
  std::unordered_map<std::string, std::set<std::string>> index;  ///< key → messages

  void append(const std::string& key, std::string_view id) {
    const auto who = short_digest(id);
    if (!index[key].insert(who).second) return;
    const auto at = shared->used.load();
    if (at >= limits::stream_memory_entries) {
      damaged = true;  // full: from here on something may have passed that is not known
      return;
    }
    entry& made = shared->entries[at];
    std::memcpy(made.key, key.data(), sizeof made.key);
    std::memcpy(made.who, who.data(), sizeof made.who);
    std::memcpy(made.check, checksum(at, made).data(), sizeof made.check);
    shared->used.store(at + 1);
  }

  [[nodiscard]] bool seen(const std::string& key, std::string_view other_than_id) const {
    const auto found = index.find(key);
    if (found == index.end()) return false;
    return found->second.size() > (found->second.contains(short_digest(other_than_id)) ? 1U : 0U);
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
    own.index[std::string(one.key, sizeof one.key)].insert(std::string(one.who, sizeof one.who));
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
