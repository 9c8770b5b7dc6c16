#include "disposition.hpp"

#include <algorithm>
#include <array>

#include "address_doubt.hpp"

namespace intake {
namespace {

/// What is wrong on our side of the desk: reported, and no reason to ring the applicant.
bool is_fault(std::string_view code) {
  constexpr std::array<std::string_view, 4> faults = {"stage.failed", "input.unusable", "scan.stale_database",
                                                      "scan.missing"};
  return std::find(faults.begin(), faults.end(), code) != faults.end();
}

class policy {
 public:
  policy(const circumstances& of, const profile& rule) : of_(of), rule_(rule) {
    for (const auto& code : of.codes) by_effect_[static_cast<std::size_t>(effect_of(code, rule))].push_back(code);
    address_doubted_ = of.address_doubted || std::any_of(of.codes.begin(), of.codes.end(), doubts_address);
    comes_from_somebody_ = of.kind == "application" || of.kind == "correction" || of.kind == "direct";
  }

  policy_result result() {
    made_.disposition = disposition();
    if (comes_from_somebody_) ask();
    report();
    return std::move(made_);
  }

 private:
  [[nodiscard]] const std::vector<std::string>& with(effect what) const {
    return by_effect_[static_cast<std::size_t>(what)];
  }
  [[nodiscard]] bool has(std::string_view code) const {
    return std::find(of_.codes.begin(), of_.codes.end(), code) != of_.codes.end();
  }

  /// Starts from confirm; only what has nothing against it and is of a kind that can be taken in leaves it.
  [[nodiscard]] std::string_view disposition() const {
    if (!with(effect::refuse).empty()) return "return";
    if (!with(effect::doubt).empty() || of_.unknown_doubt) return "confirm";
    if (!with(effect::mend).empty() || of_.kind == "direct") return "return";
    if (of_.kind == "application" || of_.kind == "correction") return "accept";
    if (of_.kind == "list") return "list";
    return "confirm";
  }

  void add(std::string_view name, std::string_view clause, const std::vector<std::string>& why) {
    const auto* what = find_action(name);
    if (what->to == "applicant" && address_doubted_) {
      // A letter would go to whoever wrote the address: the named person is rung up instead.
      what = find_action("phone_confirm");
      clause = {};
    }
    if (clause.empty()) clause = what->clause;
    auto at =
        std::find_if(made_.actions.begin(), made_.actions.end(), [&](const auto& one) { return one.what == what; });
    if (at == made_.actions.end()) at = made_.actions.insert(at, {what, clause, {}});
    for (const auto& code : why)
      if (std::find(at->why.begin(), at->why.end(), code) == at->why.end()) at->why.push_back(code);
  }

  void ask() {
    if (has("malware.found")) {
      std::vector<std::string> why = {"malware.found"};
      if (has("repeat.after_malware")) why.emplace_back("repeat.after_malware");
      add(why.size() > 1 ? "ask_counter" : "ask_resubmit", "malware", why);
    } else if (of_.kind == "direct") {
      add("ask_site", {}, {});
    }
    ask_about_doubts();
    if (has("station.misdirected")) add("ask_redirect", {}, {"station.misdirected"});
    ask_again();
    if (of_.kind == "application" && of_.fee > 0 && made_.disposition != "return" && !address_doubted_)
      add("tell_fee", {}, {});
  }

  /// What only the applicant can mend, and what the profile refuses beyond malware.
  void ask_again() {
    if (has("malware.found")) return;
    for (const auto what : {effect::refuse, effect::mend})
      for (const auto& code : with(what))
        if (code != "station.misdirected" && !is_fault(code)) add("ask_resubmit", find_finding(code)->clause, {code});
  }

  void ask_about_doubts() {
    std::vector<std::string> doubts;
    for (const auto& code : with(effect::doubt))
      if (!is_fault(code)) doubts.push_back(code);
    if (doubts.empty() && !of_.unknown_doubt) return;
    // Only what came through the site can stand in its list.
    if (of_.kind == "application") add("check_list", {}, doubts);
    add("phone_confirm", {}, doubts);
  }

  void report() {
    std::vector<std::string> why;
    for (const auto& code : of_.codes)
      if (is_fault(code)) why.push_back(code);
    // A list that is damaged, or that nobody vouches for, is a fault of reception: the day may be without list.
    if (of_.kind == "list" || of_.list_refused)
      for (const auto what : {effect::refuse, effect::doubt})
        for (const auto& code : with(what))
          if (!is_fault(code)) why.push_back(code);
    if (!why.empty()) add("report_fault", {}, why);
  }

  const circumstances& of_;
  const profile& rule_;
  std::array<std::vector<std::string>, 4> by_effect_;
  bool address_doubted_ = false, comes_from_somebody_ = false;
  policy_result made_;
};

}  // namespace

effect effect_of(std::string_view code, const profile& rule) {
  const auto* kind = find_finding(code);
  const auto of_table = kind ? kind->effect : effect::doubt;
  const auto raised = rule.stricter.find(std::string(code));
  if (raised == rule.stricter.end()) return of_table;
  const auto wanted = raised->second == "refuse" ? effect::refuse : effect::doubt;
  return std::min(of_table, wanted);  // the enumeration runs from strict to mild
}

policy_result decide(const circumstances& of, const profile& rule) {
  return policy(of, rule).result();
}

}  // namespace intake
