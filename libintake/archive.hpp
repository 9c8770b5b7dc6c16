// Archives as they come attached: what they are by content, and everything that is in them, nested archives included.
// Handles hostile bytes: call inside the sandbox. An archive is opened whole or not at all: the first doubt about it
// leaves it closed, with the finding that says why; a limit that the attachment crosses closes all of it.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive_budget.hpp"
#include "findings.hpp"
#include "secret.hpp"
#include "unpack.hpp"

namespace intake {

/// By content alone. Documents that are zips inside (OOXML, ODF, EPUB) are not archives.
[[nodiscard]] archive_kind kind_of_archive(std::string_view untrusted);
/// MIME type; empty for none.
[[nodiscard]] std::string_view media_type(archive_kind kind);

/// What is known of one archive, opened or not.
struct archive_facts {
  bool opened = false;  ///< every member came out
  archive_kind kind = archive_kind::none;
  std::string
      encryption;  ///< none, zipcrypto, aes-128, aes-192, aes-256 (the weakest of its members); empty: not known
  std::string password_label;  ///< of the password that fitted
};

inline constexpr std::size_t outermost = std::numeric_limits<std::size_t>::max();

struct archive_file {
  std::string path;              ///< in its own archive
  std::size_t from = outermost;  ///< index in archive_result::files of the archive it lay in
  std::string encryption;        ///< how it was encrypted there
  std::uint64_t size = 0;
  std::string sha256;
  std::string data;     ///< empty when facts.opened
  archive_facts facts;  ///< kind none for a file that is no archive
};

struct archive_finding {
  finding_code code;
  std::string detail;
  std::size_t file = outermost;  ///< index in archive_result::files
};

struct archive_result {
  archive_facts facts;
  std::vector<archive_file> files;  ///< an archive before its own members
  std::vector<archive_finding> findings;
};

/// Opens `untrusted`, of which kind_of_archive() is not none, and what is nested in it. `name` is used for what has no
/// name of its own (the content of a .gz). Never throws for what the bytes say.
[[nodiscard]] archive_result open_archive(std::string_view untrusted, std::string_view name,
                                          std::span<const labelled_secret> passwords,
                                          const archive_limits& limits = {});

}  // namespace intake
