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

std::string office_sample_slides() {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
         "<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
         "xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" "
         "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" "
         "xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" "
         "xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\" "
         "xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" office:version=\"1.3\" "
         "office:mimetype=\"application/vnd.oasis.opendocument.presentation\"><office:automatic-styles>"
         "<style:page-layout style:name=\"L\"><style:page-layout-properties fo:page-width=\"280mm\" "
         "fo:page-height=\"210mm\"/></style:page-layout></office:automatic-styles><office:master-styles>"
         "<style:master-page style:name=\"M\" style:page-layout-name=\"L\"/></office:master-styles><office:body>"
         "<office:presentation><draw:page draw:name=\"1\" draw:master-page-name=\"M\"><draw:frame svg:x=\"20mm\" "
         "svg:y=\"20mm\" svg:width=\"200mm\" svg:height=\"30mm\"><draw:text-box><text:p>申請書 見本 123</text:p>"
         "</draw:text-box></draw:frame></draw:page></office:presentation></office:body></office:document>";
}

}  // namespace intake
