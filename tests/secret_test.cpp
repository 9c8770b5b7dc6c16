#include "libintake/secret.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "libintake/failure.hpp"
#include "libintake/limits.hpp"
#include "scratch.hpp"

using namespace intake;

namespace {

/// Status and message of the failure, "none" if there was none.
std::pair<exit_status, std::string> failing(const std::string& reference) {
  try {
    static_cast<void>(read_secret(reference, "setting"));
  } catch (const failure& problem) {
    return {problem.status(), problem.what()};
  }
  return {exit_status::ok, "none"};
}

/// What the kernel says of the memory at `address` (proc(5), smaps).
std::string flags_of_memory(const char* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/smaps");
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    if (const auto dash = line.find('-'); dash != line.npos && dash < 20 && line.find(':') > dash)
      here = wanted >= std::stoull(line, nullptr, 16) && wanted < std::stoull(line.substr(dash + 1), nullptr, 16);
    if (here && line.starts_with("VmFlags:")) return line.substr(8) + ' ';
  }
  return {};
}

/// Whether a child that is forked now has it.
bool is_in_child(const secret& what, std::string_view text) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(what.view() == text ? 1 : what.view() == std::string(text.size(), '\0') ? 0 : 2);
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) < 2);
  return WEXITSTATUS(status) == 1;
}

}  // namespace

TEST_SUITE("secret") {
  TEST_CASE("a secret file gives its bytes without one line end") {
    const scratch::folder folder;
    CHECK(read_secret("file:" + folder.file("a", "s3cret\n"), "x").view() == "s3cret");
    CHECK(read_secret("file:" + folder.file("b", "s3cret\r\n"), "x").view() == "s3cret");
    CHECK(read_secret("file:" + folder.file("c", " two\nlines\n\n"), "x").view() == " two\nlines\n");
    CHECK(read_secret("file:" + folder.file("d", "s3cret", 0400), "x").view() == "s3cret");
  }

  TEST_CASE("a file open to others is refused, and the message says what to do") {
    const scratch::folder folder;
    for (const mode_t mode : {0640, 0604, 0620, 0610, 0660, 0666}) {
      const auto [status, text] = failing("file:" + folder.file("a", "hunter2", mode));
      CHECK(status == exit_status::no_permission);
      CHECK(text.find("chmod 600 " + folder.path("a")) != text.npos);
      CHECK(text.find("hunter2") == text.npos);
    }
  }

  TEST_CASE("a file of another user is refused") {
    const scratch::folder folder;
    const auto path = folder.file("a", "hunter2");
    if (::geteuid() != 0 || ::chown(path.c_str(), 12345, 12345) != 0) return;  // only root can make one
    CHECK(failing("file:" + path).first == exit_status::no_permission);
  }

  TEST_CASE("what is missing, empty, no file or too large is refused") {
    const scratch::folder folder;
    CHECK(failing("file:" + folder.path("absent")).first == exit_status::no_input);
    CHECK(failing("file:" + folder.path()).first == exit_status::config);
    CHECK(failing("file:" + folder.file("empty", "\n")).first == exit_status::config);
    CHECK(failing("file:" + folder.file("large", std::string(limits::secret_bytes + 2, 'x'))).first ==
          exit_status::config);
    CHECK(read_secret("file:" + folder.file("most", std::string(limits::secret_bytes, 'x')), "x").view().size() ==
          limits::secret_bytes);
    const auto fifo = folder.path("fifo");
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK(failing("file:" + fifo).first == exit_status::config);
  }

  TEST_CASE("a value in place of a reference is refused and not shown") {
    const auto [status, text] = failing("hunter2");
    CHECK(status == exit_status::config);
    CHECK(text.find("hunter2") == text.npos);
    CHECK(text.find("setting") != text.npos);
    CHECK(failing("").first == exit_status::config);
  }

  TEST_CASE("a credential is looked for in the service's folder only") {
    const scratch::folder folder;
    folder.file("mail", "s3cret\n", 0440);  // systemd lets the service in by an ACL
    ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
    CHECK(read_secret("credential:mail", "x").view() == "s3cret");
    CHECK(failing("credential:../mail").first == exit_status::config);
    CHECK(failing("credential:").first == exit_status::config);
    CHECK(failing("credential:other").first == exit_status::no_input);
    folder.file("mail", "s3cret\n", 0444);
    CHECK(failing("credential:mail").first == exit_status::no_permission);
    ::unsetenv("CREDENTIALS_DIRECTORY");
    CHECK(failing("credential:mail").first == exit_status::no_input);
  }

  TEST_CASE("a command gives its output, without a shell") {
    CHECK(read_secret("command:printf s3cret\\n", "x").view() == "s3cret");
    CHECK(read_secret("command: echo  $HOME ; id", "x").view() == "$HOME ; id");
    CHECK(failing("command:").first == exit_status::config);
    CHECK(failing("command:/absent/program s3cret").first == exit_status::unavailable);
    CHECK(failing("command:/absent/program s3cret").second.find("s3cret") == std::string::npos);
    CHECK(failing("command:false").first == exit_status::unavailable);
    CHECK(failing("command:true").first == exit_status::config);
    CHECK(failing("command:cat /dev/zero").first == exit_status::config);
  }

  TEST_CASE("a list of passwords has a label for each") {
    const scratch::folder folder;
    const auto list = read_password_list("file:" + folder.file("a", "one\n\n夏\ttwo words\r\n\tthree\nfour"), "x");
    REQUIRE(list.size() == 4);
    CHECK(list[0].label == "1");
    CHECK(list[0].value.view() == "one");
    CHECK(list[1].label == "夏");
    CHECK(list[1].value.view() == "two words");
    CHECK(list[2].label == "3");
    CHECK(list[2].value.view() == "three");
    CHECK(list[3].value.view() == "four");
  }

  TEST_CASE("a list without passwords, a label alone or too many are refused") {
    const scratch::folder folder;
    CHECK_THROWS_AS(static_cast<void>(read_password_list("file:" + folder.file("a", "\n\n"), "x")), failure);
    CHECK_THROWS_AS(static_cast<void>(read_password_list("file:" + folder.file("b", "label\t\n"), "x")), failure);
    std::string many;
    for (std::size_t i = 0; i <= limits::archive_passwords; ++i) many += "p\n";
    CHECK_THROWS_AS(static_cast<void>(read_password_list("file:" + folder.file("c", many), "x")), failure);
  }

  TEST_CASE("a secret lies in locked memory that no core and no child holds") {
    secret one("s3cret");
    const auto flags = flags_of_memory(one.view().data());
    for (const auto* flag : {" dd ", " wf "}) CHECK_MESSAGE(flags.find(flag) != flags.npos, flag);
    CHECK((flags.find(" lo ") != flags.npos) == secret::all_locked());
    CHECK_FALSE(is_in_child(one, "s3cret"));
    CHECK(one.view() == "s3cret");

    one.share_with_children();
    CHECK(is_in_child(one, "s3cret"));
    CHECK(flags_of_memory(one.view().data()).find(" dd ") != std::string::npos);
    const secret two(std::move(one));
    CHECK(is_in_child(two, "s3cret"));
    secret().share_with_children();
  }

  TEST_CASE("a secret moves and leaves nothing behind") {
    secret one("s3cret");
    secret two(std::move(one));
    CHECK(one.empty());
    CHECK(two.view() == "s3cret");
    secret three("other");
    three = std::move(two);
    CHECK(three.view() == "s3cret");
    CHECK(secret(std::string_view()).empty());
    secret zeros(std::size_t{3});
    CHECK(zeros.view() == std::string_view("\0\0\0", 3));
  }
}
