// Passwords and keys. Held in locked memory that is left out of core dumps, and wiped when done with.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace intake {

/// Owns its bytes; moves, does not copy.
class secret {
 public:
  secret() = default;
  explicit secret(std::string_view bytes);
  secret(secret&&) noexcept = default;
  secret& operator=(secret&& other) noexcept;
  secret(const secret&) = delete;
  secret& operator=(const secret&) = delete;
  ~secret();

  [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  struct unlocker {
    std::size_t capacity = 0;
    void operator()(char* data) const;
  };
  std::unique_ptr<char, unlocker> data_;
  std::size_t size_ = 0;
};

/// Reads what a configuration names: "file:PATH" (refused with no_permission when group or others can read it, or when
/// it is not ours or root's), "credential:NAME" ($CREDENTIALS_DIRECTORY), "command:PROGRAM ARG …" (its stdout, run
/// without a shell). One trailing newline is dropped. `what` names the setting in errors. Throws failure.
[[nodiscard]] secret read_secret(const std::string& reference, const std::string& what);

struct labelled_secret {
  std::string label;  ///< may be shown; "1", "2", … when the file names none
  secret value;
};
/// Each line one password, optionally "label<TAB>password"; empty lines are skipped.
[[nodiscard]] std::vector<labelled_secret> read_password_list(const std::string& reference, const std::string& what);

}  // namespace intake
