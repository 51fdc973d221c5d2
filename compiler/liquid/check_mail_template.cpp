// What a mail needs besides correct Liquid: a subject, and in marketing the lines that law and
// mailbox providers ask for (CAN-SPAM Act § 7704(a)(5); Gmail and Yahoo sender rules of 2024).
#include "compiler/liquid/checker.h"

namespace trig::liquid {
namespace {

void report_missing(Code code, const MailTemplate& mail, std::string_view addition,
                    Diagnostics& diagnostics) {
  Diagnostic& diagnostic = diagnostics.report(code, mail.footer_at);
  if (mail.class_range.valid()) diagnostic.label(mail.class_range, "marketing by this");
  diagnostic
      .hint("print it on every path, as `{}`; a mail without advertising is `class: transactional`",
            addition)
      .replace(mail.footer_at, "\n" + std::string(addition) + "\n");
}

}  // namespace

void check_mail_template(const MailTemplate& mail, const Signature& signature,
                         const ir::TypeTable& types, const PartialLoader& partials,
                         Diagnostics& diagnostics) {
  Checker checker(signature, types, partials, diagnostics);
  if (mail.subject) {
    checker.check(*mail.subject);
  } else {
    diagnostics.report(Code::kSubjectMissing, mail.settings_at)
        .hint("add a setting `subject: …` between two lines `---` at the top of the file");
  }
  if (mail.preheader) checker.check(*mail.preheader);
  Printed printed = checker.check(mail.body);
  if (mail.text) checker.check(*mail.text);
  if (mail.mail_class != MailClass::kMarketing) return;
  if (!printed.unsubscribe_url)
    report_missing(Code::kNoUnsubscribeUrl, mail,
                   "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>", diagnostics);
  if (!printed.postal_address)
    report_missing(Code::kNoPostalAddress, mail, "{{ postal_address }}", diagnostics);
}

}  // namespace trig::liquid
