#include "letter.hpp"

#include <algorithm>

#include "era.hpp"
#include "limits.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

template <typename Visit>
void each_line(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Byte at which a line begins with `label`, npos if none does.
std::size_t find_label(std::string_view normal, std::string_view label) {
  std::size_t at = 0;
  while (at <= normal.size()) {
    const auto start = normal.find_first_not_of(" \t", at);
    if (start == normal.npos) break;
    if (normal.substr(start).starts_with(label)) return start;
    const auto end = normal.find('\n', at);
    if (end == normal.npos) break;
    at = end + 1;
  }
  return normal.npos;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : "; ") + text;
  return out;
}

/// What lines give for a field besides its first value.
std::vector<std::string> other_values(std::string_view normal, const pattern& field, std::string_view first) {
  std::vector<std::string> others;
  const auto compared = comparable(first);
  each_line(normal, [&](std::string_view line) {
    const auto value = field.first(line);
    if (!value || others.size() >= limits::body_exhibits) return;
    const std::string text(trimmed(*value));
    if (comparable(text) != compared && std::find(others.begin(), others.end(), text) == others.end())
      others.push_back(text);
  });
  return others;
}

class letter_reader {
 public:
  letter_reader(std::string_view normal, const profile& rule) : normal_(normal), rule_(rule) {}

  letter read() {
    check_labels();
    for (const auto& [name, field] : rule_.application.fields) read_field(name, field);
    if (!deviations_.empty()) made_.doubts.insert(made_.doubts.begin(), {"body.layout", joined(deviations_)});
    return std::move(made_);
  }

 private:
  void check_labels() {
    std::size_t before = 0;
    for (const auto& text : rule_.application.layout) {
      const auto label = nfkc(text);
      const auto at = find_label(normal_, label);
      if (at == normal_.npos) {
        deviations_.push_back("no line " + label);
        continue;
      }
      if (at < before) deviations_.push_back(label + " is not where it belongs");
      before = std::max(before, at);
    }
  }

  void read_field(const std::string& name, const pattern& field) {
    const auto found = field.first(normal_);
    const std::string value(found ? trimmed(*found) : std::string_view());
    if (value.empty()) {
      // A profile's own fields may be left out by the site; these five make an application.
      if (std::find(list_fields.begin(), list_fields.end(), name) != list_fields.end())
        deviations_.push_back(name + " is not told");
      return;
    }
    if (value.size() > limits::field_bytes) {
      deviations_.push_back(name + " is longer than any genuine one");
      return;
    }
    if (const auto others = other_values(normal_, field, value); !others.empty()) {
      const auto told = name + ": “" + value + "”, “" + joined(others) + "”";
      if (name == "applicant")
        made_.doubts.push_back({"applicant.mismatch", told});
      else
        deviations_.push_back(told);
    }
    if (name != "submitted_at") {
      made_.fields.emplace_back(name, value);
    } else if (auto time = recorded_time(value, rule_.calendar.offset_minutes); !time.empty()) {
      made_.fields.emplace_back(name, std::move(time));
    } else {
      deviations_.push_back(name + ": “" + value + "” is no date");
    }
  }

  std::string_view normal_;
  const profile& rule_;
  letter made_;
  std::vector<std::string> deviations_;
};

}  // namespace

std::string_view letter::field(std::string_view name) const {
  for (const auto& [known, text] : fields)
    if (known == name) return text;
  return {};
}

std::string normal_text(std::string_view text) {
  std::string normal = nfkc(text);
  std::string out;
  out.reserve(normal.size());
  for (std::size_t i = 0; i < normal.size(); ++i) {
    if (normal[i] != '\r')
      out += normal[i];
    else if (i + 1 == normal.size() || normal[i + 1] != '\n')
      out += '\n';
  }
  return out;
}

letter read_letter(std::string_view normal, const profile& rule) {
  return letter_reader(normal, rule).read();
}

bool has_label(std::string_view normal, std::string_view label) {
  return find_label(normal, nfkc(label)) != normal.npos;
}

std::size_t count_labels(std::string_view normal, const profile& rule) {
  return static_cast<std::size_t>(std::count_if(rule.application.layout.begin(), rule.application.layout.end(),
                                                [&](const std::string& label) { return has_label(normal, label); }));
}

std::string recorded_time(std::string_view written, int offset_minutes, const std::optional<date>& day) {
  if (const auto whole = parse_written_time(written))
    return whole->has_time ? to_rfc3339(whole->at(offset_minutes)) : to_string(whole->day);
  if (!day) return {};
  const auto seconds = parse_time_of_day(written);
  if (!seconds) return {};
  auto midnight = written_time{.day = *day}.at(offset_minutes);
  midnight.seconds += *seconds;
  return to_rfc3339(midnight);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(space);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace intake
