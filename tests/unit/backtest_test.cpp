// Back-tests: the same engine as everywhere, the same figures however people are divided, and a
// difference that is exact.
#include "runtime/drive/backtest.h"

#include <map>

#include "runtime/drive/virtual_driver.h"
#include "runtime/ports/limits.h"
#include "runtime/report/backtest_summary.h"
#include "runtime/report/backtest_text.h"
#include "runtime/store/memory_store.h"
#include "tests/bench/month.h"
#include "tests/unit/backtest_fixture.h"

namespace trig::drive {
namespace {

using report::Sent;
using testing::HasSubstr;
using testing::Not;

// The same campaigns with other waits and caps, one gone and one new.
std::string changed_campaigns() {
  std::string text = kBacktestCampaigns;
  auto replace = [&](const std::string& what, const std::string& with) {
    text.replace(text.find(what), what.size(), with);
  };
  replace("wait 30 minutes", "wait 2 hours");
  replace("total >= 20 EUR", "total >= 40 EUR");
  text.erase(text.find("campaign confirmation"),
             text.find("campaign welcome") - text.find("campaign confirmation"));
  return text + R"(
campaign quiet_people {
  policy marketing
  on no product_viewed for 3 days
  again after 7 days
  send hello()
}
)";
}

std::string month(std::uint64_t seed, std::uint32_t people = 150, std::uint64_t events = 4'000) {
  Month made({seed, people, events});
  std::string text;
  for (std::string line; made.next(line);) text += line;
  return text;
}

std::vector<Sent> sends_of(const Recording& recording, const Version& version) {
  std::vector<Sent> all;
  BacktestSettings settings;
  settings.sends = [&](const std::vector<Sent>& sends, const std::vector<Sent>&) {
    all.insert(all.end(), sends.begin(), sends.end());
  };
  run(recording, version, nullptr, settings);
  std::sort(all.begin(), all.end());
  return all;
}

TEST(Backtest, DoesNotDependOnHowPeopleAreDivided) {
  const Version before = backtest_version(kBacktestCampaigns);
  const Version after = backtest_version(changed_campaigns());
  for (std::uint64_t seed : {1, 2, 3}) {
    std::string expected;
    for (std::size_t people_per_part : {1'000'000, 1, 7, 40, 0})
      for (std::size_t threads : {1, 3}) {
        RecordedFolder recorded;
        recorded.folder.write("month.ndjson", month(seed));
        ReadSettings read;
        read.people_per_part = people_per_part;
        read.threads = threads;
        const Recording& recording = recorded.read({&after, &before}, read);
        BacktestSettings settings;
        settings.threads = threads;
        settings.samples = 3;
        settings.max_sends_per_person_day = 1;
        const std::string found = backtest_json(run(recording, after, &before, settings));
        if (expected.empty()) expected = found;
        EXPECT_EQ(found, expected) << "seed " << seed << ", " << people_per_part << " people";
      }
    EXPECT_THAT(expected, HasSubstr("\"moved\":"));
  }
}

TEST(Backtest, SendsWhatTheVirtualDriverSends) {
  const Version version = backtest_version(kBacktestCampaigns);
  RecordedFolder recorded;
  recorded.folder.write("month.ndjson", month(4));
  const Recording& recording = recorded.read({&version});
  std::vector<std::string> found;
  for (const Sent& sent : sends_of(recording, version))
    found.push_back(fmt::format("{} {} {}", to_string(sent.at), sent.campaign, sent.mail_template));

  // One engine for all people, each event committed before the next.
  auto driver =
      VirtualDriver::open(memory_world(), version.deployed, compile_files(), recording.begin());
  ASSERT_TRUE(driver.has_value());
  std::vector<std::pair<Place, Envelope>> events;
  RecordedReader reader;
  for (std::size_t number = 0; number < recording.parts(); ++number) {
    auto part = recording.part(number);
    ASSERT_TRUE(part.has_value());
    for (std::size_t i = 0; i < part->size(); ++i)
      events.emplace_back(part->place(i), part->read(i, reader));
  }
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) {
    return a.first.when != b.first.when ? a.first.when < b.first.when : a.first.at < b.first.at;
  });
  for (auto& [place, envelope] : events) {
    ASSERT_TRUE((*driver)->advance_to(place.when).has_value());
    (*driver)->engine().number_next_person(place.at + 1);
    ASSERT_TRUE((*driver)->take(std::move(envelope)).has_value());
  }
  std::vector<std::string> expected;
  for (const TakenMail& mail : (*driver)->mails())
    expected.push_back(
        fmt::format("{} {} {}", to_string(mail.at), mail.campaign, mail.mail_template));
  EXPECT_GT(expected.size(), 100u);
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(expected));
}

TEST(Backtest, ItsDifferenceIsThatOfTwoSeparateRuns) {
  const Version before = backtest_version(kBacktestCampaigns);
  const Version after = backtest_version(changed_campaigns());
  for (std::uint64_t seed : {5, 6}) {
    RecordedFolder recorded;
    recorded.folder.write("month.ndjson", month(seed));
    const Recording& recording = recorded.read({&after, &before});
    const report::Backtest both = run(recording, after, &before);

    // By person, campaign and template: how many at each instant.
    using Mail = std::tuple<PersonId, std::string, std::string>;
    std::map<Mail, std::pair<std::multiset<Instant>, std::multiset<Instant>>> mails;
    for (const Sent& sent : sends_of(recording, before))
      mails[{sent.person, std::string(sent.campaign), std::string(sent.mail_template)}]
          .first.insert(sent.at);
    for (const Sent& sent : sends_of(recording, after))
      mails[{sent.person, std::string(sent.campaign), std::string(sent.mail_template)}]
          .second.insert(sent.at);
    std::map<std::string, report::CampaignDifference> expected;
    std::map<std::pair<std::string, PersonId>, std::pair<bool, bool>> people;
    for (const auto& [mail, sides] : mails) {
      const auto& [person, campaign, mail_template] = mail;
      std::vector<Instant> same;
      std::set_intersection(sides.first.begin(), sides.first.end(), sides.second.begin(),
                            sides.second.end(), std::back_inserter(same));
      const std::size_t left_before = sides.first.size() - same.size();
      const std::size_t left_after = sides.second.size() - same.size();
      report::CampaignDifference& difference = expected[campaign];
      difference.same += same.size();
      difference.moved += std::min(left_before, left_after);
      difference.added += left_after - std::min(left_before, left_after);
      difference.removed += left_before - std::min(left_before, left_after);
      auto& [gets, loses] = people[{campaign, person}];
      gets = gets || left_after > left_before;
      loses = loses || left_before > left_after;
    }
    for (const auto& [whose, changes] : people) {
      expected[whose.first].people_added += changes.first ? 1 : 0;
      expected[whose.first].people_removed += changes.second ? 1 : 0;
      expected[whose.first].people_both += changes.first && changes.second ? 1 : 0;
    }
    ASSERT_EQ(both.difference.campaigns.size(), expected.size());
    for (const auto& [campaign, wanted] : expected) {
      const report::CampaignDifference& found = both.difference.campaigns.at(campaign);
      EXPECT_EQ(found.same, wanted.same) << campaign;
      EXPECT_EQ(found.added, wanted.added) << campaign;
      EXPECT_EQ(found.removed, wanted.removed) << campaign;
      EXPECT_EQ(found.moved, wanted.moved) << campaign;
      EXPECT_EQ(found.people_added, wanted.people_added) << campaign;
      EXPECT_EQ(found.people_removed, wanted.people_removed) << campaign;
      EXPECT_EQ(found.people_both, wanted.people_both) << campaign;
    }
    EXPECT_GT(both.difference.total.moved, 0u);
    EXPECT_EQ(both.before->total().sends, both.difference.total.same + both.difference.total.moved +
                                              both.difference.total.removed);
    EXPECT_EQ(both.after.total().sends, both.difference.total.same + both.difference.total.moved +
                                            both.difference.total.added);
    EXPECT_EQ(report::backtest_json(both).find("\"difference\"") != std::string::npos, true);
  }
}

TEST(Backtest, OfTheSameVersionTwiceFindsNoDifference) {
  const Version before = backtest_version(kBacktestCampaigns);
  const Version after = backtest_version(kBacktestCampaigns);
  RecordedFolder recorded;
  recorded.folder.write("month.ndjson", month(7));
  const report::Backtest found = run(recorded.read({&after, &before}), after, &before);
  const report::CampaignDifference& total = found.difference.total;
  EXPECT_GT(total.same, 0u);
  EXPECT_EQ(total.added + total.removed + total.moved, 0u);
}

// What a server has stored leads to the mails that it sent, also through what was known of mails by
// their names alone.
TEST(Backtest, PlaysTheEventsOfADataDirectory) {
  const std::string campaigns = kBacktestCampaigns + R"(
campaign reader {
  policy service
  on email_opened
  send thanks()
}
)";
  const Version version = backtest_version(campaigns, {"all"});
  auto store = std::make_shared<store::MemoryStore>();
  auto driver = VirtualDriver::open([&]() -> Result<std::shared_ptr<Store>> { return store; },
                                    version.deployed, compile_files(),
                                    *parse_instant("2026-03-01T00:00:00Z"));
  ASSERT_TRUE(driver.has_value());
  auto take = [&](EnvelopeKind kind, const char* user, const char* event, std::string payload) {
    Envelope envelope;
    envelope.kind = kind;
    envelope.source = "web";
    envelope.user_id = user;
    envelope.event = event;
    envelope.payload = std::move(payload);
    ASSERT_TRUE((*driver)->take(std::move(envelope)).has_value());
    ASSERT_TRUE((*driver)->advance_to((*driver)->clock() + std::chrono::hours(1)).has_value());
  };
  take(EnvelopeKind::kIdentify, "u", "", R"({"email":"u@example.com"})");
  take(EnvelopeKind::kTrack, "u", "order_completed",
       R"({"order_id":"o","total":5,"currency":"EUR"})");
  ASSERT_EQ((*driver)->mails().size(), 1u);
  take(EnvelopeKind::kTrack, "", "email_opened",
       fmt::format(R"({{"message":"{}"}})", (*driver)->mails()[0].name));
  ASSERT_EQ((*driver)->mails().size(), 2u);

  Recording recording;
  ASSERT_TRUE(recording.add(*store, "data").has_value());
  Progress progress;
  ASSERT_TRUE(recording.read({version.deployed->program}, {}, progress).has_value());
  EXPECT_EQ(recording.events(), 3u);
  const report::Figures found = run(recording, version).after;
  EXPECT_EQ(found.campaigns.at("confirmation").sends, 1u);
  EXPECT_EQ(found.campaigns.at("reader").sends, 1u);
}

// A cart that is left at noon by somebody who wants mail.
std::string left_cart(const std::string& user, const std::string& day, const std::string& cart) {
  return identify(user, fmt::format(R"({{"email":"{}@example.com"}})", user), day + "T10:00:00Z") +
         track(user, "Cart Updated",
               fmt::format(R"({{"cart_id":"{}","total":50,"currency":"EUR"}})", cart),
               day + "T12:00:00Z");
}

TEST(Backtest, TakesEverybodyAsSubscribedWhereThatIsSaid) {
  RecordedFolder recorded;
  const Version nobody = backtest_version(kBacktestCampaigns);
  const Version all = backtest_version(kBacktestCampaigns, {"all"});
  const Version offers = backtest_version(kBacktestCampaigns, {"offers"});
  recorded.folder.write("a.ndjson", left_cart("u", "2026-03-01", "c") +
                                        track("u", "Page", "{}", "2026-03-01T14:00:00Z"));
  const Recording& recording = recorded.read({&nobody, &all});
  EXPECT_EQ(run(recording, all).after.total().sends, 1u);
  EXPECT_EQ(run(recording, offers).after.total().sends, 1u);
  const report::Figures without = run(recording, nobody).after;
  EXPECT_EQ(without.total().sends, 0u);
  EXPECT_EQ(without.campaigns.at("abandoned").suppressed.at("not subscribed to offers"), 1u);
}

TEST(Backtest, CountsFromADayAndPlaysWhatWasBefore) {
  RecordedFolder recorded;
  const Version version = backtest_version(kBacktestCampaigns, {"all"});
  recorded.folder.write("a.ndjson", left_cart("u", "2026-03-01", "c") +
                                        left_cart("v", "2026-03-05", "d") +
                                        track("v", "Page", "{}", "2026-03-05T14:00:00Z"));
  const Recording& recording = recorded.read({&version});
  BacktestSettings settings;
  EXPECT_EQ(run(recording, version).after.total().journeys, 2u);
  settings.count_from = *parse_instant("2026-03-02T00:00:00Z");
  const report::Backtest found = run(recording, version, nullptr, settings);
  EXPECT_EQ(found.after.total().journeys, 1u);
  EXPECT_EQ(found.after.events, 5u);
  EXPECT_EQ(found.begin, *settings.count_from);
  EXPECT_EQ(found.after.campaigns.at("abandoned").ended.at("finished"), 1u);  // of the first
}

TEST(Backtest, FindsDaysWithTooManyMailsAndTheWorstPeople) {
  RecordedFolder recorded;
  const Version version = backtest_version(kBacktestCampaigns, {"all"});
  std::string text;
  const int people = static_cast<int>(kMaxWorstPeople) + 5;
  for (int person = 0; person < people; ++person) {
    const std::string user = fmt::format("u{}", person);
    text += identify(user, fmt::format(R"({{"email":"{}@example.com"}})", user),
                     "2026-03-01T10:00:00Z");
    for (int order = 0; order <= person; ++order)
      text +=
          track(user, "Order Completed",
                fmt::format(R"({{"order_id":"{}-{}","total":5,"currency":"EUR"}})", user, order),
                "2026-03-01T11:00:00Z");
  }
  recorded.folder.write("a.ndjson", text);
  BacktestSettings settings;
  settings.max_sends_per_person_day = 2;
  const report::Backtest found = run(recorded.read({&version}), version, nullptr, settings);
  ASSERT_EQ(found.findings.size(), 1u);
  EXPECT_THAT(found.findings[0].text, HasSubstr(fmt::format("{} days", people - 2)));
  ASSERT_EQ(found.findings[0].worst.size(), kMaxWorstPeople);
  EXPECT_EQ(found.findings[0].worst[0].person, fmt::format("u{}", people - 1));
  EXPECT_EQ(found.findings[0].worst[0].sends, static_cast<std::uint64_t>(people));
}

TEST(Backtest, CountsWhatItDoesNotKnowAndWhatCameTwice) {
  RecordedFolder recorded;
  const Version version = backtest_version(kBacktestCampaigns);
  std::string text = track("u", "Order Completed", "{}", "2026-03-01T12:00:00Z");
  for (std::size_t i = 0; i < kMaxReasons + 5; ++i)
    text += track("u", fmt::format("Unknown {}", i), "{}", "2026-03-01T12:00:00Z");
  for (const char* at : {"01T12", "02T12", "08T12", "09T12"})
    text += fmt::format(R"({{"type":"page","messageId":"m","userId":"u",)"
                        R"("receivedAt":"2026-03-{}:00:00Z"}})"
                        "\n",
                        at);
  recorded.folder.write("a.ndjson", text);
  const report::Figures found = run(recorded.read({&version}), version).after;
  EXPECT_EQ(found.duplicates, 2u);  // 8 March is 7 days later: still; 9 March is not
  EXPECT_EQ(found.events, 1 + kMaxReasons + 5 + 2);
  EXPECT_EQ(found.rejected.at("no event is declared as `Unknown 0`"), 1u);
  EXPECT_EQ(found.rejected.size(), kMaxReasons + 1);
  EXPECT_EQ(found.rejected.at("other reasons"), 6u);
}

TEST(Backtest, ShowsPeopleAsTheyAreInBothVersions) {
  const Version before = backtest_version(kBacktestCampaigns, {"all"});
  const Version after = backtest_version(changed_campaigns(), {"all"});
  RecordedFolder recorded;
  recorded.folder.write("a.ndjson", left_cart("u", "2026-03-02", "c") +
                                        track("u", "Page", "{}", "2026-03-02T17:00:00Z"));
  BacktestSettings settings;
  settings.samples = 5;
  const report::Backtest found = run(recorded.read({&after, &before}), after, &before, settings);
  ASSERT_EQ(found.samples.size(), 1u);
  EXPECT_EQ(found.samples[0].person, "u");
  EXPECT_THAT(*found.samples[0].before, HasSubstr("2026-03-02 13:30     abandoned: attempt"));
  EXPECT_THAT(found.samples[0].after, HasSubstr("2026-03-02 15:00     abandoned: attempt"));
}

TEST(BacktestReport, NeverTakesDataForMarkup) {
  const std::string hostile = "<script>x</script>|`**@everyone";
  report::Backtest found;
  found.project = hostile;
  found.against = hostile;
  found.before.emplace();
  found.after.campaigns["calm"].suppressed[hostile] = 1;
  found.after.rejected[hostile] = 2;
  found.unreadable = {1, {{hostile, hostile}}, {{hostile, 1}}};
  found.findings.push_back({hostile, {{hostile, Date(), 3}}});
  found.samples.push_back({hostile, "```\n" + hostile, hostile});
  EXPECT_THAT(report::backtest_html(found), Not(HasSubstr("<script>")));
  const std::string markdown = report::backtest_markdown(found);
  EXPECT_THAT(markdown, HasSubstr("\n````\n"));  // what is inside cannot end it
  const std::string outside = markdown.substr(0, markdown.find("````"));
  EXPECT_THAT(outside, Not(HasSubstr("@everyone")));
  EXPECT_THAT(outside, Not(HasSubstr("<script>")));
  EXPECT_THAT(report::backtest_json(found), HasSubstr("\"version\":1"));
  EXPECT_THAT(report::backtest_text(found), HasSubstr("finding: "));
}

TEST(BacktestSummary, IsReadFromTheJsonAndSaysWhatNoStepHas) {
  report::Backtest backtest;
  backtest.begin = *parse_instant("2026-03-01T23:30:00Z");
  backtest.end = *parse_instant("2026-03-31T12:00:00Z");
  backtest.zone = *Zone::find("Europe/Paris");
  report::CampaignFigures& cart = backtest.after.campaigns["cart"];
  cart.journeys = 1;
  cart.sends = 1'240;
  cart.people = 900;
  cart.steps = {{"hello", 1'240}};
  cart.ended = {{"finished", 2}, {"order_completed", 30}};
  auto read = report::read_backtest(report::backtest_json(backtest));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const report::CampaignSummary& summary = read->campaigns.at("cart");
  EXPECT_EQ(summary.steps, cart.steps);
  EXPECT_THAT(
      report::summary_lines(*read, summary, {{"hello", 1'240}}),
      testing::ElementsAre("2026-03-02 to 2026-03-31", "1 journey", "1,240 mails to 900 people",
                           "1,240 mails by hello", "30 journeys ended: order_completed",
                           "2 journeys ended: finished"));
  EXPECT_FALSE(report::read_backtest("{}").has_value());
}

}  // namespace
}  // namespace trig::drive
