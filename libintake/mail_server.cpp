#include "mail_server.hpp"

#include <curl/curl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <regex>
#include <utility>

#include "failure.hpp"
#include "limits.hpp"
#include "scram.hpp"
#include "stop_signal.hpp"

namespace intake {
namespace {

// libcurl keeps copies of names and passwords; what it gives back is wiped first.

void wiping_free(void* memory) {
  if (memory) ::explicit_bzero(memory, ::malloc_usable_size(memory));
  std::free(memory);
}

void* wiping_realloc(void* memory, std::size_t size) {
  if (!memory) return std::malloc(size);
  void* const moved = std::malloc(size);
  if (!moved) return nullptr;
  std::memcpy(moved, memory, std::min(size, ::malloc_usable_size(memory)));
  wiping_free(memory);
  return moved;
}

char* copy_text(const char* text) {
  return ::strdup(text);
}

void start_libcurl() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init_mem(CURL_GLOBAL_ALL, std::malloc, wiping_free, wiping_realloc, copy_text, std::calloc) != 0)
      throw failure(exit_status::software, "libcurl does not start");
  });
}

/// Scheme, host and port: the path is the caller's.
std::string server_of(const std::string& url) {
  const auto host = url.find("://") + 3;
  return url.substr(0, url.find('/', host)) + '/';
}

/// libcurl's word for a mechanism of the configuration; empty leaves the choice to it.
std::string login_option(const account& from) {
  std::string mechanism = from.auth;
  std::transform(mechanism.begin(), mechanism.end(), mechanism.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; });
  return mechanism.empty() ? mechanism : "AUTH=" + mechanism;
}

/// While libcurl connects, it asks about once a second.
int end_when_asked(void* /*unused*/, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return stop_signal::came() ? 1 : 0;
}

exit_status status_of(CURLcode code) {
  switch (code) {
    case CURLE_LOGIN_DENIED:
    case CURLE_AUTH_ERROR:
      return exit_status::no_permission;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_NOT_BUILT_IN:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
      return exit_status::config;
    case CURLE_WEIRD_SERVER_REPLY:
      return exit_status::protocol;
    default:
      return exit_status::unavailable;
  }
}

/// What libcurl says most often, without how long it took: a problem that lasts is told once, in the same words.
phrase words_of(const std::string& why) {
  static const std::regex duration(" after [0-9]+ (ms|milliseconds)");
  const auto said = std::regex_replace(why, duration, "");
  return recognised(said,
                    {marked("Could not resolve host: {}"), marked("Failed to connect to {} port {}: {}"),
                     marked("Login denied"), marked("SSL certificate problem: {}"),
                     marked("SSL: no alternative certificate subject name matches target host name {}"),
                     marked("Connection timed out"), marked("Connection timeout"), marked("Timeout was reached"),
                     marked("Failure when receiving data from the peer"), marked("Failed sending data to the peer")});
}

/// What the desk can do about it.
phrase advice_on(CURLcode code) {
  switch (code) {
    case CURLE_LOGIN_DENIED:
    case CURLE_AUTH_ERROR:
      return phrase(" (check user, password and auth of the account)");
    case CURLE_PEER_FAILED_VERIFICATION:
      return phrase(
          " (nothing was sent; check the server's name in url, and ca_file; if both are right, tell who runs the "
          "server)");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return phrase(" (check url and the network; else the server is down)");
    default:
      return std::string();
  }
}

}  // namespace

struct mail_server::state {
  using clock = std::chrono::steady_clock;

  CURL* handle = nullptr;
  curl_socket_t socket = CURL_SOCKET_BAD;
  std::string name;  ///< in messages
  std::chrono::milliseconds patience{};
  std::vector<char> buffer;
  std::size_t start = 0, end = 0;  ///< bytes received and not yet used
  clock::time_point until;
  std::size_t lines_left = 0;  ///< bytes that lines may still have

  ~state() { curl_easy_cleanup(handle); }

  template <typename Value>
  void set(CURLoption option, Value value) {
    if (const auto code = curl_easy_setopt(handle, option, value); code != CURLE_OK)
      throw failure(exit_status::config, "{}: {}", name, curl_easy_strerror(code));
  }

  void set_text(CURLoption option, const std::string& text) {
    if (!text.empty()) set(option, text.c_str());
  }

  /// Whether the socket is ready before then.
  [[nodiscard]] bool is_ready(short events, clock::time_point before) const {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(before - clock::now());
      pollfd ready[] = {{socket, events, 0}, {stop_signal::descriptor(), POLLIN, 0}};
      const int count = left.count() > 0 ? ::poll(&ready[0], 2, static_cast<int>(left.count())) : 0;
      stop_signal::check();
      if (count >= 0) return count > 0;
      if (errno != EINTR) throw system_failure(exit_status::os, name);
    }
  }

  /// Throws failure(unavailable) when the socket is not ready before the clock has run out.
  void wait_for(short events) const {
    if (!is_ready(events, until))
      throw failure(exit_status::unavailable, "{}: the server does not answer in time", name);
  }
};

server_login prepare_login(const account& from) {
  start_libcurl();
  const auto what = "account " + from.name + ": password";
  return {from, from.password.empty() ? secret() : read_secret(from.password, what)};
}

std::vector<std::string> server_paths(const account& from) {
  std::vector<std::string> paths = {"/etc/resolv.conf",
                                    "/run/systemd/resolve",
                                    "/etc/hosts",
                                    "/etc/nsswitch.conf",
                                    "/etc/host.conf",
                                    "/etc/gai.conf",
                                    "/etc/services",
                                    "/etc/ssl",
                                    "/usr/lib/ssl",
                                    "/usr/lib",
                                    "/lib"};
  for (const auto& path : {from.ca_file, from.client_cert, from.client_key})
    if (!path.empty()) paths.push_back(path);
  return paths;
}

mail_server::mail_server(const server_login& login) : state_(std::make_unique<state>()) {
  const auto& from = login.from;
  state_->name = from.url;
  state_->patience = std::chrono::seconds(from.timeout_seconds);
  state_->handle = curl_easy_init();
  if (!state_->handle) throw failure(exit_status::software, "libcurl does not start");
  state_->set(CURLOPT_URL, server_of(from.url).c_str());
  state_->set(CURLOPT_PROTOCOLS_STR, "imap,imaps,pop3,pop3s");
  state_->set(CURLOPT_PROXY, "");  // an environment variable must not send the mail elsewhere
  state_->set(CURLOPT_NOSIGNAL, 1L);
  state_->set(CURLOPT_CONNECT_ONLY, 1L);
  state_->set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));  // without TLS nothing is sent, least the password
  state_->set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  state_->set(CURLOPT_SASL_IR, 1L);
  state_->set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(from.timeout_seconds));
  state_->set(CURLOPT_TIMEOUT, static_cast<long>(from.timeout_seconds));
  state_->set(CURLOPT_TCP_KEEPALIVE, 1L);
  state_->set(CURLOPT_TCP_KEEPINTVL, 15L);
  state_->set(CURLOPT_NOPROGRESS, 0L);
  state_->set(CURLOPT_XFERINFOFUNCTION, &end_when_asked);
  state_->set(CURLOPT_BUFFERSIZE, 256L * 1024L);
  state_->set_text(CURLOPT_CAINFO, from.ca_file);
  state_->set_text(CURLOPT_SSLCERT, from.client_cert);
  state_->set_text(CURLOPT_SSLKEY, from.client_key);
  const bool scram = from.auth == "scram-sha-256";
  const bool token = from.auth == "xoauth2" || from.auth == "oauthbearer";
  if (!scram) {  // without a name libcurl logs nobody in
    state_->set_text(CURLOPT_USERNAME, from.user);
    state_->set_text(CURLOPT_LOGIN_OPTIONS, login_option(from));
    // libcurl wants a terminated text; the copy is wiped like the original.
    const auto password = login.password.view();
    secret text(password.size() + 1);
    std::copy(password.begin(), password.end(), text.data());
    if (!password.empty()) state_->set(token ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, text.view().data());
  }
  char why[CURL_ERROR_SIZE] = "";
  state_->set(CURLOPT_ERRORBUFFER, &why[0]);
  const auto code = curl_easy_perform(state_->handle);
  state_->set(CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
  stop_signal::check();
  if (code != CURLE_OK)
    throw failure(status_of(code), "{}: {}{}", from.url, words_of(why[0] ? &why[0] : curl_easy_strerror(code)),
                  advice_on(code));
  if (curl_easy_getinfo(state_->handle, CURLINFO_ACTIVESOCKET, &state_->socket) != CURLE_OK ||
      state_->socket == CURL_SOCKET_BAD)
    throw failure(exit_status::unavailable, "{}: no connection", from.url);
  // What was sent and is not acknowledged, and a peer that answers no keep-alive, end the connection after that time.
  const auto silence = static_cast<unsigned>(state_->patience.count());
  (void)::setsockopt(state_->socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence, sizeof silence);
  state_->buffer.resize(256 * limits::kib);
  start_clock();
  if (scram) log_in_by_scram(*this, login);
}

mail_server::~mail_server() = default;

void mail_server::start_clock() {
  state_->until = state::clock::now() + state_->patience;
  state_->lines_left = limits::server_lines;
}

failure mail_server::lost(const phrase& what) const {
  return {exit_status::unavailable, "{}: {}", state_->name, what};
}

void mail_server::send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const auto code = curl_easy_send(state_->handle, bytes.data(), bytes.size(), &sent);
    if (code == CURLE_AGAIN)
      state_->wait_for(POLLOUT);
    else if (code != CURLE_OK)
      throw lost(words_of(curl_easy_strerror(code)));
    bytes.remove_prefix(sent);
  }
}

/// Adds at least one byte to those not yet used, unless none is there.
bool mail_server::try_receive() {
  auto& it = *state_;
  if (it.start == it.end) it.start = it.end = 0;
  if (it.end == it.buffer.size() && it.start > 0) {
    std::copy(it.buffer.data() + it.start, it.buffer.data() + it.end, it.buffer.data());
    it.end -= std::exchange(it.start, 0);
  }
  if (it.end == it.buffer.size()) it.buffer.resize(2 * it.buffer.size());
  std::size_t got = 0;
  const auto code = curl_easy_recv(it.handle, it.buffer.data() + it.end, it.buffer.size() - it.end, &got);
  it.end += got;
  it.until += std::chrono::microseconds(got * 1'000'000 / limits::server_slowest);
  if (code == CURLE_AGAIN) return false;
  if (code != CURLE_OK) throw lost(words_of(curl_easy_strerror(code)));
  if (got == 0) throw lost(phrase("the server ended the connection"));
  return true;
}

void mail_server::receive() {
  while (!try_receive()) state_->wait_for(POLLIN);
}

bool mail_server::speaks(std::chrono::milliseconds most) {
  const auto before = state::clock::now() + most;
  // TLS may hold what the socket no longer shows, so it is asked first.
  while (state_->start == state_->end && !try_receive())
    if (!state_->is_ready(POLLIN, before)) return false;
  return true;
}

std::string_view mail_server::line() {
  auto& it = *state_;
  for (std::size_t searched = 0;;) {
    const std::string_view received(it.buffer.data() + it.start, it.end - it.start);
    if (const auto lf = received.find('\n', searched); lf != received.npos) {
      it.start += lf + 1;
      it.lines_left -= std::min(it.lines_left, lf + 1);
      return received.substr(0, lf > 0 && received[lf - 1] == '\r' ? lf - 1 : lf);
    }
    if (received.size() >= it.lines_left)
      throw failure(exit_status::protocol, "{}: the server sends lines without end", it.name);
    searched = received.size();
    receive();
  }
}

void mail_server::bytes(std::uint64_t count, const std::function<void(std::string_view)>& take) {
  while (count > 0) {
    const auto piece = some().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(count, SIZE_MAX)));
    take(piece);
    use(piece.size());
    count -= piece.size();
  }
}

std::string_view mail_server::some() {
  if (state_->start == state_->end) receive();
  return {state_->buffer.data() + state_->start, state_->end - state_->start};
}

void mail_server::use(std::size_t count) {
  state_->start += count;
}

}  // namespace intake
