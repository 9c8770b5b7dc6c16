#include "day_record.hpp"

#include "findings.hpp"
#include "json.hpp"
#include "record.hpp"

namespace intake {
namespace {

void write_entry(json::writer& out, const list_entry& entry) {
  out.member_if("receipt_no", entry.receipt_no).member_if("submitted_at", entry.submitted_at);
  out.member_if("procedure", entry.procedure).member_if("station", entry.station);
  out.member_if("applicant", entry.applicant);
}

void write_application(json::writer& out, const received_application& one) {
  out.member_if("receipt_no", one.receipt_no).member("id", one.id).member_if("procedure", one.procedure);
  out.member_if("applicant", one.applicant);
}

void write_duplicate(json::writer& out, const repeated_receipt& one) {
  out.member("receipt_no", one.receipt_no).member("in", one.ids.empty() ? "list" : "messages");
  if (one.ids.empty()) return;
  out.key("ids").begin_array();
  for (const auto& id : one.ids) out.string(id);
  out.end_array();
}

void write_probable(json::writer& out, const probable_match& one) {
  write_entry(out, one.listed);
  out.member("id", one.application.id).member_if("told_receipt_no", one.application.receipt_no);
}

void write_doubt(json::writer& out, const checked_doubt& one) {
  out.member("id", one.id).member_if("receipt_no", one.receipt_no).member("cleared", one.cleared);
}

void write_action(json::writer& out, std::string_view name, std::string_view clause) {
  out.member("do", name).member("clause", clause_label(clause)).member("to", find_action(name)->to);
  out.key("why").begin_array().end_array();
}

void write_strings(json::writer& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const auto& text : texts) out.string(text);
  out.end_array();
}

bool asks_again(const day_story& story) {
  // A message that is not judged yet may be the one that seems to be missed: nobody is asked before that is known.
  return story.unjudged == 0 && !story.result.missed.empty();
}

/// Writes arrays, each up to a number of bytes.
class arrays {
 public:
  arrays(json::writer& out, std::size_t most) : out_(out), most_(most) {}

  template <class Items, class Write>
  void write(std::string_view name, const Items& items, Write write_one) {
    out_.key(name).begin_array();
    add(items, write_one);
    out_.end_array();
  }
  template <class Items, class Write>
  void add(const Items& items, Write write_one) {
    const auto start = out_.text().size();
    for (const auto& item : items) {
      if (out_.text().size() - start >= most_) {
        cut_ = true;
        break;
      }
      out_.begin_object();
      write_one(out_, item);
      out_.end_object();
    }
  }
  [[nodiscard]] bool cut() const { return cut_; }

 private:
  json::writer& out_;
  std::size_t most_;
  bool cut_ = false;
};

}  // namespace

std::vector<std::string> actions_of(const day_story& story) {
  std::vector<std::string> names;
  if (asks_again(story)) names.emplace_back("ask_resubmit");
  if (story.state == "missing") names.emplace_back("report_list_missing");
  return names;
}

day_line line_of(const day_story& story, std::size_t most) {
  const auto& result = story.result;
  json::writer out;
  arrays lists(out, most);
  out.begin_object().member("reconcile", 1).member("day", to_string(story.day)).member("list", story.state);
  write_strings(out, "lists", story.lists);
  if (!story.replaced.empty()) write_strings(out, "replaced", story.replaced);
  out.member("entries", result.entries).member("repeated", result.repeated).member("matched", result.matched);
  lists.write("missed", result.missed, write_entry);
  lists.write("unlisted", result.unlisted, write_application);
  lists.write("duplicates", result.duplicates, write_duplicate);
  lists.write("probable", result.probable, write_probable);
  lists.write("elsewhere", result.elsewhere, write_entry);
  if (!story.replaced.empty()) lists.write("withdrawn", story.withdrawn, write_entry);
  day_line made;
  made.identity = out.text();
  lists.write("doubts", result.doubts, write_doubt);
  if (story.unjudged != 0) out.member("unjudged", story.unjudged);
  out.key("findings").begin_array();
  for (const auto& finding : story.findings) out.raw(finding);
  out.end_array().key("actions").begin_array();
  const auto actions = out.text().size();
  if (asks_again(story))
    lists.add(result.missed, [](json::writer& to, const list_entry& entry) {
      write_action(to, "ask_resubmit", "missed");
      write_entry(to, entry);
    });
  if (story.state == "missing") {
    write_action(out.begin_object(), "report_list_missing", "list_missing");
    out.end_object();
  }
  made.identity += out.text().substr(actions);
  out.end_array();
  if (lists.cut()) out.member("cut", true);
  made.text = out.end_object().take();
  return made;
}

}  // namespace intake
