// Reading of CSV: the part of list_mail.hpp that knows quoting.
#include "limits.hpp"
#include "list_mail.hpp"

namespace intake {

std::vector<std::vector<std::string>> read_csv(std::string_view text, char separator, bool& whole) {
  std::vector<std::vector<std::string>> records;
  std::vector<std::string> current;
  std::string field;
  bool quoted = false, was_quoted = false;
  whole = true;
  const auto end_field = [&] {
    if (current.size() < limits::list_csv_columns)
      current.push_back(std::move(field));
    else
      whole = false;
    field.clear();
    was_quoted = false;
  };
  const auto end_record = [&] {
    const bool empty_line = current.empty() && field.empty() && !was_quoted;
    end_field();
    if (!empty_line) records.push_back(std::move(current));
    current.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        field += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"' && field.empty() && !was_quoted) {
      quoted = was_quoted = true;
    } else if (c == separator) {
      end_field();
    } else if (c == '\n') {
      end_record();
      // One record more than entries, for the titles.
      if (records.size() > limits::list_entries) {
        whole = false;
        return records;
      }
    } else if (c != '\r') {
      field += c;
    }
  }
  if (quoted) whole = false;
  if (!field.empty() || was_quoted || !current.empty()) end_record();
  return records;
}

}  // namespace intake
