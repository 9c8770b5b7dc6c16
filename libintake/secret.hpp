// Passwords and keys. Held in locked memory that is left out of core dumps and of children, and wiped when done with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace intake {

/// Owns its bytes; moves, does not copy.
class secret {
 public:
  secret() = default;
  /// That many zeros, to be written through data().
  explicit secret(std::size_t size);
  explicit secret(std::string_view bytes);
  secret(secret&& other) noexcept;
  secret& operator=(secret&& other) noexcept;
  secret(const secret&) = delete;
  secret& operator=(const secret&) = delete;
  ~secret();

  [[nodiscard]] std::string_view view() const { return {data_, size_}; }
  [[nodiscard]] char* data() { return data_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  /// A child forked after this has it too; any other finds zeros in its place.
  void share_with_children();

  /// False once the system refused to lock a secret in memory (RLIMIT_MEMLOCK): it may then reach the swap space.
  /// Secrets are wiped whatever it answers; intake-doctor tells of it.
  [[nodiscard]] static bool all_locked();

 private:
  void wipe() noexcept;

  char* data_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

/// Reads what a configuration names: "file:PATH" (refused with no_permission when group or others can read it, or when
/// it is not ours or root's), "credential:NAME" ($CREDENTIALS_DIRECTORY), "command:PROGRAM ARG …" (its stdout, run
/// without a shell, given up after limits::secret_command). One trailing newline is dropped; an empty secret is
/// refused. `what` names the setting in errors, which never show more of the reference than its path. Throws failure.
[[nodiscard]] secret read_secret(const std::string& reference, const std::string& what);

/// Whether it begins with one of the three words, so that a value written by mistake is never taken for one.
[[nodiscard]] bool is_secret_reference(std::string_view text);

struct labelled_secret {
  std::string label;  ///< may be shown; "1", "2", … when the file names none
  secret value;
};
/// Each line one password, optionally "label<TAB>password"; empty lines are skipped.
[[nodiscard]] std::vector<labelled_secret> read_password_list(const std::string& reference, const std::string& what);
/// All of several lists, in order. Throws failure(config) beyond limits::archive_passwords.
[[nodiscard]] std::vector<labelled_secret> read_password_lists(const std::vector<std::string>& references,
                                                               const std::string& what);

}  // namespace intake
