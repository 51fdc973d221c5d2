// Whole mail templates: settings, and the mail they make.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/liquid_support.h"

namespace trig::liquid {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Mail {
  explicit Mail(const std::string& text) {
    source = parse_mail_template(bench.sources, bench.add(text).source, bench.diagnostics);
  }
  Result<RenderedMail> render(const std::string& name) {
    Scope scope;
    scope.globals = {{"person", Data::map({{"first_name", Data::text(name)}})},
                     {"unsubscribe_url", Data::text("https://t.example/u?a=1&b=2")},
                     {"postal_address", Data::text("1 Road\nTown")}};
    return render_mail(source, scope, {});
  }
  Bench bench;
  MailTemplate source;
};

constexpr const char* kWelcome =
    "---\n"
    "# the first mail\n"
    "subject: \"Hello {{ person.first_name }}\"\n"
    "preheader: Good to see you, {{ person.first_name }}\n"
    "from: shop\n"
    "reply_to: help@shop.example\n"
    "class: transactional\n"
    "---\n"
    "<html><body class=\"x\"><h1>Hello {{ person.first_name }}</h1>"
    "<p><a href=\"{{ unsubscribe_url }}\">Leave</a></p></body></html>\n";

TEST(LiquidMail, Settings) {
  Mail mail(kWelcome);
  EXPECT_THAT(mail.bench.reports(), IsEmpty());
  EXPECT_EQ(mail.source.mail_class, MailClass::kTransactional);
  EXPECT_EQ(mail.source.from->text, "shop");
  EXPECT_EQ(mail.source.reply_to->text, "help@shop.example");
  EXPECT_EQ(mail.bench.sources.text_of(mail.source.subject->range),
            "Hello {{ person.first_name }}");
}

TEST(LiquidMail, AllParts) {
  Mail mail(kWelcome);
  RenderedMail rendered = mail.render("A<b>").value();
  EXPECT_EQ(rendered.subject, "Hello A<b>");
  EXPECT_EQ(rendered.preheader, "Good to see you, A<b>");
  EXPECT_THAT(rendered.html, HasSubstr("<body class=\"x\"><div style=\"display:none;"));
  EXPECT_THAT(rendered.html,
              HasSubstr(">Good to see you, A&lt;b&gt;</div><h1>Hello A&lt;b&gt;</h1>"));
  EXPECT_THAT(rendered.html, HasSubstr("href=\"https://t.example/u?a=1&amp;b=2\""));
  EXPECT_EQ(rendered.text, "Hello A<b>\n\nLeave (https://t.example/u?a=1&b=2)\n");
}

TEST(LiquidMail, ASubjectIsOneLineWhateverTheData) {
  Mail mail(kWelcome);
  for (const char* name : {"a\r\nBcc: x@y.example", "a\nb",
                           "a\x0b"
                           "b",
                           "a\x7f"
                           "b",
                           "a\xe2\x80\xa8"
                           "b",
                           "a\xc2\x85"
                           "b",
                           "a\tb"}) {
    RenderedMail rendered = mail.render(name).value();
    for (const std::string* header : {&rendered.subject, &rendered.preheader}) {
      EXPECT_THAT(*header, Not(testing::ContainsRegex("[\x01-\x1f\x7f]"))) << name;
      EXPECT_THAT(*header, Not(HasSubstr("\xe2\x80\xa8"))) << name;
      EXPECT_THAT(*header, Not(HasSubstr("\xc2\x85"))) << name;
    }
  }
  EXPECT_EQ(mail.render("a\r\nBcc: x@y.example")->subject, "Hello a  Bcc: x@y.example");
}

TEST(LiquidMail, AnEmptySubjectFails) {
  Mail mail("---\nsubject: \"{{ person.first_name }}\"\n---\nx");
  EXPECT_EQ(mail.render(" \n").error().message, "the subject came out empty");
}

TEST(LiquidMail, AFailureInAnyPartFailsTheMail) {
  for (const char* text : {"---\nsubject: a{{ 1 | divided_by: 0 }}\n---\nx",
                           "---\nsubject: a\npreheader: b{{ 1 | divided_by: 0 }}\n---\nx",
                           "---\nsubject: a\n---\n{{ 1 | divided_by: 0 }}"})
    EXPECT_EQ(Mail(text).render("Ada").error().message, "divided by 0") << text;
}

TEST(LiquidMail, MistakesInSettings) {
  auto reports = [](const std::string& text) { return Mail(text).bench.reports(); };
  EXPECT_THAT(reports("---\nsubjet: a\n---\n"), ElementsAre("E0410 subjet"));
  EXPECT_THAT(reports("---\nsubject: a\n"), ElementsAre("E0411 ---"));
  EXPECT_THAT(reports("---\nsubject a\n: b\n---\n"), ElementsAre("E0412 subject a", "E0412 : b"));
  EXPECT_THAT(reports("---\nfrom: a\nfrom: b\n---\n"), ElementsAre("E0413 from"));
  EXPECT_THAT(reports("---\nclass: marketting\n---\n"), ElementsAre("E0414 marketting"));
  EXPECT_THAT(reports("---\nsubject: a {{ b | upcas }}\n---\n{{ c d }}"),
              ElementsAre("E0405 upcas", "E0407 d"));
  EXPECT_THAT(reports("<p>---</p>\n---\n"), IsEmpty());
  EXPECT_THAT(reports("\xef\xbb\xbf---\r\nsubject: a\r\n---\r\nx"), IsEmpty());
}

}  // namespace
}  // namespace trig::liquid
