// The stored form of people and mails: it comes back whole, and what was cut or turned is found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/base/limits.h"
#include "compiler/exec/campaign_numbers.h"
#include "compiler/exec/person_state.h"
#include "compiler/exec/scalar.h"

namespace trig::exec {
namespace {

using namespace std::chrono_literals;

const Instant kNow = *parse_instant("2026-03-10T12:00:00.123456Z");

Message full_message() {
  Message m;
  m.id = MessageId{numbered(PersonId{7}, 3)};
  m.journey = JourneyId{numbered(PersonId{7}, 2)};
  m.campaign = {name_hash("cart"), {1, 2}};
  m.step = 4;
  m.mail_template = name_hash("reminder");
  m.policy = name_hash("marketing");
  m.state = MessageState::kSending;
  m.decided_at = kNow - 1h;
  m.due = kNow + 1h;
  m.skip_after = kNow + 2h;
  m.rate_slot = true;
  m.best_hour = 18;
  m.attempt = 2;
  m.begun_at = kNow;
  m.content =
      std::make_shared<MailContent>(MailContent{"ana@example.com",
                                                {*parse_money("40 EUR"), ir::Missing{}},
                                                {{name_hash("first_name"), std::string("Ana")}}});
  m.note = "quiet hours";
  return m;
}

Message full_post() {
  Message m;
  m.id = MessageId{numbered(PersonId{7}, 9)};
  m.post = std::make_shared<PostCall>(PostCall{"https://partner.example.com", "{}"});
  return m;
}

PersonState full_state() {
  PersonState s;
  s.id = PersonId{7};
  s.known_since = *parse_instant("1969-07-20T20:17:40Z");
  s.set_field(name_hash("email"), std::string("ana@example.com"));
  s.set_field(name_hash("born"), *parse_date("1990-02-28"));
  s.set_subscription(name_hash("offers"), true, kNow);
  s.set_subscription(name_hash("news"), false, kNow + 1us);
  Journey j;
  j.id = JourneyId{numbered(s.id, 2)};
  j.campaign = {name_hash("cart"), {1, 2}};
  j.key = std::string("c1");
  j.started_at = kNow;
  j.trigger = {kNow - 1s, Sequence{9}};
  j.bound = {kNow - 500ms, Sequence{10}};
  j.step = 3;
  j.wake = kNow + 30min;
  j.wait_begin = kNow;
  j.message = MessageId{5};
  j.armed = {0, 2};
  j.slots = {ir::Value::record({std::string("c1"), *parse_money("40 EUR"),
                                ir::Value::list({std::int64_t{1}, ir::Missing{}, true})})};
  j.since = {kNow - 2s, Sequence{8}};
  j.taken = {{kNow - 1s, Sequence{9}}};
  j.attempted = true;
  j.held_out = true;
  s.journeys = {j, Journey{}};
  s.messages = {full_message(), full_post()};
  s.goals.push_back({j.id, j.campaign, 1, j.trigger, kNow + 72h, j.slots});
  s.late_watches.add({j.id, j.campaign, 1, j.trigger, kNow, j.slots});
  s.past_starts.push_back({name_hash("cart"), std::string("c0"), kNow - 240h});
  s.counted_sends.push_back({NameHash{}, kNow});
  s.kept(name_hash("viewed")).rows = 12;
  s.kept(name_hash("viewed")).oldest = kNow - 1h;
  s.kept(name_hash("viewed")).newest = kNow - 1min;
  RunningAggregate running;
  running.identity = {7, 8};
  running.event = name_hash("viewed");
  running.after = kNow - 24h;
  running.oldest = {kNow - 1h, Sequence{4}};
  running.newest = {kNow - 1min, Sequence{9}};
  running.rows = 12;
  running.present = 11;
  running.mixed = true;
  running.sums = {{ir::Currency{0x455552}, 5, 4, -(static_cast<__int128>(1) << 80) + 3}};
  running.values = {{std::string("tea"), running.oldest, 2}};
  s.running = {running};
  s.kept(name_hash("bought")).incomplete = true;
  TriggerEvent seen{j.trigger, ir::Value::record({std::string("tea")})};
  s.counts.push_back({j.campaign, std::string("tea"), j.bound, {seen, seen}});
  s.sequences.push_back({j.campaign, 2, {seen}});
  PlannedStart planned;
  planned.campaign = name_hash("birthday");
  planned.trigger = {3, 4};
  planned.due = kNow + 24h;
  planned.day = *parse_date("2026-03-11");
  planned.done = *parse_date("2025-03-11");
  planned.counts_from = kNow - 1h;
  planned.last_event = kNow - 2h;
  planned.came_for = kNow - 3h;
  s.planned = {planned, PlannedStart{}};
  s.memberships.push_back({name_hash("lapsed"), {5, 6}, true, kNow + 1us});
  s.arms.push_back({name_hash("cart"), name_hash("tone"), name_hash("short")});
  s.mail_hours.add(18);
  s.own_hours.add(0);
  s.own_hours.add(23);
  s.last_own_event = kNow - 5min;
  s.next_journey = 3;
  s.next_message = 4;
  s.next_decision = 500;
  s.has_user_id = true;
  return s;
}

CampaignNumbers numbers_of_full() {
  CampaignNumbers numbers;
  ByteWriter writer;
  encode(full_state(), numbers, writer);
  return numbers;
}

std::string bytes_of(const PersonState& state) {
  CampaignNumbers numbers = numbers_of_full();
  ByteWriter writer;
  encode(state, numbers, writer);
  return writer.take();
}

bool read(std::string_view bytes, PersonState& state) {
  ByteReader reader(bytes);
  return decode(reader, numbers_of_full(), state);
}

TEST(StateCodec, ACampaignIsANumber) {
  const CampaignRef cart{name_hash("cart"), {1, 2}};
  const CampaignRef newer{name_hash("cart"), {1, 3}};
  CampaignNumbers numbers;
  EXPECT_EQ(numbers.of(cart), 0u);
  EXPECT_EQ(numbers.of(newer), 1u);
  EXPECT_EQ(numbers.of(cart), 0u);
  EXPECT_EQ(*numbers.find(1), newer);
  EXPECT_EQ(numbers.find(2), nullptr);
  PersonState back;
  const std::string bytes = bytes_of(full_state());
  ByteReader reader(bytes);
  EXPECT_FALSE(decode(reader, CampaignNumbers(), back)) << "a number that nobody gave";
}

TEST(StateCodec, APersonComesBackWhole) {
  std::string bytes = bytes_of(full_state());
  PersonState back;
  ASSERT_TRUE(read(bytes, back));
  EXPECT_EQ(bytes_of(back), bytes);
  EXPECT_EQ(back.journeys[0].bound, (Moment{kNow - 500ms, Sequence{10}}));
  EXPECT_EQ(back.journeys[0].wake, kNow + 30min);
  EXPECT_FALSE(back.journeys[1].wake);
  EXPECT_TRUE(back.journeys[0].attempted);
  EXPECT_FALSE(back.journeys[0].effective);
  EXPECT_TRUE(ir::same(back.journeys[0].slots[0], full_state().journeys[0].slots[0]));
  EXPECT_EQ(back.messages[0].mail().arguments.size(), 2u);
  EXPECT_EQ(back.counts[0].complete, back.journeys[0].bound);
  EXPECT_EQ(back.sequences[0].first, 2u);
  EXPECT_EQ(back.planned[0].day, *parse_date("2026-03-11"));
  EXPECT_EQ(back.planned[0].came_for, kNow - 3h);
  EXPECT_FALSE(back.planned[1].due);
  EXPECT_TRUE(back.memberships[0].inside);
  EXPECT_TRUE(back.subscribed(name_hash("offers")));
  EXPECT_FALSE(back.subscribed(name_hash("news")));
  EXPECT_EQ(back.known_since, full_state().known_since) << "before 1970 too";
  EXPECT_FALSE(back.identified);
  EXPECT_TRUE(back.has_user_id);
  EXPECT_TRUE(back.kept(name_hash("bought")).incomplete);
  EXPECT_EQ(back.kept(name_hash("viewed")).oldest, kNow - 1h);
  EXPECT_EQ(back.kept(name_hash("viewed")).newest, kNow - 1min);
  ASSERT_EQ(back.running.size(), 1u);
  EXPECT_TRUE(back.running[0].sums.at(0).units == full_state().running[0].sums[0].units);
  EXPECT_EQ(back.running[0].newest, (Moment{kNow - 1min, Sequence{9}}));
  EXPECT_EQ(back.running[0].values.at(0).rows, 2u);
  EXPECT_TRUE(back.running[0].mixed);
  EXPECT_EQ(back.journeys[0].since, (Moment{kNow - 2s, Sequence{8}}));
  EXPECT_EQ(back.journeys[0].taken.size(), 1u);
  EXPECT_TRUE(back.journeys[0].held_out);
  EXPECT_FALSE(back.journeys[1].held_out);
  EXPECT_EQ(back.messages[0].best_hour, 18);
  EXPECT_EQ(back.messages[0].mail().person.size(), 1u);
  EXPECT_FALSE(back.messages[0].post);
  ASSERT_TRUE(back.messages[1].post);
  EXPECT_EQ(back.messages[1].post->body, "{}");
  EXPECT_FALSE(back.messages[1].content);
  EXPECT_EQ(back.arms[0].arm, name_hash("short"));
  EXPECT_EQ(back.own_hours, full_state().own_hours);
  EXPECT_EQ(back.mail_hours.best(), 18);
  EXPECT_EQ(back.last_own_event, kNow - 5min);
}

TEST(HourCounts, NewerHabitsWeighMoreAndTheCountIsBounded) {
  HourCounts hours;
  EXPECT_EQ(hours.total(), 0u);
  for (std::uint32_t i = 0; i + 1 < kMaxHourCount; ++i) hours.add(9);
  EXPECT_EQ(hours.counts[9], kMaxHourCount - 1);
  hours.add(9);
  EXPECT_EQ(hours.counts[9], kMaxHourCount / 2);
  for (std::uint32_t i = 0; i <= kMaxHourCount / 2; ++i) hours.add(20);
  EXPECT_EQ(hours.best(), 20) << "half of the older habit is forgotten";
  EXPECT_LT(hours.total(), kMaxHourCount);
}

TEST(StateCodec, AnEmptyPersonComesBack) {
  PersonState back = full_state();
  ASSERT_TRUE(read(bytes_of(PersonState{}), back = PersonState{}));
  EXPECT_EQ(bytes_of(back), bytes_of(PersonState{}));
}

TEST(StateCodec, WhatWasCutIsFound) {
  std::string bytes = bytes_of(full_state());
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    PersonState back;
    EXPECT_FALSE(read(std::string_view(bytes).substr(0, cut), back)) << cut;
  }
  PersonState back;
  EXPECT_FALSE(read(bytes + '\0', back)) << "nor is there a byte too many";
}

TEST(StateCodec, AnyTurnedByteIsReadWithinBounds) {
  std::string bytes = bytes_of(full_state());
  for (std::size_t place = 0; place < bytes.size(); ++place)
    for (unsigned char turn : {0x01, 0x80, 0xff}) {
      std::string turned = bytes;
      turned[place] = static_cast<char>(static_cast<unsigned char>(turned[place]) ^ turn);
      PersonState back;
      if (!read(turned, back)) continue;
      EXPECT_LT(bytes_of(back).size(), 2 * bytes.size()) << place;
    }
  std::string other_form = bytes;
  other_form[0] = 99;
  PersonState back;
  EXPECT_FALSE(read(other_form, back)) << "a form of a later release is refused";
}

TEST(StateCodec, AMailComesBackWhole) {
  ByteWriter writer;
  encode(full_message(), writer);
  ByteReader reader(writer.bytes());
  Message back = decode_message(reader);
  EXPECT_TRUE(reader.ok() && reader.at_end());
  ByteWriter again;
  encode(back, again);
  EXPECT_EQ(again.bytes(), writer.bytes());
  EXPECT_EQ(back.state, MessageState::kSending);
  EXPECT_EQ(back.due, kNow + 1h);
}

TEST(PersonState, TimersAreWhatItHasToDo) {
  PersonState state = full_state();
  Journey again = state.journeys[0];
  again.id = JourneyId{numbered(state.id, 9)};
  state.journeys.push_back(again);  // the same instant
  EXPECT_THAT(timers_of(state),
              testing::ElementsAre(kNow + 1us, kNow + 30min, kNow + 1h, kNow + 24h))
      << "a segment, a wait, a mail, a date";
}

TEST(PersonState, FieldsStandInOneOrder) {
  PersonState a;
  PersonState b;
  for (const char* name : {"x", "y", "z"}) a.set_field(name_hash(name), std::string(name));
  for (const char* name : {"z", "x", "y"}) b.set_field(name_hash(name), std::string(name));
  EXPECT_EQ(bytes_of(a), bytes_of(b));
  a.set_field(name_hash("x"), ir::Missing{});
  EXPECT_TRUE(a.field(name_hash("x"))->missing());
  EXPECT_EQ(a.field(name_hash("w")), nullptr);
}

}  // namespace
}  // namespace trig::exec
