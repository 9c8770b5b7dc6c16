#include "libintake/precedents.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>

using namespace intake;

namespace {

/// Runs `body` as a worker would run: in a child that may die.
template <typename Body>
void in_child(Body&& body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
}

/// Where the memory shared with workers lies, as a worker gone wild might hit it.
char* shared_memory() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("/dev/zero (deleted)") == line.npos) continue;
    const auto from = std::stoull(line, nullptr, 16), to = std::stoull(line.substr(line.find('-') + 1), nullptr, 16);
    if (to - from > (30U << 20)) return reinterpret_cast<char*>(from);
  }
  return nullptr;
}

}  // namespace

TEST_SUITE("precedents") {
  TEST_CASE("a receipt number is known under another message only") {
    stream_memory memory;
    memory.recall();
    CHECK_FALSE(memory.receipt_seen("A-1", "m-1"));
    memory.note_receipt("A-1", "m-1");
    CHECK_FALSE(memory.receipt_seen("A-1", "m-1"));
    CHECK(memory.receipt_seen("A-1", "m-2"));
    CHECK(memory.receipt_seen("Ａ－１", "m-2") == memory.receipt_seen("A-1", "m-2"));
    CHECK(memory.receipt_seen(" a-1 ", "m-2"));
    CHECK_FALSE(memory.receipt_seen("A-2", "m-2"));
    memory.note_receipt("A-1", "m-2");
    CHECK(memory.receipt_seen("A-1", "m-1"));
    memory.note_receipt("", "m-3");
    CHECK_FALSE(memory.receipt_seen("", "m-4"));
  }

  TEST_CASE("malware is remembered by applicant and by address, not by receipt number") {
    stream_memory memory;
    memory.recall();
    memory.note_malware("架空 太郎", "taro@applicant.example.jp", "m-1");
    CHECK(memory.malware_from_applicant("架空太郎", "m-2"));
    CHECK_FALSE(memory.malware_from_applicant("架空 太郎", "m-1"));
    CHECK(memory.malware_from_sender("Taro@applicant.example.jp", "m-2"));
    CHECK_FALSE(memory.malware_from_applicant("taro@applicant.example.jp", "m-2"));
    CHECK_FALSE(memory.receipt_seen("架空 太郎", "m-2"));
    memory.note_malware("", "", "m-3");
    CHECK_FALSE(memory.malware_from_applicant("", "m-4"));
  }

  TEST_CASE("what a worker knew outlives it") {
    stream_memory memory;
    in_child([&] {
      memory.recall();
      memory.note_receipt("A-1", "m-1");
      memory.note_malware("架空 太郎", "", "m-2");
      ::kill(::getpid(), SIGKILL);
    });
    memory.recall();
    CHECK(memory.whole());
    CHECK(memory.receipt_seen("A-1", "m-9"));
    CHECK(memory.malware_from_applicant("架空 太郎", "m-9"));
    CHECK_FALSE(memory.receipt_seen("A-1", "m-1"));
    in_child([&] {
      memory.recall();
      memory.note_receipt("A-2", "m-3");
    });
    memory.recall();
    CHECK(memory.whole());
    CHECK(memory.receipt_seen("A-2", "m-9"));
  }

  TEST_CASE("what a dying worker has damaged is not relied on") {
    for (const std::size_t place :
         {std::size_t{0}, std::size_t{8 + 3}, std::size_t{8 + 40 + 20}, std::size_t{8 + 2 * 40}}) {
      stream_memory memory;
      memory.recall();
      memory.note_receipt("A-1", "m-1");
      memory.note_receipt("A-2", "m-2");
      char* const shared = shared_memory();
      REQUIRE(shared != nullptr);
      in_child([&] {
        shared[place] = static_cast<char>(shared[place] ^ 1);
        ::kill(::getpid(), SIGKILL);
      });
      memory.recall();
      CHECK_MESSAGE(!memory.whole(), place);
    }
  }

  TEST_CASE("a million receipts are known, and one more is said to be too many") {
    stream_memory memory;
    memory.recall();
    for (int i = 0; i < 1'000'000; ++i) memory.note_receipt("A-" + std::to_string(i), "m-1");
    CHECK(memory.whole());
    CHECK(memory.receipt_seen("A-999999", "m-2"));
    memory.note_receipt("A-1000000", "m-1");
    CHECK_FALSE(memory.whole());
  }
}
