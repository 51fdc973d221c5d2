// The small parts of the engine: the view of a turn, the window of timers, the gate of a rate,
// rows.
#include <gtest/gtest.h>

#include <random>
#include <set>

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
  std::string bytes = encode(event);
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
  bytes = encode(std::vector{decision, decision});
  ASSERT_EQ(decode_decisions(bytes)->size(), 2u);
  EXPECT_EQ(decode_decisions(bytes)->at(1).detail, "detail");
  EXPECT_FALSE(decode_decisions(bytes.substr(0, 5)));
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
