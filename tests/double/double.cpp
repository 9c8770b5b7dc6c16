// A filter that misbehaves as its record tells it to: the test double for the pump, the worker and the sandbox.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>

#include "libintake/filter.hpp"
#include "libintake/json.hpp"

namespace {

intake::progress* shown = nullptr;

void obey(intake::record& rec) {
  if (shown) shown->file_done(2);
  const auto order = rec["order"].str();
  if (order == "die") std::raise(SIGKILL);
  if (order == "crash") *static_cast<volatile int*>(nullptr) = 1;
  if (order == "hang")
    for (;;) pause();
  if (order == "throw") throw std::runtime_error("as ordered");
  if (order == "exit") _exit(0);
  if (order == "look") {  // for the request that comes next, until the deadline
    pollfd next{3, POLLIN, 0};
    if (poll(&next, 1, -1) == 1) rec.set("next_waits", "true");
  }
  if (order == "grow") rec.set("big", intake::json::quoted(std::string(300 << 20, 'x')));
  if (order == "newline") rec.set("x", "[1,\n2]");
  if (order == "broken") rec.set("x", "{");
  if (order == "lie") {  // an answer of another record, written past the frame's own code
    const char line[] = R"({"intake":1,"id":"someone-else"})";
    const unsigned long long size = sizeof line - 1;
    (void)!write(4, &size, sizeof size);
    (void)!write(4, line, sizeof line - 1);
    for (;;) pause();
  }
  if (order == "escape") {
    std::string got;
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0) got += "socket ";
    if (open("/etc/passwd", O_RDONLY) >= 0) got += "read ";
    if (open("/tmp/intake-double", O_WRONLY | O_CREAT, 0600) >= 0) got += "write ";
    execl("/bin/true", "true", nullptr);
    if (fork() >= 0) got += "fork ";
    rec.set("escaped", intake::json::quoted(got));
  }
  if (order == "forge")  // over the line itself
    std::memset(const_cast<char*>(rec.original().data()), 'x', rec.original().size());
  rec.set("seen", "true");
}

}  // namespace

// double [JOBS [ROLE]]
int main(int argc, char** argv) {
  intake::filter_options options;
  options.tool = "double";
  if (argc > 1) options.jobs = static_cast<unsigned>(std::stoi(argv[1]));
  intake::filter_stage stage;
  stage.name = "double";
  stage.deadline = std::chrono::milliseconds(1500);
  if (argc > 2 && std::strcmp(argv[2], "scanner") == 0) stage.role = intake::sandbox::role::scanner;
  if (argc > 2 && std::strcmp(argv[2], "unready") == 0)
    stage.prepare = [] { throw intake::failure(intake::exit_status::unavailable, "not ready"); };
  stage.handle = obey;
  const bool tells = argc > 2 && std::strcmp(argv[2], "progress") == 0;
  intake::progress told(tells ? intake::progress::shape::json : intake::progress::shape::none, options.tool);
  stage.shown = shown = &told;
  try {
    return static_cast<int>(intake::run_filter(options, stage));
  } catch (const intake::failure& error) {
    std::fprintf(stderr, "double: %s\n", error.what());
    return static_cast<int>(error.status());
  }
}
