// The inside of an OOXML package (ECMA-376 part 2): which part has which content type, which relation leads where.
// Handles hostile bytes: call inside the sandbox. Used by filetype and active.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "container.hpp"
#include "xml_events.hpp"

namespace intake {

struct opc_package {
  struct relation {
    std::string part;    ///< the .rels part it stands in
    std::string type;    ///< last segment of the type's URI, lower case: "attachedtemplate"
    std::string target;  ///< as stored
    bool external = false;
  };

  bool present = false;  ///< there is a [Content_Types].xml
  std::string unread;    ///< a part that should tell of the others and could not be read; empty: all were
  std::map<std::string, std::string> types, type_defaults;  ///< part (no leading '/') and extension → type; lower case
  std::vector<relation> relations;

  /// Lower case; empty if none is declared.
  [[nodiscard]] std::string type_of(std::string_view part) const;
  /// Content type of the part that the package's root relation names as its document; empty if there is none.
  [[nodiscard]] std::string main_type() const;
  /// What an element Relationship of that part says.
  [[nodiscard]] static relation relation_of(std::string_view part, const xml_events::attributes& all);
};

/// A part's name as the zip has it.
[[nodiscard]] std::string_view without_slash(std::string_view part);

/// `only_root`: no relations but those of the package itself.
[[nodiscard]] opc_package read_opc(const container& zip, bool only_root = false);

}  // namespace intake
