// PDFs rebuilt as vectors by confined processes. The one that read the document may have been taken over by it: what it
// made is rebuilt by another that never met the document, and has to come out the same.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "nursery.hpp"

namespace intake {

class vector_maker {
 public:
  vector_maker();

  struct answer {
    enum class outcome { failed, timeout, refused, done };
    outcome what = outcome::failed;
    unsigned pages = 0;
    std::string text;  ///< the PDF; or why it was refused
  };
  [[nodiscard]] answer make(std::string_view untrusted_pdf, std::chrono::milliseconds time) const;

  [[nodiscard]] int descriptor() const { return nursery_.descriptor(); }

 private:
  [[nodiscard]] answer rebuilt(std::string_view untrusted_pdf, std::chrono::milliseconds time) const;
  nursery nursery_;
};

}  // namespace intake
