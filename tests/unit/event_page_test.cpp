// Stored events as lines, page by page, and what a back-test reads in them.
#include "runtime/report/event_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/drive/known_ids.h"
#include "runtime/drive/recorded_reader.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"
#include "runtime/store/memory_store.h"
#include "tests/support/temp_folder.h"

namespace trig::report {
namespace {

using testing::HasSubstr;

const Instant kBegin = *parse_instant("2026-03-01T12:00:00.123456Z");

class EventPageTest : public testing::Test {
 protected:
  engine::EventRow& add(EnvelopeKind kind, const std::string& event, std::uint64_t person) {
    engine::EventRow row;
    row.envelope.kind = kind;
    row.envelope.event = event;
    row.envelope.received_at = kBegin + std::chrono::seconds(rows_.size());
    row.envelope.occurred_at = row.envelope.received_at - Duration(1'500);
    row.envelope.payload = "{}";
    row.person = PersonId{person};
    rows_.push_back(std::move(row));
    return rows_.back();
  }
  void store() {
    Commit commit;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      ByteWriter bytes;
      encode(rows_[i], bytes);
      commit.put(Space::kEvents, engine::event_key(Sequence{10 + 3 * i}), bytes.bytes());
    }
    ASSERT_TRUE(store_.commit(commit));
  }
  std::string lines(std::optional<Instant> from = {}, std::optional<Instant> to = {}) {
    std::string all;
    EventPageQuestion question{from, to};
    pages_ = 0;
    for (bool more = true; more; ++pages_) {
      auto page = event_page(store_, question);
      if (!page) {
        ADD_FAILURE() << page.error().message;
        return all;
      }
      EXPECT_LE(page->lines.size(), 2 * kMaxEventPageBytes);
      all += page->lines;
      more = page->next.has_value();
      question.begin = page->next.value_or(0);
    }
    return all;
  }
  static std::vector<Envelope> read(const std::string& lines) {
    TempFolder folder;
    folder.write("a.ndjson", lines);
    auto file = drive::RecordedFile::open(folder.path("a.ndjson"));
    if (!file) {
      ADD_FAILURE() << file.error().message;
      return {};
    }
    drive::RecordedReader reader;
    std::vector<Envelope> envelopes;
    for (std::string_view rest = lines; !rest.empty();) {
      const drive::Extent record = file->first_record(rest);
      envelopes.push_back(reader.read(*file, record.text));
      rest.remove_prefix(record.size);
    }
    return envelopes;
  }

  std::vector<engine::EventRow> rows_;
  store::MemoryStore store_;
  std::size_t pages_ = 0;
};

TEST_F(EventPageTest, EveryKindOfEventIsReadBackAsItWas) {
  const std::string odd = "a\"b\\c,\"type\":é";
  add(EnvelopeKind::kTrack, "Cart " + odd, 1).envelope.user_id = odd;
  rows_.back().envelope.payload = R"({"total":1.50,"list":[1,{"a":"\"type\":"}]})";
  rows_.back().envelope.context = R"({"traits":{"email":"a@b.c"}})";
  rows_.back().envelope.message_id = "m-" + odd;
  add(EnvelopeKind::kIdentify, "", 1).envelope.user_id = "u";
  rows_.back().envelope.payload = R"({"email":"a@b.c"})";
  add(EnvelopeKind::kPage, "Home", 2).envelope.anonymous_id = odd;
  add(EnvelopeKind::kScreen, "", 2).envelope.anonymous_id = "a";
  add(EnvelopeKind::kGroup, "", 1).envelope.user_id = "u";
  rows_.back().envelope.group_id = "g";
  add(EnvelopeKind::kAlias, "", 1).envelope.user_id = "u";
  rows_.back().envelope.previous_id = "a";
  store();
  const std::vector<Envelope> found = read(lines());
  ASSERT_EQ(found.size(), rows_.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Envelope& was = rows_[i].envelope;
    EXPECT_EQ(found[i].malformed, "");
    EXPECT_EQ(found[i].kind, was.kind) << i;
    EXPECT_EQ(found[i].event, was.event);
    EXPECT_EQ(found[i].message_id, was.message_id);
    EXPECT_EQ(found[i].user_id, was.user_id);
    EXPECT_EQ(found[i].anonymous_id, was.anonymous_id);
    EXPECT_EQ(found[i].previous_id, was.previous_id);
    EXPECT_EQ(found[i].group_id, was.group_id);
    EXPECT_EQ(found[i].payload, was.payload);
    EXPECT_EQ(found[i].context, was.context);
    EXPECT_EQ(found[i].occurred_at, was.occurred_at);
    EXPECT_EQ(found[i].received_at, was.received_at);
  }
}

TEST_F(EventPageTest, AnEventIsALineHoweverItsSenderWroteIt) {
  engine::EventRow& row = add(EnvelopeKind::kTrack, "E", 1);
  row.envelope.user_id = "u";
  row.envelope.payload = "{\n  \"a\": \"x\\n\",\r\n  \"b\": 1\n}";
  row.envelope.context = "{\n}";
  store();
  const std::vector<Envelope> found = read(lines());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].payload, "{   \"a\": \"x\\n\",    \"b\": 1 }");
  EXPECT_EQ(found[0].context, "{ }");
}

TEST_F(EventPageTest, TheTimeAskedForIsFound) {
  for (int i = 0; i < 100; ++i)
    add(EnvelopeKind::kPage, std::to_string(i), 1).envelope.user_id = "u";
  store();
  auto events = [&](int from, int to) {
    const Instant zero = kBegin;
    std::vector<int> found;
    for (const Envelope& one :
         read(lines(zero + std::chrono::seconds(from), zero + std::chrono::seconds(to))))
      found.push_back(std::stoi(one.event));
    return found;
  };
  EXPECT_EQ(events(-5, 3), (std::vector{0, 1, 2}));
  EXPECT_EQ(events(41, 43), (std::vector{41, 42}));
  EXPECT_EQ(events(99, 1'000), std::vector{99});
  EXPECT_TRUE(events(100, 1'000).empty());
  EXPECT_TRUE(events(-5, 0).empty());
}

TEST_F(EventPageTest, PagesAreBoundedAndTogetherEverything) {
  const std::string large = "{\"a\":\"" + std::string(20'000, 'x') + "\"}";
  const std::size_t count = 3 * kMaxEventPageBytes / large.size();
  for (std::size_t i = 0; i < count; ++i) {
    engine::EventRow& row = add(EnvelopeKind::kTrack, std::to_string(i), 1);
    row.envelope.user_id = "u";
    row.envelope.payload = large;
    // What is left out takes its share of a page.
    if (i % 2 == 0) row.fate = engine::EventFate::kEmitted;
    if (i % 4 == 1) row.envelope.malformed = "not well-formed JSON";
  }
  store();
  const std::vector<Envelope> found = read(lines());
  EXPECT_EQ(pages_, 3u);
  std::vector<std::string> names;
  std::vector<std::string> expected;
  for (const Envelope& one : found) names.push_back(one.event);
  for (std::size_t i = 3; i < count; i += 4) expected.push_back(std::to_string(i));
  EXPECT_EQ(names, expected);
}

TEST_F(EventPageTest, ADamagedRowIsToldAndNothingIsGuessed) {
  Commit commit;
  commit.put(Space::kEvents, engine::event_key(Sequence{5}), "x");
  ASSERT_TRUE(store_.commit(commit));
  EXPECT_THAT(event_page(store_, {}).error().message, HasSubstr("damaged"));
  EXPECT_THAT(event_page(store_, {kBegin, {}}).error().message, HasSubstr("damaged"));
}

TEST_F(EventPageTest, WhatCameWithoutIdsHasThoseOfItsPerson) {
  add(EnvelopeKind::kTrack, "first", 7).envelope.user_id = "a\"\"type\":";
  add(EnvelopeKind::kTrack, "opened", 7);
  add(EnvelopeKind::kTrack, "second", 7).envelope.anonymous_id = "later";
  add(EnvelopeKind::kTrack, "clicked", 7);
  add(EnvelopeKind::kTrack, "unheard of", 8);
  add(EnvelopeKind::kTrack, "nobody's", 0);
  store();
  drive::KnownIds known;
  std::string filled;
  const std::string all = lines();
  for (std::string_view rest = all; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    ASSERT_TRUE(known.add(rest.substr(0, end), filled));
    rest.remove_prefix(end + 1);
  }
  std::vector<std::string> who;
  for (const Envelope& one : read(filled)) who.push_back(one.user_id + "/" + one.anonymous_id);
  EXPECT_EQ(who, (std::vector<std::string>{"a\"\"type\":/", "a\"\"type\":/", "/later", "/later",
                                           "/", "/"}));
  for (const char* bad : {"", "{}", R"({"type":"track"})", R"({"person":1,"event":"x"})"})
    EXPECT_FALSE(known.add(bad, filled)) << bad;
}

}  // namespace
}  // namespace trig::report
