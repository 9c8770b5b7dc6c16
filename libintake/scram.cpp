#include "scram.hpp"

#include <gsasl.h>
#include <string.h>  // NOLINT: explicit_bzero

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>

#include "failure.hpp"
#include "limits.hpp"
#include "mail_server.hpp"

namespace intake {
namespace {

/// What the library is given on its way, and what is wrong with what it got.
struct exchange {
  const server_login& login;
  std::string refusal;
};

bool is_within_bounds(const char* iterations) {
  const auto count = iterations ? std::strtoul(iterations, nullptr, 10) : 0;
  return count >= limits::scram_iterations_least && count <= limits::scram_iterations_most;
}

int give(Gsasl* library, Gsasl_session* session, Gsasl_property wanted) {
  auto& it = *static_cast<exchange*>(gsasl_callback_hook_get(library));
  if (wanted == GSASL_AUTHID) return gsasl_property_set(session, wanted, it.login.from.user.c_str());
  if (wanted != GSASL_PASSWORD) return GSASL_NO_CALLBACK;
  if (!is_within_bounds(gsasl_property_fast(session, GSASL_SCRAM_ITER))) {
    it.refusal = "a number of iterations out of bounds";
    return GSASL_NO_PASSWORD;
  }
  const auto password = it.login.password.view();
  return gsasl_property_set_raw(session, wanted, password.data(), password.size());
}

void end(Gsasl_session* session) {
  // The library's copy is wiped like the original.
  if (const char* const copy = gsasl_property_fast(session, GSASL_PASSWORD))
    ::explicit_bzero(const_cast<char*>(copy), std::char_traits<char>::length(copy));
  gsasl_finish(session);
}

}  // namespace

void log_in_by_scram(mail_server& server, const server_login& login) {
  const auto& url = login.from.url;
  const bool is_imap = url.starts_with("imap");
  const auto refused = [&](exit_status status, std::string_view what) {
    return failure(status, "{}: scram-sha-256: {}", url, what.substr(0, 200));
  };
  const auto must = [&](int code) {
    if (code != GSASL_OK) throw refused(exit_status::software, gsasl_strerror(code));
  };

  exchange context{login, {}};
  Gsasl* opened = nullptr;
  must(gsasl_init(&opened));
  const std::unique_ptr<Gsasl, void (*)(Gsasl*)> library(opened, gsasl_done);
  gsasl_callback_hook_set(opened, &context);
  gsasl_callback_set(opened, give);
  Gsasl_session* begun = nullptr;
  must(gsasl_client_start(opened, "SCRAM-SHA-256", &begun));
  const std::unique_ptr<Gsasl_session, void (*)(Gsasl_session*)> session(begun, end);

  const std::string done = is_imap ? "s1 OK" : "+OK";
  server.start_clock();
  server.send(is_imap ? "s1 AUTHENTICATE SCRAM-SHA-256\r\n" : "AUTH SCRAM-SHA-256\r\n");
  for (int code = GSASL_NEEDS_MORE;;) {
    const auto line = server.line();
    if (is_imap && line.starts_with("* ")) continue;
    if (line.starts_with(done)) {
      // The last step checks the server's signature.
      if (code != GSASL_OK)
        throw refused(exit_status::protocol, "the server does not prove that it knows the password");
      return;
    }
    if (!line.starts_with('+')) throw refused(exit_status::no_permission, line);
    const std::string challenge(line.substr(std::min<std::size_t>(line.size(), 2)));
    char* answer = nullptr;
    code = gsasl_step64(begun, challenge.c_str(), &answer);
    const std::unique_ptr<char, void (*)(void*)> freeing(answer, gsasl_free);
    if (code != GSASL_OK && code != GSASL_NEEDS_MORE)
      throw refused(exit_status::protocol, context.refusal.empty() ? gsasl_strerror(code) : context.refusal);
    server.send((answer ? std::string(answer) : std::string()) + "\r\n");
  }
}

}  // namespace intake
