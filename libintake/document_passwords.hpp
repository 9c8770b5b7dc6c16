// The desk's passwords as they are handed to the confined child that opens a document which asks for one, and only
// then.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "secret.hpp"

namespace intake {

class document_passwords {
 public:
  document_passwords() = default;
  /// Children forked after this have them.
  explicit document_passwords(std::span<const labelled_secret> passwords);

  [[nodiscard]] bool empty() const { return labels_.empty(); }
  /// For the child: of each its length (four octets, host order) and its bytes.
  [[nodiscard]] std::string_view packed() const { return packed_.view(); }
  /// What may be shown of password `number`, from 1; empty when there is no such.
  [[nodiscard]] std::string_view label(std::size_t number) const;

 private:
  std::vector<std::string> labels_;
  secret packed_;
};

/// The child's side. Views into `packed`.
[[nodiscard]] std::vector<std::string_view> unpack_passwords(std::string_view packed);

}  // namespace intake
