#include "list_mail.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

#include "charset.hpp"
#include "era.hpp"
#include "letter.hpp"
#include "limits.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

std::string& member_of(list_entry& entry, std::string_view field) {
  if (field == "receipt_no") return entry.receipt_no;
  if (field == "submitted_at") return entry.submitted_at;
  if (field == "procedure") return entry.procedure;
  if (field == "station") return entry.station;
  return entry.applicant;
}

/// A byte order mark says more than the profile, which says more than the looks of the bytes.
charset::decoded csv_text(std::string_view bytes, const std::string& encoding) {
  if (bytes.starts_with("\xEF\xBB\xBF")) return charset::read_as(bytes.substr(3), "UTF-8");
  if (bytes.starts_with("\xFF\xFE")) return charset::read_as(bytes.substr(2), "UTF-16LE");
  if (bytes.starts_with("\xFE\xFF")) return charset::read_as(bytes.substr(2), "UTF-16BE");
  return encoding.empty() ? charset::detect(bytes) : charset::decode(bytes, encoding);
}

/// Lines that only draw a table.
bool is_rule_line(std::string_view line) {
  return line.find_first_not_of(" \t-=_*+|") == line.npos;
}

class list_reader {
 public:
  explicit list_reader(const profile& rule) : rule_(rule) {}

  list_reading read(std::string_view subject, std::string_view text, const std::vector<list_file>& files) {
    read_day(subject, text);
    made_.corrected = rule_.list.corrected && rule_.list.corrected.matches(subject);
    read_rows(text);
    const bool has_file = read_files(files);
    // A profile that knows only the file form expects the file; one that knows both takes either.
    if (!has_file && rule_.list.csv && !rule_.list.rows) made_.doubts.push_back({"attachment.missing", "the list"});
    check_count(text);
    std::string told;
    for (const auto& deviation : deviations_) told += (told.empty() ? "" : "; ") + deviation;
    if (!told.empty()) made_.doubts.push_back({"body.layout", told});
    if (over_limit_) made_.doubts.push_back({"mail.limit", "more entries than a list may have"});
    return std::move(made_);
  }

 private:
  void deviates(std::string what) {
    if (deviations_.size() < limits::body_exhibits) deviations_.push_back(std::move(what));
  }

  void read_day(std::string_view subject, std::string_view text) {
    auto written = rule_.list.day.first(text);
    if (!written) written = rule_.list.day.first(subject);
    if (!written) return deviates("the day of the list is not told");
    const auto read = parse_written_time(trimmed(*written));
    if (!read) return deviates("“" + *written + "” is no date");
    made_.day = read->day;
  }

  /// Fields as they were matched, into an entry; false when it is none.
  bool add(const std::map<std::string, std::string>& fields, const std::string& where) {
    if (made_.entries.size() >= limits::list_entries) {
      over_limit_ = true;
      return false;
    }
    list_entry entry;
    for (const auto& [name, raw] : fields) {
      const auto normal = normal_text(raw);
      const auto text = trimmed(normal);
      if (text.size() > limits::field_bytes) {
        deviates(where + ": " + name + " is too long");
      } else if (name != "submitted_at" || text.empty()) {
        member_of(entry, name) = text;
      } else {
        entry.submitted_at = recorded_time(text, rule_.calendar.offset_minutes, made_.day);
        if (entry.submitted_at.empty()) deviates(where + ": “" + std::string(text) + "” is no time");
      }
    }
    if (entry.receipt_no.empty()) {
      deviates(where + ": no receipt_no");
      return false;
    }
    made_.entries.push_back(std::move(entry));
    return true;
  }

  /// Between the first row and the last, every line must be a row.
  void read_rows(std::string_view text) {
    if (!rule_.list.rows) return;
    std::vector<std::string> unread;
    std::size_t number = 0;
    while (!text.empty() && !over_limit_) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      ++number;
      if (is_rule_line(line)) continue;
      const auto matches = rule_.list.rows.all(line, 1);
      if (matches.empty()) {
        if (!made_.entries.empty() && unread.size() < limits::body_exhibits)
          unread.push_back(std::string(trimmed(line)));
        continue;
      }
      for (const auto& skipped : unread) deviates("not a row: “" + skipped.substr(0, limits::body_exhibit_bytes) + "”");
      unread.clear();
      add(matches.front(), "line " + std::to_string(number));
    }
  }

  bool read_files(const std::vector<list_file>& files) {
    bool read = false;
    for (const auto& file : files) {
      if (!rule_.list.csv || !rule_.list.csv->attachment.matches(nfkc(file.path))) {
        made_.doubts.push_back({"attachment.unexpected", file.path, file.id});
      } else if (read) {
        made_.doubts.push_back({"attachment.unexpected", "a second list: " + file.path, file.id});
      } else {
        read = true;
        read_file(file);
      }
    }
    return read;
  }

  void read_file(const list_file& file) {
    if (file.bytes.size() > limits::list_csv_bytes) {
      made_.doubts.push_back({"mail.limit", "the list is too large: " + file.path, file.id});
      return;
    }
    const auto decoded = csv_text(file.bytes, rule_.list.csv->encoding);
    if (decoded.undecodable != 0) deviates(file.path + ": not in its charset");
    // The rows of the letter, if any, must tell the same as the file.
    const auto of_letter = std::move(made_.entries);
    made_.entries.clear();
    read_table(file, decoded.text);
    if (of_letter.empty()) return;
    std::set<std::string> here, there;
    for (const auto& entry : of_letter) here.insert(entry.receipt_no);
    for (const auto& entry : made_.entries) there.insert(entry.receipt_no);
    if (here != there) deviates("letter and file name different applications");
  }

  void read_table(const list_file& file, const std::string& text) {
    const auto& columns = rule_.list.csv->columns;
    std::map<std::string, std::size_t> places;  // field → column
    for (const char separator : {',', '\t', ';'}) {
      bool whole = true;
      const auto table = read_csv(text, separator, whole);
      const auto titles = find_titles(table, columns, places);
      if (titles == table.size()) continue;
      if (!whole) deviates(file.path + ": a quote is not closed, or there are too many columns or rows");
      if (table.size() > limits::list_entries) over_limit_ = true;
      for (const auto& [field, title] : columns)
        if (!places.contains(field)) deviates(file.path + ": no column " + title);
      for (std::size_t row = titles + 1; row < table.size() && !over_limit_; ++row)
        read_record(table[row], table[titles].size(), places, file.path + " row " + std::to_string(row + 1));
      return;
    }
    deviates(file.path + ": no titles of columns");
  }

  /// Index of the record that holds the title of receipt_no; the table's size if none does. Sites put a line or two of
  /// their own before it.
  static std::size_t find_titles(const std::vector<std::vector<std::string>>& table,
                                 const std::vector<std::pair<std::string, std::string>>& columns,
                                 std::map<std::string, std::size_t>& places) {
    constexpr std::size_t searched = 20;
    for (std::size_t row = 0; row < std::min(table.size(), searched); ++row) {
      places.clear();
      for (const auto& [field, title] : columns)
        for (std::size_t at = table[row].size(); at-- > 0;)
          if (comparable(table[row][at]) == comparable(title)) places[field] = at;
      if (places.contains("receipt_no")) return row;
    }
    return table.size();
  }

  void read_record(const std::vector<std::string>& fields, std::size_t width,
                   const std::map<std::string, std::size_t>& places, const std::string& where) {
    if (std::all_of(fields.begin(), fields.end(), [](const std::string& field) { return trimmed(field).empty(); }))
      return;
    if (fields.size() != width) deviates(where + ": " + std::to_string(fields.size()) + " columns");
    std::map<std::string, std::string> found;
    for (const auto& [field, at] : places)
      if (at < fields.size()) found[field] = fields[at];
    add(found, where);
  }

  void check_count(std::string_view text) {
    const auto written = rule_.list.count ? rule_.list.count.first(text) : std::nullopt;
    if (!written) {
      if (rule_.list.count)
        deviates("the list does not tell how many it has");
      else if (made_.entries.empty())
        deviates("no row can be read");
      return;
    }
    std::size_t count = 0;
    const auto digits = trimmed(*written);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error != std::errc() || end != digits.data() + digits.size())
      deviates("“" + *written + "” is no number");
    else if (count != made_.entries.size())
      deviates("the list says " + std::to_string(count) + ", it has " + std::to_string(made_.entries.size()));
  }

  const profile& rule_;
  list_reading made_;
  std::vector<std::string> deviations_;
  bool over_limit_ = false;
};

}  // namespace

list_reading read_list_mail(std::string_view subject, std::string_view text, const std::vector<list_file>& files,
                            const profile& rule) {
  return list_reader(rule).read(subject, text, files);
}

}  // namespace intake
