#include "compiler/project/senders.h"

#include <algorithm>

#include "compiler/liquid/mail_template.h"

namespace trig::project {

namespace {

void check_from(Project& project, const liquid::MailTemplate& mail,
                const std::vector<std::string>& names) {
  if (!mail.from) return;
  const liquid::Setting& from = *mail.from;
  if (std::find(names.begin(), names.end(), from.text) != names.end()) return;
  Diagnostic& diagnostic =
      project.diagnostics.report(Code::kUnknownSender, from.range, {from.text});
  const std::string best = closest(from.text, names);
  if (best.empty())
    diagnostic.hint("trig.toml lists the senders");
  else
    diagnostic.hint("did you mean `{}`?", best).replace(from.range, best);
}

}  // namespace

void check_senders(Project& project) {
  if (project.program.templates.empty()) return;
  std::vector<std::string> names;
  for (const Sender& sender : project.config.senders) names.push_back(sender.name);
  if (names.empty()) {
    project.diagnostics.report(Code::kNoSender, {})
        .hint("add [[senders]] with a name and an address to trig.toml");
    return;
  }
  for (const liquid::MailTexts& mail : project.templates) {
    if (mail.own != nullptr) check_from(project, *mail.own, names);
    for (const auto& [language, text] : mail.by_language) check_from(project, *text, names);
  }
}

}  // namespace trig::project
