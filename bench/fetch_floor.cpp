// The floor under any IMAP client: fetch-floor PORT USER PASSWORD CA. OpenSSL's TLS as a library would give it, the
// commands of intake-fetch in the same windows, and nothing done with what comes but to find the ends of lines and
// literals. Prints the bytes of the messages and how many there were.
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr unsigned window = 100;  // as limits::server_window

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "fetch-floor: %s\n", what);
  std::exit(69);
}

class connection {
 public:
  connection(const char* port, const char* ca) {
    addrinfo wanted{}, *found = nullptr;
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    if (getaddrinfo("localhost", port, &wanted, &found) != 0) give_up("no such address");
    const int fd = socket(found->ai_family, found->ai_socktype, 0);
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) give_up("no connection");
    freeaddrinfo(found);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_locations(context, ca, nullptr);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    tls_ = SSL_new(context);
    SSL_set1_host(tls_, "localhost");
    SSL_set_fd(tls_, fd);
    if (SSL_connect(tls_) != 1) give_up("no TLS");
    std::fprintf(stderr, "%s %s\n", SSL_get_version(tls_), SSL_get_cipher(tls_));
  }

  void send(const std::string& text) {
    if (SSL_write(tls_, text.data(), static_cast<int>(text.size())) <= 0) give_up("the server is gone");
  }

  std::string_view line() {
    for (;;) {
      const std::string_view have(&buffer_[start_], end_ - start_);
      if (const auto lf = have.find('\n'); lf != have.npos) {
        start_ += lf + 1;
        return have.substr(0, lf == 0 ? 0 : lf - 1);
      }
      receive();
    }
  }

  void skip(std::size_t count) {
    while (count > 0) {
      if (start_ == end_) receive();
      const auto some = std::min(count, end_ - start_);
      start_ += some;
      count -= some;
    }
  }

 private:
  void receive() {
    if (start_ > 0) std::memmove(buffer_.data(), &buffer_[start_], end_ - start_);
    end_ -= start_;
    start_ = 0;
    const int got = SSL_read(tls_, &buffer_[end_], static_cast<int>(buffer_.size() - end_));
    if (got <= 0) give_up("the server is gone");
    end_ += static_cast<std::size_t>(got);
  }

  SSL* tls_ = nullptr;
  std::vector<char> buffer_ = std::vector<char>(256UL * 1024);
  std::size_t start_ = 0, end_ = 0;
};

std::size_t number(std::string_view text) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 64;
  connection server(argv[1], argv[4]);
  (void)server.line();
  std::size_t exists = 0, messages = 0, bytes = 0;
  server.send("a LOGIN " + std::string(argv[2]) + " " + argv[3] + "\r\n");
  while (!server.line().starts_with("a OK")) {
  }
  server.send("b EXAMINE INBOX\r\n");
  for (auto line = server.line(); !line.starts_with("b OK"); line = server.line())
    if (line.ends_with(" EXISTS")) exists = number(line.substr(2));
  std::size_t asked = 0, answered = 0;
  const auto ask = [&] {
    if (asked * window >= exists) return;
    server.send("f UID FETCH " + std::to_string(asked * window + 1) + ":" + std::to_string((asked + 1) * window) +
                " (UID INTERNALDATE RFC822.SIZE BODY.PEEK[])\r\n");
    ++asked;
  };
  ask();
  ask();
  while (answered < asked) {
    const auto line = server.line();
    if (line.starts_with("f ")) {
      ++answered;
      ask();
    } else if (line.ends_with('}')) {
      const auto size = number(line.substr(line.rfind('{') + 1));
      server.skip(size);
      bytes += size;
      ++messages;
    }
  }
  std::printf("%zu bytes, %zu messages\n", bytes, messages);
}
