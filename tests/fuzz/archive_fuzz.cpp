// Any bytes as an attachment: opened in bounded memory, and what comes out is consistent.
#include <cstdlib>

#include "libintake/archive.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const auto passwords = [] {
    std::vector<intake::labelled_secret> list;
    list.push_back({"1", intake::secret(std::string_view("password"))});
    list.push_back({"2", intake::secret(std::string_view("xyzzy"))});
    return list;
  }();
  intake::archive_limits limits;
  // Room for what is unpacked is made at once: most inputs are small, and make do with little of it.
  limits.bytes = size > 4096 ? 4 << 20 : 100 << 10;
  limits.members = 50;
  limits.password_trials = 20;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto result = intake::open_archive(bytes, "content.gz", passwords, limits);
  // Closed means a finding, and nothing of it let out; open means at least one file.
  if (!result.facts.opened && (result.findings.empty() || !result.files.empty())) std::abort();
  if (result.facts.opened && result.files.empty()) std::abort();
  std::size_t total = 0;
  for (const auto& file : result.files) {
    total += file.size;
    if (file.facts.opened != (file.data.empty() && file.size > 0 && file.facts.kind != intake::archive_kind::none))
      std::abort();
    if (!file.facts.opened && file.data.size() != file.size) std::abort();
    if (file.path.empty() || file.path.front() == '/' || file.path.find("..") == 0) std::abort();
  }
  if (total > limits.bytes || result.files.size() > limits.members) std::abort();
  return 0;
}
