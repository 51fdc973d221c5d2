// RecordedFile: a file of recorded events, read in blocks of whole records. Nothing but what was
// asked for is in memory, and a file that others cut off meanwhile is a Failure that says where it
// ends now. What is no plain file, or compressed by gzip, is written to a temporary file first.
//
//   auto file = RecordedFile::open("events.ndjson");
//   auto begins = file->blocks(1 << 20);
//   for (std::size_t i = 0; i + 1 < begins->size(); ++i) {
//     Status done = file->read((*begins)[i], (*begins)[i + 1] - (*begins)[i], block);
//     for (std::string_view rest = block; !rest.empty();) {
//       const Extent record = file->first_record(rest);   // record.text: without its line end
//       rest.remove_prefix(record.size);
//     }
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "runtime/drive/temporary_file.h"

namespace trig::drive {

enum class RecordFormat : std::uint8_t {
  kEvents,  // a line is an event as Segment's API takes it
  kRows,    // a line is a row of a warehouse: {"anonymous_id": …, "total": …}
  kCsv,     // the same rows as CSV, the names of their columns first
  kStored,  // a length and the row of a server's own data directory
};

struct Extent {
  std::string_view text;  // of the record
  std::size_t size = 0;   // of all that belongs to it
};

class RecordedFile {
 public:
  // "-" is the standard input.
  static Result<RecordedFile> open(const std::string& path);
  // What `write` hands over piece by piece, kept in a temporary file.
  using Piece = std::function<Status(std::string_view)>;
  static Result<RecordedFile> spooled(const std::string& name, RecordFormat format,
                                      const std::function<Status(const Piece&)>& write);

  const std::string& name() const { return name_; }
  RecordFormat format() const { return format_; }
  std::uint64_t size() const { return size_; }                          // when it was opened
  const std::vector<std::string>& columns() const { return columns_; }  // of CSV

  // Where records begin, at least `size` bytes apart; the first is that of the first record, and
  // the end comes last. A record that is longer than kMaxBatchBytes may be divided.
  Result<std::vector<std::uint64_t>> blocks(std::uint64_t size) const;
  // Exactly these bytes.
  Status read(std::uint64_t at, std::size_t size, std::string& bytes) const;
  // Of what begins with a record and ends with one.
  Extent first_record(std::string_view bytes) const;
  // 1 for the first line.
  Result<std::uint64_t> line_of(std::uint64_t at) const;

 private:
  Status find_format();
  Status read_columns();
  Result<std::uint64_t> after_line(std::uint64_t at) const;
  Status cut_off() const;

  std::string name_;
  RecordFormat format_ = RecordFormat::kEvents;
  Descriptor bytes_;
  std::uint64_t size_ = 0;
  std::uint64_t begin_ = 0;  // of the first record
  std::vector<std::string> columns_;
};

// The files that `path` means: itself, or what a folder holds of them, by name.
Result<std::vector<std::string>> recorded_files_of(const std::string& path);

}  // namespace trig::drive
