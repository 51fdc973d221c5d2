// A project compiled from the one before is the project compiled from nothing, whatever changed;
// and where little changed, little is done, however much there is.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "compiler/base/limits.h"
#include "compiler/diagnostics/render.h"
#include "compiler/exec/executor.h"
#include "compiler/project/project.h"
#ifdef TRIG_JIT
#include "compiler/jit/jit.h"
#endif

namespace trig::project {
namespace {

constexpr std::string_view kConfig = R"(
name = "shop"
timezone = "Europe/Paris"
[[senders]]
name = "shop"
address = "hello@shop.example"
postal_address = "1 Example Street"
)";
constexpr std::string_view kMail = R"(---
subject: Hello
---
<p>Hello</p> <a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ postal_address }}
)";
constexpr std::string_view kVocabulary = R"(
event seen { category: text?  total: money  order_id: text? }
event bought { total: money  order_id: text }
event pinged { times: integer }
person { email: email key  country: country?  ends: date? }
topic news
segment big: sum(bought.total in 90 days) >= 500 EUR
segment silent: no seen for 30 days
segment nobody: person.country == "FR"
template one() from "templates/mail.liquid"
template two() from "templates/mail.liquid"
template three() from "templates/mail.liquid"
policy capped { consent required for news  at most 2 emails per day }
policy free { consent required for news }
)";

// Files of campaigns and tests that change at random.
class RandomProject {
 public:
  explicit RandomProject(std::uint64_t seed) : dice_(seed) {
    for (int i = 0; i < kFiles; ++i) {
      files_.emplace_back();
      for (int k = below(4); k >= 0; --k) files_.back().push_back(new_campaign());
    }
    write();
  }

  const Files& files() const { return written_; }

  // What changed, for messages.
  std::string change() {
    if (std::exchange(broken_, false)) {
      write();
      return "a file is whole again";
    }
    auto& file = files_[static_cast<std::size_t>(below(kFiles))];
    switch (below(12)) {
      case 0:
        file.push_back(new_campaign());
        write();
        return "another campaign";
      case 1:
        if (file.size() > 1) file.erase(file.begin());
        write();
        return "one campaign fewer";
      case 2:
        vocabulary_ = std::string(kVocabulary) + (below(2) == 0 ? "topic more\n" : "# nothing\n");
        write();
        return "another vocabulary";
      case 3:
        mail_ = std::string(kMail) + fmt::format("<p>{}</p>\n", below(3));
        write();
        return "another template";
      case 4:
        broken_ = true;
        written_["c0.trig"] += below(2) == 0 ? "campaign {\n" : "campaign x { send nothing() }\n";
        return "a file is broken";
      case 5:
        for (Campaign& campaign : file) campaign.comment = below(2) == 0;
        write();
        return "another layout";
      case 6:
        for (auto& any : files_)
          if (below(2) == 0) any.back().body = body(any.back().number);
        write();
        return "several files";
      case 7:
        for (Campaign& campaign : file) campaign.tested = below(2) == 0;
        write();
        return "other tests";
      default: {
        Campaign& campaign = file[static_cast<std::size_t>(below(static_cast<int>(file.size())))];
        campaign.body = body(campaign.number);
        write();
        return "another campaign body";
      }
    }
  }

 private:
  static constexpr int kFiles = 5;
  struct Campaign {
    int number = 0;
    std::string body;
    bool comment = false;
    bool tested = false;
  };

  int below(int bound) { return static_cast<int>(dice_() % static_cast<unsigned>(bound)); }
  std::string pick(std::initializer_list<const char*> words) {
    return words.begin()[below(static_cast<int>(words.size()))];
  }
  Campaign new_campaign() {
    const int number = next_++;
    return {number, body(number), below(2) == 0, below(2) == 0};
  }

  std::string body(int number) {
    std::string text = "  policy " + pick({"capped", "free"}) + "\n";
    if (below(3) == 0) text += "  priority " + pick({"high", "low"}) + "\n";
    text += "  on " + trigger() + "\n";
    if (below(4) == 0) text += "  again " + pick({"always", "never", "after 3 days"}) + "\n";
    if (below(2) == 0)
      text += "  wait " + pick({"1 hour", "2 hours", "10 seconds", "400 days"}) +
              pick({"", " unless bought", " unless bought where total > 5 EUR",
                    "  # trig: allow W0114 because it is so"}) +
              "\n";
    if (below(5) == 0) text += "  wait 1 day\n  emit pinged { times: count(seen in 3 days) }\n";
    if (below(4) == 0)
      text += "  when " +
              pick({"person is big", "person.country == \"FR\"", "no seen for 9 days"}) +
              " { send one() } else { send two() }\n";
    text += "  send " + pick({"one", "two", "three"}) + "()" +
            (below(8) == 0 ? fmt::format(" as mail{}", number) : "") + "\n";
    if (below(4) == 0) text += "  exit on bought\n";
    if (below(3) == 0)
      text += "  goal bought within " + pick({"1 day", "40 days"}) + " value total\n";
    return text;
  }

  std::string trigger() {
    switch (below(9)) {
      case 0: return "entering " + pick({"big", "silent"});
      case 1: return "no bought for " + pick({"20 days", "30 days"});
      case 2: return "every monday at 10:00 local for " + pick({"big", "everyone"});
      case 3: return "3 seen within 1 hour";
      case 4: return "seen as first then bought as second within 1 hour";
      case 5: return "pinged where times > " + pick({"1", "2"});
      case 6: return "bought where total > 20 EUR and total < 10 EUR per order_id";
      default:
        return "seen where category == \"" + pick({"a", "b", "c"}) + "\" and total > " +
               pick({"5", "10", "20"}) + " EUR" +
               pick(
                   {"", "", " and count(seen in 7 days) >= 2", " and category matches \"^[a-c]\""});
    }
  }

  void write() {
    written_.clear();
    written_["trig.toml"] = kConfig;
    written_["vocabulary.trig"] = vocabulary_;
    written_["templates/mail.liquid"] = mail_;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      std::string& text = written_[fmt::format("c{}.trig", i)];
      for (const Campaign& campaign : files_[i]) {
        if (campaign.comment)
          text += "# Somebody looked at something.\n# trig: allow W0110 because so\n";
        text += fmt::format("campaign c{} {{\n{}}}\n", campaign.number, campaign.body);
        if (campaign.tested)
          text += fmt::format(
              "test \"c{0}\" {{\n  at 2026-01-01 12:00\n  person ana {{ email: \"a@b.example\" }}\n"
              "  ana seen {{ category: \"a\", total: {0} EUR }}\n  expect no send to ana\n}}\n",
              campaign.number);
      }
    }
  }

  std::mt19937_64 dice_;
  int next_ = 0;
  std::vector<std::vector<Campaign>> files_;
  std::string vocabulary_{kVocabulary};
  std::string mail_{kMail};
  Files written_;
  bool broken_ = false;
};

// All that may be seen of a project. Sources are numbered in the order in which they came.
std::string shown(const Project& project) {
  std::string text = render_text(project.diagnostics, project.sources, {});
  text += ir::dump(project.program);
  text += to_hex(project.program.hash) + "\n";
  for (const ir::Campaign& campaign : project.program.campaigns)
    text += fmt::format("{} {}\n", campaign.name, to_hex(campaign.version));
  for (const auto& [source, line, code] : project.allowances)
    text += fmt::format("{} {} {}\n", project.sources[source].path(), line, info_of(code).code);
  for (const ir::MailTemplate& mail : project.program.templates) text += mail.file + "\n";
  return text;
}

std::string shown(const exec::Executor& executor, std::mt19937_64& dice) {
  const ir::Program& program = executor.program();
  const int event = program.find_event("seen");
  const auto index = static_cast<std::uint32_t>(event);
  std::string text;
  for (int i = 0; i < 20; ++i) {
    const char letter = static_cast<char>('a' + dice() % 4);
    ir::Money money;
    money.amount = *Decimal::from_integer(static_cast<std::int64_t>(dice() % 30));
    ir::Currency::parse("EUR", money.currency);
    ir::Items fields{std::string(1, letter), money, ir::Value()};
    exec::Frame frame;
    frame.event = &fields;
    std::vector<exec::Executor::Match> matches;
    executor.match(index, frame, matches);
    for (const auto& match : matches) text += fmt::format("{} ", match.campaign);
    text += "\n";
  }
  for (const auto& match : executor.candidates(index)) text += fmt::format("{} ", match.campaign);
  text += to_hex(executor.triggers().hash);
  for (const auto& [identity, aggregate] : executor.aggregates().known) text += to_hex(identity);
  return text;
}

using Make = std::function<std::unique_ptr<exec::Executor>(const ir::Program&)>;

void is_the_same_as_from_nothing(std::uint64_t seeds, const Make& make) {
  std::size_t gone_on = 0;
  std::size_t changes = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    RandomProject random(seed);
    std::shared_ptr<const Project> last = compile(random.files());
    ASSERT_FALSE(last->diagnostics.has_errors())
        << render_text(last->diagnostics, last->sources, {});
    std::unique_ptr<exec::Executor> executor = make(last->program);
    for (int i = 0; i < 25; ++i, ++changes) {
      const std::string what = random.change();
      std::shared_ptr<const Project> now = recompile(*last, random.files());
      std::shared_ptr<const Project> anew = compile(random.files());
      ASSERT_EQ(shown(*now), shown(*anew)) << "seed " << seed << ", change " << i << ": " << what;
      if (now->diagnostics.has_errors()) continue;  // the last good one goes on, as in a server
      ASSERT_TRUE(ir::verify(now->program).empty()) << ir::verify(now->program).front();
      std::unique_ptr<exec::Executor> next = executor->next(now->program);
      const bool went_on = now->program.parent == last->program.identity;
      ASSERT_EQ(next != nullptr, went_on);
      gone_on += went_on ? 1 : 0;
      if (next == nullptr) next = make(now->program);
      auto fresh = exec::make_interpreter(anew->program);
      std::mt19937_64 dice(seed + static_cast<std::uint64_t>(i));
      std::mt19937_64 same_dice = dice;
      ASSERT_EQ(shown(*next, dice), shown(*fresh, same_dice))
          << "seed " << seed << ", change " << i << ": " << what;
      executor = std::move(next);
      last = std::move(now);
    }
  }
  EXPECT_GT(gone_on, changes / 3) << "most changes are of a kind that needs little";
  EXPECT_LT(gone_on, changes) << "and some are not";
}

TEST(Recompile, IsTheSameAsCompilingFromNothing) {
  is_the_same_as_from_nothing(12, exec::make_interpreter);
}

#ifdef TRIG_JIT
// Native code of the rules that did not change goes on; it is held against the interpreter.
TEST(Recompile, NativeCodeGoesOn) {
  is_the_same_as_from_nothing(3, [](const ir::Program& program) {
    return jit::make_jit(program, jit::When::kBaselineNow);
  });
}
#endif

Files many_campaigns(int count) {
  Files files;
  files["trig.toml"] = kConfig;
  files["templates/mail.liquid"] = kMail;
  files["vocabulary.trig"] = kVocabulary;
  for (int i = 0; i < count; ++i)
    files[fmt::format("c{}.trig", i)] = fmt::format(
        "campaign c{0} {{\n  policy free\n  on seen where category == \"c{0}\" and total > {0} "
        "EUR\n  send one()\n}}\n",
        i);
  return files;
}

// The trap: the cost of publishing one campaign grows with what is loaded. Work is counted, so that
// a busy machine changes nothing.
TEST(Recompile, OneChangedCampaignIsAllTheWorkThereIs) {
  for (int count : {10, 400}) {
    Files files = many_campaigns(count);
    std::unique_ptr<Project> before = compile(files);
    ASSERT_FALSE(before->diagnostics.has_errors());
    EXPECT_GT(before->declarations_checked, static_cast<std::size_t>(count));
    auto executor = exec::make_interpreter(before->program);
    EXPECT_EQ(executor->rules_filed(), static_cast<std::size_t>(count));
    std::string& text = files["c7.trig"];
    text.replace(text.find("\"c7\""), 4, "\"new\"");
    std::unique_ptr<Project> after = recompile(*before, files);
    EXPECT_EQ(after->declarations_checked, 1u);
    auto next = executor->next(after->program);
    ASSERT_NE(next, nullptr);
    EXPECT_EQ(next->rules_filed(), 1u);
    std::size_t shared = 0;
    using Nodes = decltype(after->program.nodes);
    for (std::size_t i = 0; i < before->program.nodes.size(); ++i)
      if (Nodes::shares(before->program.nodes, after->program.nodes, i)) ++shared;
    EXPECT_GE(shared + Nodes::kChunk, before->program.nodes.size());
  }
}

// Rules that changed stand beside an index until they are many: then it is made of all of them.
TEST(Recompile, ManyChangedRulesMakeAnIndexAnew) {
  constexpr std::size_t kCampaigns = kMaxRulesBesideAnIndex + 100;
  Files files = many_campaigns(static_cast<int>(kCampaigns));
  std::shared_ptr<const Project> project = compile(files);
  auto executor = exec::make_interpreter(project->program);
  std::vector<std::size_t> filed;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t end = i == 0 ? kMaxRulesBesideAnIndex : kMaxRulesBesideAnIndex + i;
    for (std::size_t k = i == 0 ? 0 : end - 1; k < end; ++k) {
      std::string& text = files[fmt::format("c{}.trig", k)];
      text.replace(text.find("\"c"), 2, "\"d");
    }
    std::shared_ptr<const Project> next = recompile(*project, files);
    auto goes_on = executor->next(next->program);
    ASSERT_NE(goes_on, nullptr);
    filed.push_back(goes_on->rules_filed());
    executor = std::move(goes_on);
    project = std::move(next);
  }
  EXPECT_EQ(filed, (std::vector<std::size_t>{kMaxRulesBesideAnIndex, kCampaigns, 1}));
}

// The executor before goes on, also after its program's successor has let go of everything.
TEST(Recompile, TheProgramBeforeStaysAsItWas) {
  Files files = many_campaigns(40);
  std::unique_ptr<Project> before = compile(files);
  auto executor = exec::make_interpreter(before->program);
  const std::string program = shown(*before);
  std::mt19937_64 dice(1);
  std::mt19937_64 same_dice = dice;
  const std::string matches = shown(*executor, dice);
  files["c3.trig"].replace(files["c3.trig"].find("\"c3\""), 4, "\"a\"");
  {
    std::unique_ptr<Project> after = recompile(*before, files);
    auto next = executor->next(after->program);
    EXPECT_NE(shown(*next, dice), matches);
  }
  EXPECT_EQ(shown(*before), program);
  EXPECT_EQ(shown(*executor, same_dice), matches);
}

}  // namespace
}  // namespace trig::project
