// Records and changes to them: whatever comes, a line that was a record stays one.
#include <algorithm>
#include <cstdlib>

#include "libintake/json.hpp"
#include "libintake/record.hpp"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

intake::line_edits received(std::string_view text) {
  intake::octets bytes(text.size());
  text.copy(bytes.data(), text.size());
  return intake::line_edits::parse(std::move(bytes));
}

std::string enlarged(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == 'Q' ? 5000U : 1U, c);
  return out;
}

/// A large string is as good as a short one, wherever it stands.
void check_large(const std::string& text) {
  if (const auto marks = std::count(text.begin(), text.end(), 'Q'); marks == 0 || marks > 4) return;
  if (text.find("\\u0051") != text.npos) return;  // a Q that is enlarged only once it is decoded
  const auto seen = [](const std::string& line) {
    try {
      return intake::record(line).root().json();
    } catch (const intake::unusable_line&) {
      return std::string();
    }
  };
  must(seen(enlarged(text)) == enlarged(seen(text)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_large(text);
  try {
    (void)received(text).apply(R"({"intake":1,"id":"a","files":[{"id":"f0"}],"mail":{}})").join();
  } catch (const intake::unusable_line&) {
  }
  try {
    (void)intake::raw_member(text, "id");
  } catch (const intake::unusable_line&) {
  }
  try {
    intake::record rec(text);
    rec.find("body.url", {.file = "f0", .detail = text});
    rec.set("kind", "\"other\"");
    rec.set_in("stages", "fuzz", "{}");
    rec.set_in_file(0, "type", intake::json::quoted(text));
    rec.erase_in("raw", "data");
    const auto sent = received(rec.edits().serialise().join());
    const std::string line = rec.line();
    must(sent.apply(rec.original()).join() == line);
    try {
      const intake::record after(line);
      must(after.id() == rec.id());
      must(after.has_finding("body.url"));
      must(after["kind"].str() == "other");
    } catch (const intake::unusable_line& error) {
      // Escaped spellings of a key that a change makes anew are then there twice, and refused.
      must(std::string(error.what()).starts_with("duplicate key") && text.find('\\') != text.npos);
    }
  } catch (const intake::unusable_line&) {
  }
  return 0;
}
