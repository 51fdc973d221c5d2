#include "runtime/ingest/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "tests/unit/ingest_fixture.h"

namespace trig::ingest {
namespace {

std::string sample(std::size_t size) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < size) text += std::to_string(random() % 1000) + ",";
  text.resize(size);
  return text;
}

TEST(Gzip, TakesOffEveryCodingClientsUse) {
  for (const std::size_t size : {0u, 1u, 100u, 65'536u, 65'537u, 300'000u}) {
    const std::string text = sample(size);
    EXPECT_EQ(decompress(compress(text, kGzip), 300'000), text) << size;
    EXPECT_EQ(decompress(compress(text, kZlib), 300'000), text) << size;
    EXPECT_EQ(decompress(compress(text, kRawDeflate), 300'000), text) << size;
  }
}

TEST(Gzip, ReadsSeveralMembersInARow) {
  EXPECT_EQ(decompress(compress("one ", kGzip) + compress("two", kGzip), 100), "one two");
}

TEST(Gzip, BoundsTheOutputExactly) {
  const std::string text = sample(100'000);
  const std::string packed = compress(text, kGzip);
  EXPECT_EQ(decompress(packed, 100'000), text);
  const auto over = decompress(packed, 99'999);
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error(), DecompressError::kTooLarge);
  // The bound holds over all members together.
  const auto twice = decompress(packed + packed, 150'000);
  ASSERT_FALSE(twice.has_value());
  EXPECT_EQ(twice.error(), DecompressError::kTooLarge);
}

TEST(Gzip, RefusesWhatIsBroken) {
  const std::string packed = compress(sample(5'000), kGzip);
  for (std::size_t cut = 0; cut < packed.size(); ++cut) {
    const auto result = decompress(packed.substr(0, cut), 10'000);
    ASSERT_FALSE(result.has_value()) << cut;
    EXPECT_EQ(result.error(), DecompressError::kCorrupt) << cut;
  }
  std::string flipped = packed;
  flipped[packed.size() - 5] ^= 1;  // the checksum
  EXPECT_FALSE(decompress(flipped, 10'000).has_value());
  EXPECT_FALSE(decompress(packed + "garbage", 10'000).has_value());
}

}  // namespace
}  // namespace trig::ingest
