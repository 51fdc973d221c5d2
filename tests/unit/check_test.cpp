#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "compiler/diagnostics/render.h"
#include "tests/tools/check_bench.h"

namespace trig {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Eight different mistakes, and no ninth because of them.
const std::string kEightMistakes = R"(use std.ecommerce

person {
  email: email key
  first_name: text?
}

topic offers "Offers and news"

template reminder(items: list of cart_item, name: text) from "templates/reminder.html.liquid"

policy marketing { consent required for ofers }

campaign cart {
  policy marketting
  on cart_updated as cart where total >= 20 and cart_idd != "" per cart_id
  wait 30 minutes unless order_complete where cart_id == cart.cart_id
  send reminder(items: cart.items, name: person.first_name)
  wait 1 day unless order_completed where cart_id == cart.crt_id
  send reminder(itms: cart.items, name: "you")
}
)";

// The text with every edit of the diagnostics made, from the last to the first.
std::string with_edits(const CheckBench& bench, std::string text) {
  std::vector<Edit> edits;
  for (const Diagnostic& diagnostic : bench.diagnostics.all())
    edits.insert(edits.end(), diagnostic.edits.begin(), diagnostic.edits.end());
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.range.begin > b.range.begin; });
  for (const Edit& edit : edits)
    text.replace(edit.range.begin, edit.range.end - edit.range.begin, edit.replacement);
  return text;
}

TEST(Check, EightMistakesAreToldOnceEachWhereTheyStand) {
  CheckBench bench(kEightMistakes);
  EXPECT_THAT(bench.codes(),
              ElementsAre("E0101", "E0101", "E0201", "E0103", "E0101", "E0204", "E0103", "E0454"));
  std::vector<std::string> places;
  for (const Diagnostic& diagnostic : bench.diagnostics.all()) {
    places.push_back(bench.text_at(diagnostic));
    EXPECT_FALSE(diagnostic.hint_text.empty()) << diagnostic.message;
    EXPECT_EQ(diagnostic.edits.size(), 1u) << diagnostic.message;
  }
  EXPECT_THAT(places, ElementsAre("ofers", "marketting", "20", "cart_idd", "order_complete",
                                  "person.first_name", "crt_id", "itms"));
}

TEST(Check, TheirEditsMakeTheFileRight) {
  CheckBench bench(kEightMistakes);
  CheckBench mended(with_edits(bench, kEightMistakes));
  EXPECT_THAT(mended.codes(), IsEmpty()) << render_text(mended.diagnostics, mended.sources, {});
}

TEST(Check, EightMistakesTakeLessThanFiftyMilliseconds) {
  using Clock = std::chrono::steady_clock;
  Clock::duration best = Clock::duration::max();
  for (int i = 0; i < 5; ++i) {  // the best of five: other work on the machine is not ours
    Clock::time_point begin = Clock::now();
    CheckBench bench(kEightMistakes);
    best = std::min(best, Clock::now() - begin);
  }
  EXPECT_LT(best, std::chrono::milliseconds(50));
}

// ------------------------------------------------------------------------------ hints with an edit

struct Repair {
  std::string wrong;
  std::string right;
};

constexpr const char* kFrame = R"(use std.ecommerce
person { email: email key  first_name: text? }
topic news
template t(name: text, items: list of cart_item) from "templates/t.html.liquid"
policy marketing { consent required for news }
event due { on_day: date  note: text }
campaign other { policy marketing  on due  send t(name: trigger.note, items: []) }
)";

TEST(Check, EditsOfHintsApplyAsTheyStand) {
  const std::vector<Repair> repairs = {
      {"campaign c { on order_completed  send t(name: \"a\", items: []) }",
       "campaign c { policy marketing\n  on order_completed  send t(name: \"a\", items: []) }"},
      {"campaign c { policy marketing  on order_completed  send t(name: \"a\") }",
       "campaign c { policy marketing  on order_completed  send t(name: \"a\", items: "
       "trigger.items) }"},
      {"campaign c { policy marketing  on order_completed  send t(\"a\", items: []) }",
       "campaign c { policy marketing  on order_completed  send t(name: \"a\", items: []) }"},
      {"campaign c { policy marketing  on due  wait until trigger.on_day - 1 day  "
       "send t(name: \"a\", items: []) }",
       "campaign c { policy marketing  on due  wait until trigger.on_day - 1 day at 09:00 local  "
       "send t(name: \"a\", items: []) }"},
      {"campaign c { policy marketing  on order_completed  when total > 5 EUR { stop }  "
       "send t(name: \"a\", items: []) }",
       "campaign c { policy marketing  on order_completed  when trigger.total > 5 EUR { stop }  "
       "send t(name: \"a\", items: []) }"},
      {"campaign c { policy marketing  on order_completed where order_id == 5  "
       "send t(name: \"a\", items: []) }",
       "campaign c { policy marketing  on order_completed where order_id == \"5\"  "
       "send t(name: \"a\", items: []) }"},
  };
  for (const Repair& repair : repairs) {
    CheckBench bench(kFrame + repair.wrong);
    ASSERT_EQ(bench.diagnostics.all().size(), 1u)
        << render_text(bench.diagnostics, bench.sources, {});
    std::string mended = with_edits(bench, kFrame + repair.wrong);
    EXPECT_EQ(mended, kFrame + repair.right);
    EXPECT_THAT(CheckBench(mended).codes(), IsEmpty()) << mended;
  }
}

TEST(Check, AMissingUseIsOfferedAsAnEdit) {
  const std::string text =
      "topic news\ntemplate t() from \"templates/t.html.liquid\"\n"
      "policy p { consent required for news }\n"
      "campaign c { policy p  on order_completed  send t() }\n";
  CheckBench bench(text);
  EXPECT_THAT(bench.codes(), ElementsAre("E0101"));
  EXPECT_THAT(CheckBench(with_edits(bench, text)).codes(), IsEmpty());
}

TEST(Check, FilesOfAProjectSeeEachOther) {
  SourceMap sources;
  Diagnostics diagnostics;
  std::vector<ast::File> none;
  check::Settings settings{"empty", Zone::utc()};
  check::ReadFile read_file = [](std::string_view) -> Result<std::string> { return fail("none"); };
  check::Checked checked = check::check(none, settings, read_file, sources, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_TRUE(ir::verify(checked.program).empty());
  EXPECT_EQ(checked.program.person_email, 0);  // without a `person` there is an address
  EXPECT_EQ(checked.program.project, "empty");
}

// -------------------------------------------------------------------------------------- templates

TEST(Check, TemplatesAreCheckedAgainstTheirParametersAndThePerson) {
  const std::string project =
      "person { email: email key  first_name: text? }\n"
      "event seen { name: text }\ntopic news\n"
      "template t(name: text) from \"templates/a.html.liquid\"\n"
      "policy p { consent required for news }\n"
      "campaign c { policy p  on seen  send t(name: trigger.name) }\n";
  const std::string footer = "{{ unsubscribe_url }} {{ postal_address }}\n";
  auto codes = [&](const std::string& body) {
    return CheckBench(project, "p.trig",
                      {{"templates/a.html.liquid", "---\nsubject: x\n---\n" + body},
                       {"templates/partials/footer.liquid", footer}})
        .codes();
  };
  EXPECT_THAT(codes("{{ name }}" + footer), IsEmpty());
  EXPECT_THAT(codes("{{ name }}{% render 'footer' %}"), IsEmpty());
  EXPECT_EQ(codes("{{ nam }}" + footer).size(), 1u);
  EXPECT_EQ(codes("{{ person.first_name }}" + footer).size(), 1u);  // may be missing
  EXPECT_EQ(codes("{{ name }}{% render 'foter' %}" + footer).size(), 1u);
}

TEST(Check, PartialsAreHandedOn) {
  CheckBench bench(
      "event seen {}\ntopic news\ntemplate t() from \"templates/a.html.liquid\"\n"
      "policy p { consent required for news }\ncampaign c { policy p  on seen  send t() }\n",
      "p.trig",
      {{"templates/a.html.liquid", "---\nsubject: x\n---\n{% render 'footer' %}"},
       {"templates/partials/footer.liquid", "{{ unsubscribe_url }} {{ postal_address }}\n"}});
  EXPECT_THAT(bench.codes(), IsEmpty());
  EXPECT_NE(bench.checked.partials("footer"), nullptr);
  EXPECT_EQ(bench.checked.partials("header"), nullptr);
  ASSERT_EQ(bench.checked.templates.size(), 1u);
  EXPECT_NE(bench.checked.templates[0].own, nullptr);
}

}  // namespace
}  // namespace trig
