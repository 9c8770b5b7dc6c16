#include "office_profile.hpp"

#include <array>

namespace intake {
namespace {

struct setting {
  const char* path;
  const char* name;
  const char* value;
};

constexpr std::array settings = {
    // Nothing in a document is run. (LibreOfficeKit opens with macros off already; this says it once more.)
    setting{"/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"},
    setting{"/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"},
    setting{"/org.openoffice.Office.Common/Security/Scripting", "DisablePythonRuntime", "true"},
    setting{"/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"},
    setting{"/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"},
    // Nothing is fetched: links keep what they last showed.
    setting{"/org.openoffice.Office.Writer/Content/Update", "Link", "0"},
    setting{"/org.openoffice.Office.Writer/Content/Update", "Field", "false"},
    setting{"/org.openoffice.Office.Calc/Content/Update", "Link", "2"},
    // Values are shown as they were when the applicant saved the sheet.
    setting{"/org.openoffice.Office.Calc/Formula/Load", "OOXMLRecalcMode", "1"},
    setting{"/org.openoffice.Office.Calc/Formula/Load", "ODFRecalcMode", "1"},
    setting{"/org.openoffice.Office.Common/Misc", "UseOpenCL", "false"},
    setting{"/org.openoffice.Office.Common/Misc", "FirstRun", "false"},
    setting{"/org.openoffice.Office.Common/Save/Document", "AutoSave", "false"},
    setting{"/org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"},
    setting{"/org.openoffice.Setup/Office", "ooSetupInstCompleted", "true"},
    // A version newer than the last one seen makes LibreOffice try its drawing out on pictures of 64 MB, which takes
    // most of the time of its start.
    setting{"/org.openoffice.Setup/Product", "ooSetupLastVersion", "99.9"},
    setting{"/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "ja-JP"},
    setting{"/org.openoffice.Office.Linguistic/General", "DefaultLocale", "ja-JP"},
    setting{"/org.openoffice.Office.Linguistic/General", "DefaultLocale_CJK", "ja-JP"},
    setting{"/org.openoffice.Office.Common/I18N/CJK", "CJKFont", "true"},
    setting{"/org.openoffice.Office.Common/I18N/CJK", "VerticalText", "true"},
};

}  // namespace

std::string office_settings() {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\" "
      "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n";
  for (const auto& one : settings)
    out += std::string("<item oor:path=\"") + one.path + "\"><prop oor:name=\"" + one.name +
           "\" oor:op=\"fuse\"><value>" + one.value + "</value></prop></item>\n";
  return out + "</oor:items>\n";
}

}  // namespace intake
