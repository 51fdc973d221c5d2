// The small parts of the engine: the view of a turn, the window of timers, the gate of a rate,
// rows.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "runtime/engine/history_rows.h"
#include "runtime/engine/rate_gate.h"
#include "runtime/engine/rows.h"
#include "runtime/engine/timers.h"
#include "runtime/engine/view.h"
#include "runtime/store/memory_store.h"

namespace trig::engine {
namespace {

using namespace std::chrono_literals;

std::string rows(const View& view, const std::string& begin, const std::string& end,
                 std::size_t limit = 100) {
  std::string text;
  std::size_t count = 0;
  view.scan(Space::kMeta, begin, end, [&](auto key, auto value) {
    text += std::string(key) + "=" + std::string(value) + " ";
    return ++count < limit;
  });
  return text;
}

TEST(View, ATurnSeesItsOwnChangesOverTheStore) {
  store::MemoryStore store;
  Commit commit;
  for (const char* key : {"a", "c", "e", "g"}) commit.put(Space::kMeta, key, "old");
  ASSERT_TRUE(store.commit(commit));
  View view(store);
  EXPECT_TRUE(view.empty());
  view.put(Space::kMeta, "b", "new");
  view.put(Space::kMeta, "c", "new");
  view.remove(Space::kMeta, "e");
  view.put(Space::kMeta, "h", "new");
  view.put(Space::kMeta, "d", "gone");
  view.remove(Space::kMeta, "d");
  EXPECT_EQ(rows(view, "", ""), "a=old b=new c=new g=old h=new ");
  EXPECT_EQ(rows(view, "b", "g"), "b=new c=new ");
  EXPECT_EQ(rows(view, "f", ""), "g=old h=new ");
  EXPECT_EQ(rows(view, "", "", 2), "a=old b=new ") << "a visitor may stop";
  EXPECT_EQ(rows(view, "", "", 5), "a=old b=new c=new g=old h=new ");
  EXPECT_EQ(view.get(Space::kMeta, "c"), "new");
  EXPECT_EQ(view.get(Space::kMeta, "e"), std::nullopt);
  ASSERT_TRUE(store.commit(view.close_turn()));
  view.landed();
  EXPECT_TRUE(view.empty());
  EXPECT_EQ(rows(view, "", ""), "a=old b=new c=new g=old h=new ") << "the same from the store";
}

TEST(View, WhatIsReadAheadIsHiddenByChangesAndGoesWithTheTurn) {
  store::MemoryStore store;
  Commit commit;
  for (const char* key : {"a", "b", "c"}) commit.put(Space::kMeta, key, "old");
  ASSERT_TRUE(store.commit(commit));
  View view(store);
  view.put(Space::kMeta, "b", "closed");
  const Commit& closed = view.close_turn();
  view.put(Space::kMeta, "c", "new");
  view.read_ahead(Space::kMeta, {"a", "b", "c", "d"});
  // Nobody else writes to a store: this shows what is not asked again.
  Commit behind;
  behind.put(Space::kMeta, "a", "behind");
  behind.put(Space::kMeta, "d", "behind");
  ASSERT_TRUE(store.commit(behind));
  using Values = std::vector<std::optional<std::string>>;
  EXPECT_EQ(view.get_many(Space::kMeta, {"d", "c", "b", "a", "x"}),
            (Values{std::nullopt, "new", "closed", "old", std::nullopt}));
  EXPECT_EQ(view.get(Space::kMeta, "d"), std::nullopt);
  view.remove(Space::kMeta, "a");
  EXPECT_EQ(view.get(Space::kMeta, "a"), std::nullopt);
  ASSERT_TRUE(store.commit(closed));
  view.landed();
  EXPECT_EQ(view.get_many(Space::kMeta, {"a", "b", "c", "d"}),
            (Values{std::nullopt, "closed", "new", "behind"}))
      << "what the closed turn hid is in the store";
  view.read_ahead(Space::kMeta, {"d"});
  ASSERT_TRUE(store.commit(view.close_turn()));
  commit.clear();
  commit.put(Space::kMeta, "d", "later");
  ASSERT_TRUE(store.commit(commit));
  EXPECT_EQ(view.get(Space::kMeta, "d"), "later");
}

std::string moments(const HistoryRows& rows, NameHash event, int from, int to) {
  std::string text;
  rows.scan(event, Instant(from * 1s), Instant(to * 1s),
            [&](const exec::Moment& moment, std::string_view row) {
              text += std::to_string(moment.occurred_at.time_since_epoch() / 1s) + ":" +
                      std::to_string(raw(moment.sequence)) + "=" + std::string(row) + " ";
              return row != "stop";
            });
  return text;
}
exec::Moment moment(int second, std::uint64_t sequence) {
  return {Instant(second * 1s), Sequence{sequence}};
}

TEST(HistoryRows, AreReadInTheOrderOfTheirMoments) {
  HistoryRows rows;
  const NameHash seen = name_hash("seen");
  rows.add(seen, moment(1, 1), "not known, so not kept");
  EXPECT_FALSE(rows.knows(seen));
  rows.begin(seen);
  rows.add(seen, moment(5, 1), "a");
  rows.add(seen, moment(9, 2), "");
  rows.add(seen, moment(3, 3), "late");
  rows.add(seen, moment(5, 4), "b");
  EXPECT_EQ(moments(rows, seen, 0, 10), "3:3=late 5:1=a 5:4=b 9:2= ");
  EXPECT_EQ(moments(rows, seen, 4, 8), "5:1=a 5:4=b ");
  EXPECT_EQ(moments(rows, seen, 5, 5), "5:1=a 5:4=b ");
  EXPECT_EQ(moments(rows, seen, 6, 8), "");
  rows.remove(seen, moment(5, 1));
  rows.remove(seen, moment(5, 2));
  rows.remove(seen, moment(10, 1));
  rows.add(seen, moment(4, 7), "stop");
  EXPECT_EQ(moments(rows, seen, 0, 10), "3:3=late 4:7=stop ") << "a visitor may stop";
  rows.scan(seen, Instant::min(), Instant::max(), [&](const exec::Moment&, std::string_view) {
    EXPECT_FALSE(rows.may_begin());
    EXPECT_EQ(moments(rows, seen, 9, 9), "9:2= ") << "a window inside a window";
    EXPECT_FALSE(rows.may_begin());
    return true;
  });
  EXPECT_TRUE(rows.may_begin());
}

TEST(HistoryRows, AreForgottenWhereTheyAreTooMany) {
  HistoryRows rows;
  const NameHash seen = name_hash("seen");
  rows.begin(seen);
  rows.add(seen, moment(1, 1), std::string(kMaxRowBytesInMemory - 100, 'x'));
  EXPECT_TRUE(rows.knows(seen));
  rows.add(seen, moment(2, 2), std::string(100, 'x'));
  EXPECT_FALSE(rows.knows(seen));
  for (std::uint64_t i = 0; i < kMaxEventsWithRowsInMemory; ++i) rows.begin(NameHash{i});
  rows.begin(seen);
  EXPECT_FALSE(rows.knows(NameHash{0}));
  EXPECT_TRUE(rows.knows(NameHash{1}));
  rows.forget(NameHash{1});
  EXPECT_FALSE(rows.knows(NameHash{1}));
  EXPECT_TRUE(rows.knows(seen));
  rows.clear();
  EXPECT_FALSE(rows.knows(seen));
}

class TimersTest : public ::testing::Test {
 protected:
  TimerRow row(int seconds, std::uint64_t person) {
    return {start + seconds * 1s, PersonId{person}};
  }
  std::string fired(Instant before) {
    std::string text;
    while (auto timer = timers.next(before)) {
      text += std::to_string((timer->due - start) / 1s) + ":" + std::to_string(raw(timer->person)) +
              " ";
      timers.remove(*timer);
    }
    return text;
  }
  const Instant start = *parse_instant("2026-03-10T12:00:00Z");
  store::MemoryStore store;
  View view{store};
  Timers timers{view, true};
};

TEST_F(TimersTest, GiveWhatIsDueBeforeInOrderOfDueAndPerson) {
  for (int i : {30, 10, 20}) timers.add(row(i, 7));
  timers.add(row(10, 3));
  EXPECT_EQ(fired(start + 10s), "") << "before, not at";
  EXPECT_EQ(fired(start + 21s), "10:3 10:7 20:7 ");
  timers.add(row(25, 1));  // within what the window has read already
  timers.add(row(3'600, 1));
  EXPECT_EQ(timers.earliest(), start + 25s);
  EXPECT_EQ(fired(start + 60s), "25:1 30:7 ");
  EXPECT_EQ(timers.earliest(), start + 1h);
  EXPECT_EQ(fired(start + 2h), "3600:1 ");
  EXPECT_EQ(timers.earliest(), std::nullopt);
}

TEST_F(TimersTest, OneTakenBackIsNotGiven) {
  timers.add(row(10, 1));
  timers.add(row(3'600, 1));
  EXPECT_EQ(timers.next(start), std::nullopt);
  timers.remove(row(10, 1));
  timers.remove(row(3'600, 1));
  EXPECT_EQ(fired(start + 2h), "");
}

TEST_F(TimersTest, TheEarliestIsKnownAsOthersComeAndGo) {
  EXPECT_EQ(timers.earliest(), std::nullopt);
  auto due = [&](int seconds) { return std::optional(start + seconds * 1s); };
  timers.add(row(3'000, 1));
  EXPECT_EQ(timers.earliest(), due(3'000));
  timers.add(row(2'000, 2));
  timers.add(row(2'500, 3));
  EXPECT_EQ(timers.earliest(), due(2'000));
  timers.remove(row(2'000, 2));
  EXPECT_EQ(timers.earliest(), due(2'500));
  timers.remove(row(3'000, 1));
  EXPECT_EQ(timers.earliest(), due(2'500));
  EXPECT_EQ(fired(start + 2'499s), "");
  EXPECT_EQ(timers.earliest(), due(2'500)) << "in the window now";
  timers.add(row(4'000, 4));
  EXPECT_NE(fired(start + 2'501s), "");
  EXPECT_EQ(timers.earliest(), due(4'000));
  timers.remove(row(4'000, 4));
  EXPECT_EQ(timers.earliest(), std::nullopt);
}

TEST_F(TimersTest, MoreThanAWindowOfOneInstant) {
  constexpr int kTimers = 10'000;
  for (int i = 1; i <= kTimers; ++i) timers.add(row(10, static_cast<std::uint64_t>(i)));
  std::uint64_t last = 0;
  while (auto timer = timers.next(start + 1min)) {
    ASSERT_EQ(raw(timer->person), last + 1);
    last = raw(timer->person);
  }
  EXPECT_EQ(last, static_cast<std::uint64_t>(kTimers));
}

TEST(TimerWindow, IsTheSameAsASortedSet) {
  std::mt19937_64 random(7);
  TimerWindow window;
  std::set<TimerRow> expected;
  auto some = [&] {
    return TimerRow{Instant(Duration(random() % 500)), PersonId{random() % 4 + 1}};
  };
  auto check = [&] {
    std::vector<TimerRow> found;
    window.from_front([&](const TimerRow& timer) {
      found.push_back(timer);
      return true;
    });
    ASSERT_EQ(found, std::vector(expected.begin(), expected.end()));
    ASSERT_EQ(window.empty(), expected.empty());
    if (!expected.empty()) {
      ASSERT_EQ(window.front(), *expected.begin());
    }
  };
  // It grows to many rows of kRowLength, and becomes empty again.
  for (int removals : {1, 9}) {
    for (int i = 0; i < 8'000; ++i) {
      const TimerRow timer = some();
      if (static_cast<int>(random() % 10) < removals) {
        window.erase(timer);
        expected.erase(timer);
      } else {
        window.insert(timer);
        expected.insert(timer);
      }
      if (i % 100 == 0) check();
    }
  }
  while (!expected.empty()) {
    window.erase(window.front());
    expected.erase(expected.begin());
    if (expected.size() % 50 == 0) check();
  }
  check();
}

TEST(TimerWindow, TimersThatComeInOrderFillTheirRows) {
  TimerWindow window;
  for (int i = 0; i < 10'000; ++i) window.insert({Instant(Duration(i)), PersonId{1}});
  EXPECT_EQ(window.row_count(), 10'000 / TimerWindow::kRowLength + 1);
}

TEST(RateGate, GivesEvenSlotsAndRemembersThem) {
  ir::Policy policy;
  policy.hash = name_hash("slow");
  policy.rate = ir::Rate{2, CalendarUnit::kSecond};
  Instant now = *parse_instant("2026-03-10T12:00:00Z");
  RateGate gate;
  EXPECT_EQ(gate.slot(policy, now), std::nullopt);
  EXPECT_EQ(gate.slot(policy, now), now + 500ms);
  EXPECT_EQ(gate.slot(policy, now), now + 1s);
  auto changes = gate.take_changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_TRUE(gate.take_changes().empty());
  RateGate after_restart;
  after_restart.restore(changes[0].first, changes[0].second);
  EXPECT_EQ(after_restart.slot(policy, now), now + 1500ms);
  EXPECT_EQ(after_restart.slot(policy, now + 1h), std::nullopt) << "unused slots are not saved up";
  policy.rate.reset();
  EXPECT_EQ(gate.slot(policy, now), std::nullopt);
}

TEST(Rows, ComeBackAsTheyWereAndCutOnesAreFound) {
  EventRow event;
  event.envelope.kind = EnvelopeKind::kAlias;
  event.envelope.source = "web";
  event.envelope.message_id = "m1";
  event.envelope.payload = R"({"a":1})";
  event.envelope.occurred_at = *parse_instant("1969-12-31T23:00:00Z");
  event.person = PersonId{42};
  event.fate = EventFate::kRejected;
  event.reason = "no";
  ByteWriter written;
  encode(event, written);
  std::string bytes = written.take();
  auto back = decode_event_row(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->envelope.occurred_at, event.envelope.occurred_at);
  EXPECT_EQ(back->envelope.payload, event.envelope.payload);
  EXPECT_EQ(back->reason, "no");
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(decode_event_row(bytes.substr(0, cut))) << cut;

  Totals totals;
  totals.decided = 3;
  totals.history_rows_cut = 5;
  totals.messages[2] = 3;
  bytes = encode(totals);
  EXPECT_EQ(decode_totals(bytes)->history_rows_cut, 5u);
  EXPECT_EQ(decode_totals(bytes)->messages[2], 3u);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(decode_totals(bytes.substr(0, cut))) << cut;

  exec::AddressState address{true, false, {name_hash("offers")}};
  bytes = encode(address);
  EXPECT_TRUE(decode_address(bytes)->bounced);
  EXPECT_FALSE(decode_address(bytes.substr(0, bytes.size() - 1)));

  exec::Decision decision{*parse_instant("2026-03-10T12:00:00Z"),
                          exec::DecisionKind::kGoal,
                          {},
                          "c",
                          JourneyId{9},
                          "detail"};
  ir::Campaign a;
  ir::Campaign b;
  a.name = "a";
  b.name = "b";
  exec::NotStarted negatives{decision.at, 1, {"x = 1", "y = 2"}, {{&a, 1}, {&b, 0}}, 7};
  std::string row;
  encode({decision, decision}, {negatives}, row);
  const auto read = decode_decisions(row);
  ASSERT_TRUE(read);
  std::vector<std::string> lines;
  for (const exec::Decision& one : *read) {
    EXPECT_EQ(one.at, decision.at);
    lines.push_back(one.campaign_name + ": " + std::string(exec::to_string(one.kind)) + ", " +
                    one.detail);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "c: goal, detail",
                       "a: not started, `where` is false: y = 2",
                       "b: not started, `where` is false: x = 1",
                       ": not started, `where` of 7 more campaigns is false",
                       "c: goal, detail",
                   }));
  EXPECT_EQ(read->at(1).campaign, name_hash("a"));
  EXPECT_EQ(read->at(3).campaign, NameHash{});
  for (std::size_t cut = 0; cut < row.size(); ++cut)
    EXPECT_FALSE(decode_decisions(std::string_view(row).substr(0, cut))) << cut;
  // A text that is not there.
  negatives.campaigns[0].text = 2;
  encode({}, {negatives}, row);
  EXPECT_FALSE(decode_decisions(row));
}

TEST(Rows, KeysKeepTheOrderOfWhatTheyName) {
  Instant early = *parse_instant("1969-12-31T23:00:00Z");
  Instant late = *parse_instant("2026-03-10T12:00:00Z");
  EXPECT_LT(timer_key(early, PersonId{9}), timer_key(late, PersonId{1}));
  EXPECT_LT(timer_key(late, PersonId{1}), timer_key(late, PersonId{2}));
  NameHash event = name_hash("viewed");
  EXPECT_LT(history_key(PersonId{1}, event, {late, Sequence{1}}),
            history_key(PersonId{1}, event, {late, Sequence{2}}));
  EXPECT_EQ(read_history_moment(history_key(PersonId{1}, event, {late, Sequence{2}})),
            (exec::Moment{late, Sequence{2}}));
  EXPECT_EQ(after_prefix("a"), "b");
  EXPECT_EQ(after_prefix("a\xff"), "b");
  EXPECT_EQ(after_prefix("\xff"), "") << "to the end of the space";
}

TEST(Rows, AddressesAreKnownByTheirKeyedHashOnly) {
  EXPECT_EQ(address_key("secret", "Ana@Example.com"), address_key("secret", "ana@example.com"));
  EXPECT_NE(address_key("secret", "ana@example.com"), address_key("other", "ana@example.com"));
  EXPECT_EQ(address_key("secret", "ana@example.com").find("ana"), std::string::npos);
}

}  // namespace
}  // namespace trig::engine
