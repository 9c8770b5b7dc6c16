// The detail of a finding, as a person reads it. Records and the ledger hold it in English, the same wherever a tool
// runs; it is translated when it is shown, by the forms that the stages give it. What a detail quotes came with a mail:
// it is copied as it is, and not neutralised here.
#pragma once

#include <string>
#include <string_view>

namespace intake {

/// In the language of the environment (tr). What has none of the known forms stays as it is.
[[nodiscard]] std::string detail_words(std::string_view english);

}  // namespace intake
