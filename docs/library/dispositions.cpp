// dispositions - how many records of each disposition pass, and why those that were not accepted were not. A program of
// one's own beside the tools: records on stdin are hostile, so it confines itself before it reads the first.
#include <unistd.h>

#include <cstdio>
#include <libintake/lines.hpp>
#include <libintake/record.hpp>
#include <libintake/sandbox.hpp>
#include <map>
#include <string>

int main() try {
  intake::sandbox::enter(intake::sandbox::role::keeper);
  std::map<std::string, int> dispositions, codes;
  intake::line_reader reader(STDIN_FILENO);
  while (reader.next() == intake::line_reader::outcome::line) {
    const auto rec = intake::record::over(reader.line());
    const std::string disposition(rec["disposition"].str("not judged"));
    ++dispositions[disposition];
    if (disposition == "accept" || disposition == "list") continue;
    rec["findings"].each([&](intake::value finding) { ++codes[std::string(finding["code"].str())]; });
  }
  for (const auto& [name, count] : dispositions) std::printf("%6d %s\n", count, name.c_str());
  for (const auto& [name, count] : codes) std::printf("%6d   %s\n", count, name.c_str());
  return std::fflush(stdout) == 0 ? 0 : 74;
} catch (const std::exception& error) {
  std::fprintf(stderr, "dispositions: %s\n", error.what());
  return 65;
}
