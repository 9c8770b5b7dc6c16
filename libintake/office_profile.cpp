#include "office_profile.hpp"

#include <array>

namespace intake {
namespace {

struct setting {
  const char* path;
  const char* name;
  const char* value;
};

constexpr const char* scripting_path = "/org.openoffice.Office.Common/Security/Scripting";

/// Nothing in a document is run. Final, too: LibreOfficeKit sets the first to 1 with each document otherwise.
constexpr std::array scripting = {
    setting{scripting_path, "MacroSecurityLevel", "3"}, setting{scripting_path, "DisableMacrosExecution", "true"},
    setting{scripting_path, "DisablePythonRuntime", "true"}, setting{scripting_path, "DisableActiveContent", "true"},
    setting{scripting_path, "BlockUntrustedRefererLinks", "true"}};

constexpr std::array settings = {
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
    // A document is a copy in memory that nobody else opens.
    setting{"/org.openoffice.Office.Common/Misc", "UseLocking", "false"},
    setting{"/org.openoffice.Office.Common/Misc", "UseDocumentOOoLockFile", "false"},
    setting{"/org.openoffice.Office.Common/Misc", "UseDocumentSystemFileLocking", "false"},
    // Nobody looks at the window: no sidebar.
    setting{"/org.openoffice.Office.Views/Windows/org.openoffice.Office.Views:WindowType['swriter/10336']", "Visible",
            "false"},
    setting{"/org.openoffice.Office.Views/Windows/org.openoffice.Office.Views:WindowType['scalc/10336']", "Visible",
            "false"},
    setting{"/org.openoffice.Office.Views/Windows/org.openoffice.Office.Views:WindowType['simpress/10336']", "Visible",
            "false"},
    setting{"/org.openoffice.Office.Views/Windows/org.openoffice.Office.Views:WindowType['sdraw/10336']", "Visible",
            "false"},
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

constexpr const char* xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr const char* names_of_types =
    "xmlns:oor=\"http://openoffice.org/2001/registry\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

std::string item(const setting& one) {
  return std::string("<item oor:path=\"") + one.path + "\"><prop oor:name=\"" + one.name +
         "\" oor:op=\"fuse\"><value>" + one.value + "</value></prop></item>\n";
}

std::string user_settings() {
  std::string out = std::string(xml) + "<oor:items " + names_of_types + ">\n";
  for (const auto& one : scripting) out += item(one);
  for (const auto& one : settings) out += item(one);
  return out + "</oor:items>\n";
}

std::string final_settings() {
  std::string out = std::string(xml) + "<oor:data " + names_of_types +
                    "><oor:component-data oor:package=\"org.openoffice.Office\" oor:name=\"Common\">"
                    "<node oor:name=\"Security\"><node oor:name=\"Scripting\">\n";
  for (const auto& one : scripting)
    out += std::string("<prop oor:name=\"") + one.name + "\" oor:finalized=\"true\"><value>" + one.value +
           "</value></prop>\n";
  return out + "</node></node></oor:component-data></oor:data>\n";
}

}  // namespace

std::vector<office_file> office_profile() {
  std::vector<office_file> files{{"user/registrymodifications.xcu", user_settings()},
                                 {"final/scripting.xcd", final_settings()}};
  // Filling the menus and the status bar takes longer than laying out a letter.
  const std::string menus =
      std::string(xml) + "<menu:menubar xmlns:menu=\"http://openoffice.org/2001/menu\" menu:id=\"menubar\"/>\n";
  const std::string bar =
      std::string(xml) + "<statusbar:statusbar xmlns:statusbar=\"http://openoffice.org/2001/statusbar\"/>\n";
  for (const char* const module : {"swriter", "sglobal", "sweb", "scalc", "simpress", "sdraw"}) {
    const std::string folder = std::string("user/config/soffice.cfg/modules/") + module;
    files.push_back({folder + "/menubar/menubar.xml", menus});
    files.push_back({folder + "/statusbar/statusbar.xml", bar});
  }
  return files;
}

std::string office_layers(const std::string& folder) {
  // As in LibreOffice's fundamentalrc, which expands what stands in braces; "final" is ours.
  const auto packages = [](const char* which) {
    return std::string("${${BRAND_BASE_DIR}/program/lounorc:") + which +
           "}/registry/com.sun.star.comp.deployment.configuration.PackageRegistryBackend/configmgr.ini ";
  };
  const std::string own = "file:///etc/libreoffice/registry";
  return "xcsxcu:" + own + " res:" + own + " dconf:* bundledext:" + packages("BUNDLED_EXTENSIONS_USER") +
         "sharedext:" + packages("SHARED_EXTENSIONS_USER") + "userext:" + packages("UNO_USER_PACKAGES_CACHE") +
         "xcsxcu:file://" + folder + "/final user:!file://" + folder + "/user/registrymodifications.xcu";
}

}  // namespace intake
