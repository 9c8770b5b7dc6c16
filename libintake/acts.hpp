// What a clerk may tell the ledger, and which proposed actions that settles. The one table: help, completion, and the
// list of open actions are made from it.
#pragma once

#include <array>
#include <string_view>

namespace intake {

struct act_kind {
  std::string_view name;
  std::string_view
      settles;  ///< action of findings.hpp that is no longer open; empty: none; "*": the one named by --for
  std::string_view ja, en;
};

/// Name of the open action that a saved copy leaves behind until it is deleted (第4-2(1)).
inline constexpr std::string_view delete_copy_action = "delete_copy";

inline constexpr std::array act_kinds = {
    act_kind{"telephoned", "phone_confirm", "電話等で確認した", "confirmed by telephone"},
    act_kind{"listed", "check_list", "一覧メールへの掲載を確認した", "found in the list mail"},
    act_kind{"sent", "*", "連絡文を送った", "a notice was sent (name the action with --for)"},
    act_kind{"done", "*", "対応を終えた", "an action was done (name it with --for)"},
    act_kind{"cleared", "", "疑いが解けたため受理する", "doubts are settled: may be rendered and exported"},
    act_kind{"held", "", "受理を取り消し保留とする", "takes a clearance back"},
    act_kind{"saved-copy", "", "やむを得ず端末に保存した", "a copy was saved on the terminal"},
    act_kind{"deleted-copy", delete_copy_action, "端末の保存分を削除した", "the copy on the terminal was deleted"},
    act_kind{"noted", "", "覚書", "a remark"},
};

/// nullptr if there is no such act.
[[nodiscard]] constexpr const act_kind* find_act(std::string_view name) {
  for (const auto& kind : act_kinds)
    if (kind.name == name) return &kind;
  return nullptr;
}

}  // namespace intake
