// A mail that nothing vouches for: the input is its subject, text and sender. Judging never accepts what the input
// alone could not earn, and what it writes is a record.
#include "libintake/judge.hpp"

#include <cstdlib>
#include <string_view>

#include "libintake/json.hpp"
#include "sample_rule.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const intake::judge judge(fuzz::rule(), fuzz::desk());
  static const intake::stream_memory none;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  intake::json::writer out;
  out.begin_object().member("intake", 1).member("id", "m-1").key("mail").begin_object();
  out.key("from").begin_array().begin_object().member("name", text.substr(0, 200));
  out.member("address", text.size() % 2 ? "noreply@proc.example.go.jp" : "x@y.example").end_object().end_array();
  out.member("subject", text.substr(0, text.find('\n'))).member("text", text).end_object();
  intake::record rec(out.end_object().take());
  const auto made = judge.consider(rec, none);
  if (made.disposition == "accept" || made.disposition == "list") std::abort();
  write(rec, made);
  const intake::record written(rec.line());
  if (written["disposition"].str() != made.disposition) std::abort();
  return 0;
}
