// Recording: everything that was recorded, and who is joined with whom in it. One pass reads all of
// it and keeps 24 bytes an event: where it stands, when it was received, whose it is. People who
// share an id, a key or an address are one group, which is never divided; a part is some groups
// with all of their events. A second pass copies the events into a temporary file, part by part:
// events of a part stand all over a recording, and are played together.
//
//   Recording recording;
//   recording.add(std::move(*RecordedFile::open(path)));
//   Status done = recording.read(programs, {.threads = 2});
//   for (std::size_t number = 0; number < recording.parts(); ++number) {
//     auto part = recording.part(number);
//     for (std::size_t i = 0; i < part->size(); ++i) envelope = part->read(i, reader);
//   }
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/program.h"
#include "runtime/drive/recorded_file.h"
#include "runtime/drive/recorded_reader.h"
#include "runtime/ports/store.h"
#include "runtime/report/backtest.h"

namespace trig::drive {

struct Place {
  std::uint64_t at = 0;  // among the bytes of all files: its order, and what no other has
  Instant when;          // it comes to the engine
  std::uint32_t group = 0;
  std::uint32_t size = 0;  // of its record
};

struct ReadSettings {
  std::size_t threads = 1;
  bool by_occurrence = false;       // as if each event had been received when it occurred
  std::optional<Instant> from;      // what comes before is still read, back to kMaxWarmUp
  std::optional<Instant> to;        // what comes then and later is left out
  std::size_t people_per_part = 0;  // 0: as many as have some hundreds of events together
};

struct Progress {
  std::atomic<std::uint64_t> done = 0;
  std::atomic<std::uint64_t> all = 0;
};

class Recording;

// The events of some groups, in the order in which the engine takes them. The recording outlives
// it.
class RecordedPart {
 public:
  std::size_t size() const { return events_.size(); }
  const Place& place(std::size_t number) const { return events_[number].place; }
  Envelope read(std::size_t number, RecordedReader& reader) const;

 private:
  friend class Recording;
  struct Event {
    Place place;
    std::uint64_t begin = 0;  // of its record in `bytes_`
  };
  const Recording* recording_ = nullptr;
  std::vector<Event> events_;
  std::string bytes_;
};

class Recording {
 public:
  void add(RecordedFile file);
  Status add_files(const std::string& path);  // a file, or those of a folder
  // The events that a server's own data directory holds, without those that journeys emitted.
  Status add(const Store& store, const std::string& name);

  // `programs` say which traits find a person.
  Status read(const std::vector<const ir::Program*>& programs, const ReadSettings& settings,
              Progress& progress);

  std::uint64_t events() const { return places_.size(); }
  std::uint64_t left_out() const { return left_out_; }  // by `from` and `to`
  std::uint64_t bytes() const;
  const report::UnreadableRecords& unreadable() const { return unreadable_; }
  Instant begin() const { return begin_; }  // of the first event
  Instant end() const { return end_; }      // of the last, or `to`

  std::size_t parts() const { return part_begins_.empty() ? 0 : part_begins_.size() - 1; }
  Result<RecordedPart> part(std::size_t number) const;

 private:
  friend class RecordedPart;
  struct Block;
  class Groups;
  struct Taken;
  class Copying;
  using Unreadable = std::vector<std::pair<std::uint64_t, std::string>>;

  Result<std::vector<Block>> blocks_of_files() const;
  Status read_block(const Block& block, const std::vector<const ir::Program*>& programs,
                    RecordedReader& reader, std::string& bytes, Taken& taken) const;
  Status tell_unreadable(Unreadable found);
  Status find_span(const ReadSettings& settings);
  bool is_left_out(const Place& place) const;
  Status divide(const std::vector<Block>& blocks, const std::vector<const ir::Program*>& programs,
                Groups& groups, const ReadSettings& settings);
  std::size_t file_of(std::uint64_t at) const;
  Result<std::string> place_text(std::uint64_t at) const;

  std::vector<RecordedFile> files_;
  std::vector<std::uint64_t> begins_;  // of each file among all bytes
  std::vector<Place> places_;          // as they stand in the files, in each part
  struct PartBegin {
    std::uint64_t place = 0;
    std::uint64_t byte = 0;  // in `copied_`
  };
  std::vector<PartBegin> part_begins_;    // and the end
  Descriptor copied_;                     // the records of all parts
  report::UnreadableRecords unreadable_;  // the first kMaxShownUnreadable of them
  std::uint64_t left_out_ = 0;
  bool by_occurrence_ = false;
  std::optional<Instant> from_;  // what comes before is left out
  std::optional<Instant> to_;
  Instant begin_;
  Instant end_;
};

}  // namespace trig::drive
