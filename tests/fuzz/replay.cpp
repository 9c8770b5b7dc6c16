// Runs one fuzzer without libFuzzer, so that every test run of every compiler does: replay NOUN RUNS FOLDER executes it
// on each file of FOLDER, and then RUNS times on a file that was changed at random, the same way each time. A defect is
// an abort. Finding new ones is for scripts/fuzz.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#define INTAKE_FUZZER(noun) extern "C" int fuzz_##noun(const unsigned char* data, std::size_t size);
INTAKE_EACH_FUZZER
#undef INTAKE_FUZZER

namespace {

using fuzzer = int (*)(const unsigned char* data, std::size_t size);

fuzzer find_fuzzer(std::string_view wanted) {
#define INTAKE_FUZZER(noun) \
  if (wanted == #noun) return fuzz_##noun;
  INTAKE_EACH_FUZZER
#undef INTAKE_FUZZER
  return nullptr;
}

std::vector<std::string> read_seeds(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const auto& path : paths) {
    std::ifstream from(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(from), std::istreambuf_iterator<char>());
  }
  return seeds;
}

/// A byte set, some erased, some doubled, or the rest of another seed put on.
void change(std::string& data, const std::vector<std::string>& seeds, std::mt19937& random) {
  if (data.empty()) data = "x";
  const auto at = random() % data.size();
  const auto length = 1 + random() % 16;
  switch (random() % 5) {
    case 0:
      data[at] = static_cast<char>(random());
      break;
    case 1:
      data[at] = "\0\xFF\r\n;\"\\<"[random() % 8];
      break;
    case 2:
      data.erase(at, length);
      break;
    case 3:
      data.insert(at, data.substr(at, length));
      break;
    default: {
      const auto& other = seeds[random() % seeds.size()];
      data.resize(at);
      data += other.substr(std::min<std::size_t>(at, other.size()));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto run = argc == 4 ? find_fuzzer(argv[1]) : nullptr;
  const auto seeds = run ? read_seeds(argv[3]) : std::vector<std::string>();
  if (seeds.empty()) {
    std::fputs("usage: replay NOUN RUNS FOLDER (which holds seeds)\n", stderr);
    return 64;
  }
  const auto execute = [&](const std::string& data) {
    // A copy of exactly its size: what reads past its end is seen by AddressSanitizer and valgrind.
    const std::vector<unsigned char> exact(data.begin(), data.end());
    run(exact.data(), exact.size());
  };
  for (const auto& seed : seeds) execute(seed);
  std::mt19937 random(1);  // NOLINT: the same runs each time are the point
  const auto runs = std::strtoul(argv[2], nullptr, 10);
  for (unsigned long i = 0; i < runs; ++i) {
    auto data = seeds[random() % seeds.size()];
    for (auto changes = 1 + random() % 4; changes > 0; --changes) change(data, seeds, random);
    execute(data);
  }
  std::printf("%s: %zu seeds, %lu changed ones\n", argv[1], seeds.size(), runs);
  return 0;
}
