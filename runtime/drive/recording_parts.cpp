// Who is played together, and the copy of the events in that order.
#include <algorithm>
#include <mutex>

#include "runtime/drive/recording_blocks.h"
#include "runtime/ports/limits.h"

namespace trig::drive {
namespace {

constexpr std::uint32_t kNoPart = UINT32_MAX;
// So few that what they change stands close together until it is committed; so many, with one more
// for each campaign, that making an engine for them does not count.
constexpr std::size_t kEventsPerPart = 800;
constexpr std::uint64_t kCopiedAtOnce = 16 << 20;
constexpr std::size_t kCopyThreads = 4;  // each holds twice as many bytes

}  // namespace

// Copies the records block by block. Blocks are taken in their order, and records have their places
// in the copy from then on: so those of a part are in the order of the files.
class Recording::Copying {
 public:
  Copying(Recording& recording, const std::vector<Block>& blocks,
          const std::vector<std::uint32_t>& part_of)
      : recording_(recording),
        blocks_(blocks),
        part_of_(part_of),
        next_(recording.part_begins_),
        places_(recording.part_begins_.back().place) {}

  Status run(std::size_t threads) {
    on_threads(std::min(threads, kCopyThreads), [this] { work(); });
    recording_.places_ = std::move(places_);
    return failed_;
  }

 private:
  struct Move {
    std::uint64_t to = 0;
    std::uint32_t from = 0;  // in the bytes at hand
    std::uint32_t size = 0;
  };
  struct Chunk {
    std::size_t file = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::vector<Move> moves;
    std::string bytes;
    std::string run;  // records that stand together in the copy
  };

  void work() {
    Chunk chunk;
    while (take(chunk)) {
      Status done = copy(chunk);
      if (done) continue;
      std::lock_guard lock(mutex_);
      failed_ = done;
      next_block_ = blocks_.size();
    }
  }

  // Some blocks of one file. False: there are no more.
  bool take(Chunk& chunk) {
    std::lock_guard lock(mutex_);
    if (next_block_ == blocks_.size()) return false;
    const Block& first = blocks_[next_block_];
    chunk.moves.clear();
    std::uint64_t end = first.begin;
    while (next_block_ < blocks_.size() && blocks_[next_block_].file == first.file &&
           (end == first.begin || blocks_[next_block_].end - first.begin <= kCopiedAtOnce)) {
      place_records(blocks_[next_block_], first.begin, chunk.moves);
      end = blocks_[next_block_++].end;
    }
    chunk.file = first.file;
    chunk.begin = first.begin;
    chunk.end = end;
    return true;
  }

  void place_records(const Block& block, std::uint64_t begin, std::vector<Move>& moves) {
    begin += recording_.begins_[block.file];
    for (std::size_t i = block.first_place; i < block.first_place + block.places; ++i) {
      const Place& place = recording_.places_[i];
      const std::uint32_t part = part_of_[place.group];
      if (part == kNoPart || recording_.is_left_out(place)) continue;
      PartBegin& next = next_[part];
      places_[next.place++] = place;
      moves.push_back({next.byte, static_cast<std::uint32_t>(place.at - begin), place.size});
      next.byte += place.size;
    }
  }

  Status copy(Chunk& chunk) const {
    Status done =
        recording_.files_[chunk.file].read(chunk.begin, chunk.end - chunk.begin, chunk.bytes);
    std::sort(chunk.moves.begin(), chunk.moves.end(),
              [](const Move& a, const Move& b) { return a.to < b.to; });
    chunk.run.clear();
    for (std::size_t i = 0; done && i < chunk.moves.size(); ++i) {
      const Move& move = chunk.moves[i];
      chunk.run.append(chunk.bytes, move.from, move.size);
      const std::uint64_t end = move.to + move.size;
      if (i + 1 < chunk.moves.size() && chunk.moves[i + 1].to == end) continue;
      done = write_at(recording_.copied_, end - chunk.run.size(), chunk.run);
      chunk.run.clear();
    }
    return done;
  }

  Recording& recording_;
  const std::vector<Block>& blocks_;
  const std::vector<std::uint32_t>& part_of_;
  std::mutex mutex_;  // over what follows
  Status failed_;
  std::vector<PartBegin> next_;
  std::vector<Place> places_;
  std::size_t next_block_ = 0;
};

// Groups are put into parts in the order in which they are met.
Status Recording::divide(const std::vector<Block>& blocks,
                         const std::vector<const ir::Program*>& programs, Groups& groups,
                         const ReadSettings& settings) {
  std::size_t events_per_part = kEventsPerPart;
  for (const ir::Program* program : programs) events_per_part += program->campaigns.size();
  std::vector<std::uint32_t> events(groups.size());
  for (Place& place : places_) {
    place.group = groups.root(place.group);
    if (!is_left_out(place)) ++events[place.group];
  }
  std::vector<std::uint32_t> part_of(groups.size(), kNoPart);
  std::vector<PartBegin> sizes;
  std::size_t people = 0;  // of the last part
  std::size_t their_events = 0;
  for (const Block& block : blocks)
    for (std::size_t i = block.first_place; i < block.first_place + block.places; ++i) {
      const Place& place = places_[i];
      if (is_left_out(place)) continue;
      std::uint32_t& mine = part_of[place.group];
      if (mine == kNoPart) {
        const bool full = settings.people_per_part != 0 ? people == settings.people_per_part
                                                        : their_events >= events_per_part;
        if (sizes.empty() || full) {
          sizes.emplace_back();
          people = 0;
          their_events = 0;
        }
        ++people;
        their_events += events[place.group];
        mine = static_cast<std::uint32_t>(sizes.size() - 1);
      }
      ++sizes[mine].place;
      sizes[mine].byte += place.size;
    }
  part_begins_.assign(1, {});
  for (const PartBegin& size : sizes)
    part_begins_.push_back(
        {part_begins_.back().place + size.place, part_begins_.back().byte + size.byte});
  auto copied = temporary_file(part_begins_.back().byte);
  if (!copied) return tl::unexpected(copied.error());
  copied_ = std::move(*copied);
  return Copying(*this, blocks, part_of).run(settings.threads);
}

Result<RecordedPart> Recording::part(std::size_t number) const {
  const PartBegin& begin = part_begins_[number];
  const PartBegin& end = part_begins_[number + 1];
  RecordedPart part;
  part.recording_ = this;
  auto read = read_at(copied_, begin.byte, end.byte - begin.byte, part.bytes_);
  if (!read || part.bytes_.size() != end.byte - begin.byte)
    return fail("cannot read a temporary file{}", read ? "" : ": " + read.error().message);
  std::uint64_t at = 0;
  for (std::uint64_t i = begin.place; i < end.place; ++i) {
    part.events_.push_back({places_[i], at});
    at += places_[i].size;
  }
  std::sort(part.events_.begin(), part.events_.end(),
            [](const RecordedPart::Event& a, const RecordedPart::Event& b) {
              return a.place.when != b.place.when ? a.place.when < b.place.when
                                                  : a.place.at < b.place.at;
            });
  return part;
}

Envelope RecordedPart::read(std::size_t number, RecordedReader& reader) const {
  const Event& event = events_[number];
  const RecordedFile& file = recording_->files_[recording_->file_of(event.place.at)];
  const std::string_view bytes = std::string_view(bytes_).substr(event.begin, event.place.size);
  Envelope envelope = reader.read(file, file.first_record(bytes).text, true);
  if (recording_->by_occurrence_) envelope.received_at = envelope.occurred_at;
  return envelope;
}

}  // namespace trig::drive
