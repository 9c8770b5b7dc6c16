// Unicode compatibility normalisation, so that 全角 and half-width forms of a word compare as one. Handles hostile
// bytes: what is not UTF-8 becomes U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace intake {

/// NFKC (Unicode Standard Annex 15).
[[nodiscard]] std::string nfkc(std::string_view utf8);
/// NFKC without any white space: the form in which names of stations and procedures are compared.
[[nodiscard]] std::string comparable(std::string_view utf8);
/// comparable() without the case of ASCII letters: how numbers, addresses and people are looked up.
[[nodiscard]] std::string folded(std::string_view utf8);

}  // namespace intake
