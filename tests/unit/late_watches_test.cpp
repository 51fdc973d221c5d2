#include "compiler/exec/late_watches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/exec/campaign_numbers.h"

namespace trig::exec {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Instant kNoon = *parse_instant("2026-03-10T12:00:00Z");

LateWatch late_watch(std::uint64_t journey, Duration begun, const char* campaign = "cart") {
  return {JourneyId{journey},
          {name_hash(campaign), {1, 2}},
          3,
          {kNoon + begun - 30min, Sequence{9}},
          kNoon + begun,
          {ir::Value::record({std::string("c1")}), ir::Value()}};
}

std::vector<std::uint64_t> journeys(const LateWatches& watches, Instant from) {
  std::vector<std::uint64_t> numbers;
  for (const LateWatch& watch : watches.from(from)) numbers.push_back(raw(watch.journey));
  return numbers;
}

TEST(LateWatches, GiveThoseThatHadBegunThenOrLater) {
  LateWatches watches;
  EXPECT_FALSE(watches.any_from(Instant::min()));
  for (int i = 0; i < 4; ++i)
    watches.add(late_watch(static_cast<std::uint64_t>(i), i * 1h, i % 2 == 0 ? "cart" : "view"));
  EXPECT_THAT(journeys(watches, kNoon + 2h), ElementsAre(2, 3));
  EXPECT_TRUE(watches.any_from(kNoon + 3h));
  EXPECT_FALSE(watches.any_from(kNoon + 3h + 1us));
  const LateWatch last = watches.from(kNoon + 3h).front();
  EXPECT_EQ(last.campaign, late_watch(0, 0h, "view").campaign);
  EXPECT_EQ(last.watch, 3u);
  EXPECT_EQ(last.trigger, late_watch(0, 3h).trigger);
  EXPECT_EQ(last.begun_at, kNoon + 3h);
  ASSERT_EQ(last.slots.size(), 2u);
  EXPECT_TRUE(ir::same(last.slots[0], late_watch(0, 0h).slots[0]));
}

TEST(LateWatches, TheFirstOnesAreDropped) {
  LateWatches watches;
  for (int i = 0; i < 4; ++i) watches.add(late_watch(static_cast<std::uint64_t>(i), i * 1h));
  watches.drop_before(kNoon);
  EXPECT_THAT(journeys(watches, Instant::min()), ElementsAre(0, 1, 2, 3));
  watches.drop_before(kNoon + 2h);
  EXPECT_THAT(journeys(watches, Instant::min()), ElementsAre(2, 3));
  watches.drop_before(kNoon + 24h);
  EXPECT_TRUE(watches.empty());
  EXPECT_FALSE(watches.any_from(Instant::min()));
  watches.add(late_watch(7, 25h));
  EXPECT_THAT(journeys(watches, kNoon), ElementsAre(7));
}

TEST(LateWatches, ThoseOfTwoPeopleStandInOneOrder) {
  LateWatches mine;
  LateWatches theirs;
  mine.add(late_watch(1, 1h));
  mine.add(late_watch(3, 3h));
  theirs.add(late_watch(2, 2h, "view"));
  mine.unite(theirs);
  EXPECT_THAT(journeys(mine, Instant::min()), ElementsAre(1, 2, 3));
  mine.drop_before(kNoon + 3h);
  EXPECT_THAT(journeys(mine, Instant::min()), ElementsAre(3));
}

TEST(LateWatches, ComeBackFromBytesAndDamagedOnesDoNot) {
  LateWatches watches;
  watches.add(late_watch(1, 1h));
  watches.add(late_watch(2, 2h, "view"));
  CampaignNumbers numbers;
  ByteWriter writer;
  watches.encode(numbers, writer);
  const std::string bytes = writer.take();
  ByteReader reader(bytes);
  LateWatches back = LateWatches::decode(reader, numbers);
  EXPECT_TRUE(reader.ok() && reader.at_end());
  EXPECT_THAT(journeys(back, Instant::min()), ElementsAre(1, 2));
  EXPECT_TRUE(back.any_from(kNoon + 2h));
  ByteReader unknown(bytes);
  LateWatches::decode(unknown, CampaignNumbers());
  EXPECT_FALSE(unknown.ok()) << "a campaign without a number";
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    ByteReader cut(std::string_view(bytes).substr(0, size));
    LateWatches::decode(cut, numbers);
    EXPECT_FALSE(cut.ok()) << size;
  }
}

}  // namespace
}  // namespace trig::exec
