#include "libintake/engine_memory.hpp"

#include <doctest/doctest.h>
#include <sys/mman.h>

#include <algorithm>
#include <string_view>
#include <vector>

using namespace intake;

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool reused = false;  // a sanitizer keeps books about what is mapped
#else
constexpr bool reused = true;
#endif

char* map(std::size_t size) {
  void* const at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(at != MAP_FAILED);
  return static_cast<char*>(at);
}

bool is_mapped(char* at) {
  unsigned char resident = 0;
  return mincore(at, 1, &resident) == 0;
}

}  // namespace

TEST_SUITE("engine_memory") {
  TEST_CASE("what is mapped is used again, and never shows what was in it") {
    constexpr std::size_t size = 5000, seen = 8192;  // whole pages may be written
    const engine_memory kept;
    char* const first = map(size);
    std::fill_n(first, seen, 'x');
    CHECK(munmap(first, size) == 0);
    CHECK(is_mapped(first) == reused);
    char* const again = map(engine_memory::block_bytes);
    CHECK((again == first || !reused));
    CHECK(std::all_of(again, again + engine_memory::block_bytes, [](char c) { return c == '\0'; }));
    CHECK(munmap(again, engine_memory::block_bytes) == 0);
  }

  TEST_CASE("blocks are apart from one another, and when none is free the kernel is asked") {
    const engine_memory kept;
    std::vector<char*> all;
    for (std::size_t i = 0; i < engine_memory::blocks + 2; ++i) all.push_back(map(4096));
    auto sorted = all;
    std::sort(sorted.begin(), sorted.end());
    CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
    for (char* const at : all) CHECK(munmap(at, 4096) == 0);
    CHECK(is_mapped(all.front()) == reused);
    CHECK_FALSE(is_mapped(all.back()));
  }

  TEST_CASE(
      "what is too large, what asks for more than plain memory, and what is mapped at other times is the kernel's") {
    char* before = map(4096);
    {
      const engine_memory kept;
      CHECK(munmap(before, 4096) == 0);
      CHECK_FALSE(is_mapped(before));
      char* const large = map(engine_memory::block_bytes + 1);
      CHECK(munmap(large, engine_memory::block_bytes + 1) == 0);
      CHECK_FALSE(is_mapped(large));
      void* const closed = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      CHECK(munmap(closed, 4096) == 0);
      CHECK_FALSE(is_mapped(static_cast<char*>(closed)));
    }
    char* const after = map(4096);
    CHECK(munmap(after, 4096) == 0);
    CHECK_FALSE(is_mapped(after));
  }

  TEST_CASE("a block that was given back in part is the kernel's from then on") {
    const engine_memory kept;
    char* const whole = map(8192);
    CHECK(munmap(whole + 4096, 4096) == 0);
    CHECK_FALSE(is_mapped(whole + 4096));
    char* const other = map(8192);
    CHECK(other != whole);
    CHECK(munmap(other, 8192) == 0);
    CHECK(munmap(whole, 4096) == 0);
    CHECK_FALSE(is_mapped(whole));
  }
}
