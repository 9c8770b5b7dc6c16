// The Japanese codes of mail as they are in the wild: ISO-2022-JP with half-width kana and vendor rows (CP50220,
// CP50221), EUC-JP with vendor rows (CP51932, eucJP-ms). Handles hostile bytes. ICU's own converters refuse the vendor
// rows, so both are turned into CP932, whose table has them. Called by charset only.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace intake::jis {

/// Reads bytes of one simple charset ("Shift_JIS" or "JIS X 0212 in EUC"), appends UTF-8, counts what it cannot read.
struct sink {
  std::function<void(std::string_view)> cp932, euc;
  std::function<void(std::size_t)> undecodable;  ///< so many bytes, shown as one U+FFFD
};

void read_iso_2022_jp(std::string_view bytes, const sink& out);
void read_euc_jp(std::string_view bytes, const sink& out);

}  // namespace intake::jis
