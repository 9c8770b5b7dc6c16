#include "explain.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <utility>

#include "libintake/lines.hpp"
#include "libintake/log.hpp"
#include "libintake/message_page.hpp"
#include "libintake/sandbox.hpp"
#include "libintake/show.hpp"
#include "libintake/terminal.hpp"

namespace intake {
namespace {

using words = std::vector<std::string>;

std::string program(const std::string& name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

/// The stages in a pipe, one after the other, as a shell would start them.
class pipe_of_stages {
 public:
  explicit pipe_of_stages(const std::vector<words>& stages) {
    for (const auto& stage : stages) start(stage);
  }
  pipe_of_stages(const pipe_of_stages&) = delete;
  pipe_of_stages& operator=(const pipe_of_stages&) = delete;
  ~pipe_of_stages() {
    if (out_ >= 0) ::close(out_);
    for (const auto child : children_) ::waitpid(child, nullptr, 0);
  }

  /// Ends the pipe with `reader`, in a process of its own, which may confine itself.
  void end_with(const std::function<void(int)>& reader) {
    const auto child = ::fork();
    if (child < 0) throw system_failure(exit_status::os, "fork");
    if (child != 0) {
      children_.push_back(child);
      ::close(std::exchange(out_, -1));
      return;
    }
    auto status = exit_status::ok;
    try {
      reader(out_);
    } catch (const failure& error) {
      status = error.status();
      log::say(log::level::error, error.said(), static_cast<int>(status));
    } catch (const unusable_line& error) {
      status = exit_status::data;
      log::say(log::level::error, withheld(error.what()), static_cast<int>(status));
    }
    ::_exit(static_cast<int>(status));
  }
  /// Of the first stage that failed; those before it only felt its end.
  exit_status wait() {
    auto worst = exit_status::ok;
    for (const auto child : std::exchange(children_, {})) {
      int status = 0;
      while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
      }
      if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE) continue;
      const int code = WIFEXITED(status) ? WEXITSTATUS(status) : static_cast<int>(exit_status::software);
      if (worst == exit_status::ok) worst = static_cast<exit_status>(code);
    }
    return worst;
  }

 private:
  void start(words stage) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw system_failure(exit_status::os, "pipe");
    const auto path = program(stage[0]);
    std::vector<char*> argv;
    for (auto& word : stage) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    if (out_ < 0)
      ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    else
      ::posix_spawn_file_actions_adddup2(&actions, out_, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    pid_t child = -1;
    const int error = ::posix_spawn(&child, path.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (out_ >= 0) ::close(out_);
    ::close(ends[1]);
    out_ = ends[0];
    errno = error;
    if (error != 0) throw system_failure(exit_status::os, path);
    children_.push_back(child);
  }

  std::vector<pid_t> children_;
  int out_ = -1;
};

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) throw system_failure(exit_status::io, "stdout");
}

void print_rule(const value& rule, const terminal::style& style) {
  constexpr std::size_t mark_columns = 4, name_columns = 40;
  const auto outcome = rule["outcome"].str();
  const auto tint = outcome == "met"     ? terminal::tint::good
                    : outcome == "unmet" ? terminal::tint::bad
                                         : terminal::tint::none;
  const auto* const mark = outcome == "met" ? "+" : outcome == "unmet" ? "-" : " ";
  std::string head = terminal::tinted(terminal::padded(std::string("  ") + mark, mark_columns), tint, style) +
                     terminal::padded(terminal::neutralised(rule["rule"].str()), name_columns);
  const auto room = style.columns > mark_columns + name_columns + 30 ? style.columns - mark_columns - name_columns : 40;
  for (const auto& line : terminal::wrapped(terminal::neutralised(rule["says"].str()), room)) {
    print(head + line + "\n");
    head.assign(mark_columns + name_columns, ' ');
  }
}

/// What the records say came from a mail: confined, as intake-show is.
void print_all(int from) {
  const auto style = terminal::style_of(STDOUT_FILENO);
  const auto heading = tr("Rules (+ met, - not met) and what they met:");
  sandbox::enter(sandbox::role::keeper);
  line_reader reader(from);
  for (auto got = reader.next(); got != line_reader::outcome::end; got = reader.next()) {
    if (got != line_reader::outcome::line) throw failure(exit_status::data, "a torn record");
    const record rec = show::read(std::string(reader.line()));
    print(std::string(heading) + "\n");
    rec["explanation"].each([&](value rule) { print_rule(rule, style); });
    print("\n" + show::page(rec, style) + "\n");
  }
  if (std::fflush(stdout) != 0) throw system_failure(exit_status::io, "stdout");
}

}  // namespace

exit_status explain_file(context& context, const std::string& path) {
  ::setenv("INTAKE_CONFIG", std::filesystem::absolute(context.config().file).c_str(), 1);
  (void)context.profile();  // what is wrong with it is told once, before anything is started
  pipe_of_stages stages({{"intake-fetch", "--quiet", "--", path},
                         {"intake-parse"},
                         {"intake-decrypt"},
                         {"intake-scan"},
                         {"intake-verify", "--explain"}});
  stages.end_with(print_all);
  return stages.wait();
}

}  // namespace intake
