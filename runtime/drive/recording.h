// Recording: everything that was recorded, and who is joined with whom in it. One pass reads all of
// it once and keeps 24 bytes an event: where it stands, when it was received, whose it is. People
// who share an id, a key or an address are one group, which is never divided; a part is some groups
// with all of their events.
//
//   Recording recording;
//   recording.add(std::move(*RecordedFile::open(path)));
//   Status done = recording.read(programs, {.threads = 2});
//   for (std::size_t part = 0; part < recording.parts(); ++part)
//     for (const Place& place : recording.places(part)) envelope = recording.read(place, reader);
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <span>
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
};

struct ReadSettings {
  std::size_t threads = 1;
  bool by_occurrence = false;   // as if each event had been received when it occurred
  std::optional<Instant> from;  // what comes before is still read, back to kMaxWarmUp
  std::optional<Instant> to;    // what comes then and later is left out
  std::size_t people_per_part = 128;
};

struct Progress {
  std::atomic<std::uint64_t> done = 0;
  std::atomic<std::uint64_t> all = 0;
};

class Recording {
 public:
  void add(RecordedFile file);
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
  // In the order in which the engine takes them.
  std::span<const Place> places(std::size_t part) const;
  Envelope read(const Place& place, RecordedReader& reader) const;

 private:
  struct Block;
  class Groups;
  struct Taken;

  void read_block(const Block& block, const std::vector<const ir::Program*>& programs,
                  RecordedReader& reader, Taken& taken) const;
  Status finish(Groups& groups, const ReadSettings& settings);
  void divide(Groups& groups, std::size_t people_per_part);
  void tell_unreadable(std::vector<std::pair<std::uint64_t, std::string>> found);
  std::size_t file_of(std::uint64_t at) const;
  std::string place_text(std::uint64_t at) const;

  std::vector<RecordedFile> files_;
  std::vector<std::uint64_t> begins_;  // of each file among all bytes
  std::vector<Place> places_;
  std::vector<std::uint64_t> part_begins_;
  report::UnreadableRecords unreadable_;  // the first kMaxShownUnreadable of them
  std::uint64_t left_out_ = 0;
  bool by_occurrence_ = false;
  Instant begin_;
  Instant end_;
};

}  // namespace trig::drive
