#include "mail_program.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <vector>

#include "failure.hpp"

namespace intake {

void open_in_mail_program(const std::string& path, const std::string& program) {
  std::vector<std::string> words;
  std::istringstream named(program.empty() ? "xdg-open" : program);
  for (std::string word; named >> word;) words.push_back(word);
  words.push_back(path);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const auto refuse = [&](const phrase& why) {
    throw failure(exit_status::unavailable,
                  "{}: {}; the draft lies in {} (output.mail_program in the configuration names another program)",
                  words.front(), why, path);
  };
  pid_t child = 0;
  if (const int error = posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ))
    refuse(system_error(error));
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw system_failure(exit_status::os, "waiting for {}", words.front());
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    refuse(WIFEXITED(status) ? phrase("status {}", WEXITSTATUS(status)) : phrase("ended by a signal"));
}

}  // namespace intake
