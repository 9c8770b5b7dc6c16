#include "libintake/authentication.hpp"

#include <doctest/doctest.h>

namespace {
using fields = std::vector<std::pair<std::string, std::string>>;
constexpr const char* name = "Authentication-Results";
intake::authentication read(const fields& of) {
  return intake::read_authentication(of, "MX.example.jp", "proc.example.go.jp");
}
}  // namespace

TEST_SUITE("authentication") {
  TEST_CASE("results of the configured server are read") {
    const auto seen = read({{"Received", "x"},
                            {name,
                             "mx.example.jp 1; (a ; comment) dkim=pass (2048-bit key; ok) header.d=Proc.example.go.jp "
                             "header.i=@proc.example.go.jp; spf=pass smtp.mailfrom=bounce@proc.example.go.jp; "
                             "dmarc=pass reason=\"a; dkim=fail\" header.from=proc.example.go.jp"},
                            {"From", "x"}});
    CHECK(seen.server == "mx.example.jp");
    CHECK(seen.dkim == "pass");
    CHECK(seen.dkim_domain == "proc.example.go.jp");
    CHECK(seen.spf == "pass");
    CHECK(seen.spf_domain == "proc.example.go.jp");
    CHECK(seen.dmarc == "pass");
    CHECK(seen.dmarc_domain == "proc.example.go.jp");
  }

  TEST_CASE("results of other servers do not count") {
    CHECK(read({{name, "evil.example.com; dkim=pass header.d=proc.example.go.jp"}}).server.empty());
    CHECK(read({{name, "(mx.example.jp) evil.example.com; dkim=pass"}}).server.empty());
    CHECK(read({{name, "mx.example.jp.evil.example.com; dkim=pass"}}).server.empty());
    CHECK(intake::read_authentication({{name, "x; dkim=pass"}}, "", "a").server.empty());
    CHECK(read({}).server.empty());
  }

  TEST_CASE("a field that came with the message does not count") {
    const auto seen = read({{name, "mx.example.jp; dkim=none"},
                            {"Received", "from somewhere"},
                            {name, "mx.example.jp; dkim=pass header.d=proc.example.go.jp; dmarc=pass"}});
    CHECK(seen.dkim == "none");
    CHECK(seen.dmarc.empty());
    CHECK(read({{name, "mx.example.jp; dkim=fail"}, {name, "other; spf=pass"}, {name, "mx.example.jp; spf=pass"}})
              .spf.empty());
  }

  TEST_CASE("neighbouring fields of the server are one, and the worse result stands") {
    const auto seen = read({{name, "mx.example.jp; dmarc=pass header.from=proc.example.go.jp"},
                            {name, "mx.example.jp; dkim=pass header.d=proc.example.go.jp; dmarc=fail"}});
    CHECK(seen.dmarc == "fail");
    CHECK(seen.dkim == "pass");
    CHECK(read({{name, "mx.example.jp; dkim=fail"}, {name, "mx.example.jp; dkim=pass"}}).dkim == "fail");
  }

  TEST_CASE("of several signatures the sender's own passed one is taken") {
    const auto seen = read({{name,
                             "mx.example.jp; dkim=pass header.d=esp.example.com; dkim=pass header.d=example.go.jp; "
                             "dkim=fail header.d=proc.example.go.jp"}});
    CHECK(seen.dkim == "pass");
    CHECK(seen.dkim_domain == "example.go.jp");
    CHECK(read({{name, "mx.example.jp; spf=fail; spf=pass"}}).spf == "fail");
  }

  TEST_CASE("text in quotes and open comments is no result") {
    CHECK(read({{name, "mx.example.jp; none \"; dkim=pass\""}}).dkim.empty());
    CHECK(read({{name, "mx.example.jp; spf=none (dkim=pass; dkim=pass"}}).dkim.empty());
    CHECK(read({{name, "mx.example.jp; none"}}).server == "mx.example.jp");
  }
}
