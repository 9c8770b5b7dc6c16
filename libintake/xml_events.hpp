// Reads the XML inside documents, event by event, through expat. Handles hostile bytes: no entity is expanded, a
// document type with declarations of its own is refused, nothing is fetched. Used by filetype and active.
#pragma once

#include <string_view>
#include <vector>

namespace intake {

/// Names come without their prefix: whoever hides behind another prefix or namespace is met all the same.
class xml_events {
 public:
  struct attribute {
    std::string_view name, value;
  };
  using attributes = std::vector<attribute>;

  virtual ~xml_events() = default;
  virtual void start(std::string_view name, const attributes& all) = 0;
  virtual void end(std::string_view name) { static_cast<void>(name); }
  virtual void text(std::string_view text) { static_cast<void>(text); }

  /// False: not well-formed, or refused; events up to there were delivered.
  [[nodiscard]] bool read(std::string_view untrusted_bytes);

  /// Value of an attribute, empty if absent.
  [[nodiscard]] static std::string_view get(const attributes& all, std::string_view name);
};

}  // namespace intake
