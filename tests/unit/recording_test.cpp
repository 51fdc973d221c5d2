// Recorded events: the forms they come in, who is joined with whom, what is left out.
#include "runtime/drive/recording.h"

#include <sys/resource.h>
#include <zlib.h>

#include "runtime/drive/played_store.h"
#include "runtime/ports/limits.h"
#include "tests/unit/backtest_fixture.h"

namespace trig::drive {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Without their line ends, read in blocks of at least `size` bytes.
std::vector<std::string> records_of(const RecordedFile& file, std::uint64_t size = 1 << 20) {
  std::vector<std::string> records;
  auto begins = file.blocks(size);
  EXPECT_TRUE(begins.has_value());
  std::string bytes;
  for (std::size_t i = 0; begins && i + 1 < begins->size(); ++i) {
    EXPECT_TRUE(file.read((*begins)[i], (*begins)[i + 1] - (*begins)[i], bytes).has_value());
    for (std::string_view rest = bytes; !rest.empty();) {
      const Extent record = file.first_record(rest);
      records.emplace_back(record.text);
      rest.remove_prefix(record.size);
    }
  }
  return records;
}

std::vector<Envelope> envelopes_of(const TempFolder& folder, const std::string& name) {
  auto file = RecordedFile::open(folder.path(name));
  if (!file) {
    ADD_FAILURE() << file.error().message;
    return {};
  }
  RecordedReader reader;
  std::vector<Envelope> envelopes;
  for (const std::string& record : records_of(*file))
    envelopes.push_back(reader.read(*file, record));
  return envelopes;
}

Envelope only(const std::string& name, const std::string& text) {
  TempFolder folder;
  folder.write(name, text);
  std::vector<Envelope> envelopes = envelopes_of(folder, name);
  EXPECT_EQ(envelopes.size(), 1u);
  return envelopes.empty() ? Envelope() : envelopes.front();
}

Instant instant(std::string_view text) { return *parse_instant(text); }

TEST(RecordedReader, ReadsAnEventOfSegment) {
  const Envelope envelope = only("a.ndjson", R"({"type":"track","messageId":"m1","userId":"u",)"
                                             R"("anonymousId":"a","event":"Order Completed",)"
                                             R"("properties":{"total":1.50},)"
                                             R"("originalTimestamp":"2026-03-01T11:00:00Z",)"
                                             R"("sentAt":"2026-03-01T11:00:05Z",)"
                                             R"("timestamp":"2026-03-01T12:00:01Z",)"
                                             R"("receivedAt":"2026-03-01T12:00:06Z"})");
  EXPECT_EQ(envelope.malformed, "");
  EXPECT_EQ(envelope.message_id, "m1");
  EXPECT_EQ(envelope.user_id, "u");
  EXPECT_EQ(envelope.anonymous_id, "a");
  EXPECT_EQ(envelope.payload, R"({"total":1.50})");
  EXPECT_EQ(envelope.occurred_at, instant("2026-03-01T12:00:01Z"));
  EXPECT_EQ(envelope.received_at, instant("2026-03-01T12:00:06Z"));
}

TEST(RecordedReader, TakesTheTimeOfOccurrenceWhereNoneOfReceiptIsKnown) {
  const Envelope envelope = only(
      "a.ndjson",
      R"({"type":"identify","userId":"u","traits":{},"originalTimestamp":"2026-03-01T11:00:00Z"})");
  EXPECT_EQ(envelope.received_at, instant("2026-03-01T11:00:00Z"));
  EXPECT_EQ(envelope.occurred_at, instant("2026-03-01T11:00:00Z"));
}

TEST(RecordedReader, SaysWhatIsWrong) {
  EXPECT_EQ(only("a.ndjson", R"({"type":"track","userId":"u","event":"E"})").malformed,
            "the event has no time");
  EXPECT_EQ(only("a.ndjson", "{\"type\":\n").malformed, "not well-formed JSON");
  EXPECT_EQ(only("a.ndjson", "[]\n").malformed, "the event is not an object");
  EXPECT_EQ(only("a.ndjson", std::string(kMaxEventBytes + 1, 'x')).malformed,
            "the event is larger than 32768 bytes");
  EXPECT_THAT(only("a.ndjson", R"({"type":"track","userId":"u","event":"E","receivedAt":"soon"})")
                  .malformed,
              HasSubstr("receivedAt `soon` is not a time"));
}

TEST(RecordedReader, ReadsARowOfAWarehouse) {
  const Envelope envelope =
      only("order_completed.ndjson",
           R"({"id":"m1","anonymous_id":"a","user_id":null,"event":"order_completed",)"
           R"("event_text":"Order Completed","received_at":"2026-03-01 12:00:06.5 UTC",)"
           R"("timestamp":"2026-03-01 12:00:01","context_ip":"1.2.3.4","total":1.50,)"
           R"("products":"[{\"sku\":\"s\"}]","note":"[not a list","name":"x"})");
  EXPECT_EQ(envelope.malformed, "");
  EXPECT_EQ(envelope.event, "Order Completed");
  EXPECT_EQ(envelope.message_id, "m1");
  EXPECT_EQ(envelope.user_id, "");
  EXPECT_EQ(envelope.received_at, instant("2026-03-01T12:00:06.5Z"));
  EXPECT_EQ(envelope.payload,
            R"({"total":1.5,"products":[{"sku":"s"}],"note":"[not a list","name":"x"})");
}

TEST(RecordedReader, KnowsFromTheTableWhatARowIs) {
  const std::string row =
      R"({"id":"m","user_id":"u","received_at":"2026-03-01 12:00:00","email":"a@b.c","name":"N"})";
  EXPECT_EQ(only("identifies.json", row).kind, EnvelopeKind::kIdentify);
  EXPECT_EQ(only("identifies.json", row).payload, R"({"email":"a@b.c","name":"N"})");
  EXPECT_EQ(only("web_pages.json", row).event, "N");
  EXPECT_EQ(only("anything.json", row).malformed, "the event has no type");
}

TEST(RecordedReader, ReadsCsv) {
  TempFolder folder;
  folder.write("tracks.csv",
               "id,user_id,event,received_at,note,total\r\n"
               "m1,u,Order Completed,2026-03-01 12:00:00+00,\"two\nlines, \"\"quoted\"\"\",5\r\n"
               "m2,u,Order Completed,2026-03-01 12:00:01\n"
               "m3,u,Order Completed,2026-03-01 12:00:02,\"open,7\n"
               "m4,u,Order Completed,2026-03-01 13:00:00+0100,,\n");
  const std::vector<Envelope> rows = envelopes_of(folder, "tracks.csv");
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].payload, R"({"note":"two\u000alines, \"quoted\"","total":"5"})");
  EXPECT_EQ(rows[1].malformed, "the line has 4 fields where there are 6 columns");
  EXPECT_EQ(rows[2].malformed, "this quote is not closed");
  EXPECT_EQ(rows[3].message_id, "m4");
  EXPECT_EQ(rows[3].payload, "{}");
  EXPECT_EQ(rows[3].received_at, instant("2026-03-01T12:00:00Z"));
}

TEST(RecordedReader, UnderstandsTimesOfWarehouses) {
  EXPECT_EQ(warehouse_time("2026-03-01 12:00:00"), "2026-03-01T12:00:00Z");
  EXPECT_EQ(warehouse_time("2026-03-01 12:00:00.123 UTC"), "2026-03-01T12:00:00.123Z");
  EXPECT_EQ(warehouse_time("2026-03-01 12:00:00+02"), "2026-03-01T12:00:00+02:00");
  EXPECT_EQ(warehouse_time("2026-03-01 12:00:00 +0230"), "2026-03-01T12:00:00+02:30");
  EXPECT_EQ(warehouse_time("2026-03-01T12:00:00.5Z"), "2026-03-01T12:00:00.5Z");
  EXPECT_EQ(warehouse_time("yesterday"), "yesterday");
}

TEST(RecordedFile, IsDecompressed) {
  TempFolder folder;
  const std::string line = track("u", "E", "{}", "2026-03-01T12:00:00Z");
  gzFile file = gzopen(folder.path("a.ndjson.gz").c_str(), "wb");
  for (int i = 0; i < 3; ++i) gzwrite(file, line.data(), static_cast<unsigned>(line.size()));
  gzclose(file);
  EXPECT_EQ(envelopes_of(folder, "a.ndjson.gz").size(), 3u);
  const std::string whole = folder.read("a.ndjson.gz");
  folder.write("cut.ndjson.gz", whole.substr(0, whole.size() / 2));
  auto cut = RecordedFile::open(folder.path("cut.ndjson.gz"));
  ASSERT_FALSE(cut.has_value());
  EXPECT_THAT(cut.error().message, HasSubstr("cut.ndjson.gz"));
}

TEST(RecordedFile, IsCutIntoBlocksOfWholeRecords) {
  TempFolder folder;
  std::string text = "user_id,note\n";
  for (int i = 0; i < 100; ++i) text += "u,\"a\nb\"\n";
  folder.write("a.csv", text);
  auto file = RecordedFile::open(folder.path("a.csv"));
  ASSERT_TRUE(file.has_value());
  const std::vector<std::uint64_t> blocks = *file->blocks(50);
  EXPECT_GT(blocks.size(), 5u);
  EXPECT_EQ(blocks.front(), std::string_view("user_id,note\n").size());
  EXPECT_EQ(blocks.back(), text.size());
  EXPECT_EQ(records_of(*file, 50), std::vector<std::string>(100, "u,\"a\nb\""));
}

TEST(RecordedFile, ALineThatNeverEndsIsNotReadWhole) {
  TempFolder folder;
  const std::string line = track("u", "E", "{}", "2026-03-01T12:00:00Z");
  folder.write("a.ndjson", line + std::string(3 * kMaxBatchBytes, 'x') + "\n" + line);
  auto file = RecordedFile::open(folder.path("a.ndjson"));
  ASSERT_TRUE(file.has_value());
  const std::vector<std::uint64_t> blocks = *file->blocks(1'000);
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i)
    EXPECT_LE(blocks[i + 1] - blocks[i], kMaxBatchBytes + 1'000);
  const std::vector<std::string> records = records_of(*file, 1'000);
  EXPECT_EQ(records.front() + "\n", line);
  EXPECT_EQ(records.back() + "\n", line);
}

TEST(RecordedFile, SaysWhereItEndsWhenItIsCutOffWhileItIsRead) {
  TempFolder folder;
  const std::string line = track("u", "E", "{}", "2026-03-01T12:00:00Z");
  std::string text;
  for (int i = 0; i < 100; ++i) text += line;
  folder.write("a.ndjson", text);
  auto file = RecordedFile::open(folder.path("a.ndjson"));
  ASSERT_TRUE(file.has_value());
  const std::vector<std::uint64_t> blocks = *file->blocks(10 * line.size());
  std::string bytes;
  ASSERT_TRUE(file->read(blocks[0], blocks[1] - blocks[0], bytes).has_value());
  std::filesystem::resize_file(folder.path("a.ndjson"), 30 * line.size());
  EXPECT_TRUE(file->read(blocks[1], blocks[2] - blocks[1], bytes).has_value());
  const std::size_t last = blocks.size() - 2;
  const Status read = file->read(blocks[last], blocks[last + 1] - blocks[last], bytes);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().message,
            fmt::format("{}:31: the file ends here, at byte {} of {}: it was cut off while it was "
                        "read",
                        folder.path("a.ndjson"), 30 * line.size(), text.size()));
}

TEST(RecordedFile, ManyAreOpenAtOnce) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  ASSERT_GT(limit.rlim_max, 200u);
  const rlimit few{100, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  TempFolder folder;
  folder.write("a.ndjson", track("u", "E", "{}", "2026-03-01T12:00:00Z"));
  std::vector<RecordedFile> files;
  for (int i = 0; i < 150; ++i) {
    auto file = RecordedFile::open(folder.path("a.ndjson"));
    EXPECT_TRUE(file.has_value());
    if (file) files.push_back(std::move(*file));
  }
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST(TemporaryFile, IsInMemoryOrOnDisk) {
  for (const std::uint64_t size : {kMaxTemporaryMemoryBytes, kMaxTemporaryMemoryBytes + 1}) {
    auto file = temporary_file(size);
    ASSERT_TRUE(file.has_value());
    ASSERT_TRUE(write_at(*file, 5, "abc").has_value());
    std::string bytes;
    EXPECT_EQ(*read_at(*file, 4, 10, bytes), 4u);
    EXPECT_EQ(bytes, std::string("\0abc", 4));
    std::error_code error;
    const std::string link = fmt::format("/proc/self/fd/{}", file->number());
    const std::string target = std::filesystem::read_symlink(link, error).string();
    EXPECT_EQ(target.starts_with("/memfd:"), size == kMaxTemporaryMemoryBytes) << target;
  }
}

TEST(RecordedFile, OfAFolderAreThoseThatHoldEvents) {
  TempFolder folder;
  EXPECT_FALSE(recorded_files_of(folder.path()).has_value());
  for (const char* name : {"b.csv.gz", "a.ndjson", "c.txt", ".hidden.json"}) folder.write(name, "");
  EXPECT_THAT(*recorded_files_of(folder.path()),
              ElementsAre(folder.path("a.ndjson"), folder.path("b.csv.gz")));
}

TEST(Recording, NeverDividesWhoeverSharesAnIdOrAnAddress) {
  RecordedFolder recorded;
  const Version version = backtest_version(kBacktestCampaigns);
  auto line = [](int second, const std::string& rest) {
    return fmt::format(R"({{{},"receivedAt":"2026-03-01T12:00:{:02}Z"}})"
                       "\n",
                       rest, second);
  };
  recorded.folder.write(
      "a.ndjson", line(1, R"("type":"page","anonymousId":"a1")") +
                      line(2, R"("type":"identify","userId":"u1","traits":{"email":"A@b.c"})") +
                      line(3, R"("type":"identify","userId":"u2","traits":{"email":"a@B.c"})") +
                      line(4, R"("type":"alias","userId":"u3","previousId":"a3")") +
                      line(5, R"("type":"page","anonymousId":"a3")") +
                      line(6, R"("type":"page","userId":"u1","anonymousId":"a1")") +
                      line(7, R"("type":"page","userId":"u9")"));
  ReadSettings settings;
  settings.people_per_part = 1;
  const Recording& recording = recorded.read({&version}, settings);
  ASSERT_TRUE(recorded.status.has_value());
  std::vector<std::size_t> sizes;
  for (std::size_t part = 0; part < recording.parts(); ++part)
    sizes.push_back(recording.part(part)->size());
  EXPECT_THAT(sizes, ElementsAre(4, 2, 1));
}

TEST(Recording, CountsWhatCannotBeReadAndShowsTheFirst) {
  RecordedFolder recorded;
  const Version version = backtest_version(kBacktestCampaigns);
  std::string text = "\n" + track("u", "E", "{}", "2026-03-01T12:00:00Z") + "no\n";
  text += R"({"type":"track","event":"E","receivedAt":"2026-03-01T12:00:00Z"})"
          "\n";
  for (std::size_t i = 0; i < kMaxShownUnreadable; ++i) text += "no\n";
  recorded.folder.write("a.ndjson", text);
  const report::UnreadableRecords& unreadable = recorded.read({&version}).unreadable();
  EXPECT_EQ(unreadable.count, kMaxShownUnreadable + 2);
  ASSERT_EQ(unreadable.first.size(), kMaxShownUnreadable);
  EXPECT_THAT(unreadable.first[0].place, HasSubstr("a.ndjson:3"));
  EXPECT_EQ(unreadable.first[1].reason, "no userId and no anonymousId");
  EXPECT_EQ(recorded.recording.events(), 1u);
  EXPECT_EQ(unreadable.reasons.at("not well-formed JSON"), kMaxShownUnreadable + 1);
}

TEST(Recording, PutsEventsInTheOrderOfReceiptOrOfOccurrence) {
  RecordedFolder recorded;
  const Version version = backtest_version(kBacktestCampaigns);
  auto line = [](const char* name, const char* occurred, const char* received) {
    return fmt::format(R"({{"type":"track","userId":"u","event":"{}","timestamp":"{}",)"
                       R"("receivedAt":"{}"}})"
                       "\n",
                       name, occurred, received);
  };
  recorded.folder.write("a.ndjson",
                        line("late", "2026-03-01T10:00:00Z", "2026-03-01T14:00:00Z") +
                            line("first", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z") +
                            line("same", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"));
  auto names = [&](bool by_occurrence) {
    Recording recording;
    recording.add(std::move(*RecordedFile::open(recorded.folder.path("a.ndjson"))));
    ReadSettings settings;
    settings.by_occurrence = by_occurrence;
    Progress progress;
    EXPECT_TRUE(recording.read({version.deployed->program}, settings, progress).has_value());
    RecordedReader reader;
    std::vector<std::string> found;
    auto part = recording.part(0);
    EXPECT_TRUE(part.has_value());
    for (std::size_t i = 0; i < part->size(); ++i) found.push_back(part->read(i, reader).event);
    return found;
  };
  EXPECT_THAT(names(false), ElementsAre("first", "same", "late"));
  EXPECT_THAT(names(true), ElementsAre("late", "first", "same"));
}

TEST(Recording, SpansAFewYearsAtMost) {
  RecordedFolder recorded;
  const Version version = backtest_version(kBacktestCampaigns);
  const Instant first = instant("2020-01-01T00:00:00Z");
  recorded.folder.write("a.ndjson", track("u", "E", "{}", to_string(first)) +
                                        track("u", "E", "{}", to_string(first + kMaxRecordedSpan)));
  EXPECT_TRUE((recorded.read({&version}), recorded.status.has_value()));
  recorded.folder.write("b.ndjson",
                        track("u", "E", "{}", to_string(first + kMaxRecordedSpan + Duration(1))));
  RecordedFolder more;
  for (const char* name : {"a.ndjson", "b.ndjson"})
    more.folder.write(name, recorded.folder.read(name));
  more.read({&version});
  ASSERT_FALSE(more.status.has_value());
  EXPECT_THAT(more.status.error().message, HasSubstr("--from and --to narrow it"));
}

TEST(Recording, AFileThatIsCutOffWhileItIsReadIsAFailureWithItsPlace) {
  RecordedFolder recorded;
  const Version version = backtest_version(kBacktestCampaigns);
  const std::string line = track("u", "E", "{}", "2026-03-01T12:00:00Z");
  std::string text;
  while (text.size() < std::size_t{6} << 20) text += line;
  recorded.folder.write("a.ndjson", text);
  const std::string path = recorded.folder.path("a.ndjson");
  recorded.recording.add(std::move(*RecordedFile::open(path)));
  std::filesystem::resize_file(path, text.size() - 10 * line.size());
  for (std::size_t threads : {1, 2}) {
    Progress progress;
    ReadSettings settings;
    settings.threads = threads;
    const Status read = recorded.recording.read({version.deployed->program}, settings, progress);
    ASSERT_FALSE(read.has_value());
    EXPECT_THAT(read.error().message, HasSubstr(fmt::format("a.ndjson:{}: the file ends here",
                                                            text.size() / line.size() - 9)));
  }
}

TEST(Recording, LeavesOutWhatIsAfterTheEndOrLongBeforeTheBeginning) {
  RecordedFolder recorded;
  const Version version = backtest_version(kBacktestCampaigns);
  const Instant from = instant("2026-03-01T00:00:00Z");
  ReadSettings settings;
  settings.from = from;
  settings.to = from + std::chrono::hours(24);
  std::string text;
  for (Instant at : {from - kMaxWarmUp - Duration(1), from - kMaxWarmUp, from, *settings.to})
    text += track("u", "E", "{}", to_string(at));
  recorded.folder.write("a.ndjson", text);
  const Recording& recording = recorded.read({&version}, settings);
  EXPECT_EQ(recording.events(), 2u);
  EXPECT_EQ(recording.left_out(), 2u);
  EXPECT_EQ(recording.begin(), from - kMaxWarmUp);
  EXPECT_EQ(recording.end(), *settings.to);
}

TEST(PlayedStore, HoldsWhatADataDirectoryWouldAndNoMoreThanItMay) {
  TempFolder folder;
  folder.write("a.ndjson",
               R"({"type":"identify","userId":"u","traits":{"email":"u@example.com"},)"
               R"("timestamp":"2026-03-01T10:00:00Z"})"
               "\n"
               R"({"type":"track","userId":"u","event":"order_completed","properties":)"
               R"({"order_id":"o","total":5,"currency":"EUR"},"timestamp":"2026-03-01T11:00:00Z"})"
               "\n");
  const Version version = backtest_version(kBacktestCampaigns, {});
  auto played = [&](std::size_t most) {
    Recording recording;
    auto file = RecordedFile::open(folder.path("a.ndjson"));
    EXPECT_TRUE(file.has_value());
    recording.add(std::move(*file));
    return played_store(recording, version.deployed, most);
  };
  auto store = played(2);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  std::size_t mails = 0;
  std::size_t events = 0;
  auto counted = [](std::size_t& rows) {
    return [&rows](std::string_view, std::string_view) { return ++rows > 0; };
  };
  EXPECT_TRUE((*store)->scan(Space::kMessages, {}, {}, counted(mails)).has_value());
  EXPECT_TRUE((*store)->scan(Space::kEvents, {}, {}, counted(events)).has_value());
  EXPECT_EQ(mails, 1u);
  EXPECT_EQ(events, 2u);
  static_assert(kMaxReplRecordedEvents > 2);
  auto too_many = played(1);
  ASSERT_FALSE(too_many.has_value());
  EXPECT_THAT(too_many.error().message, HasSubstr("2 events, at most 1"));
}

}  // namespace
}  // namespace trig::drive
