// RecordedFile: a file of recorded events as one text in memory that the system reads in when it is
// looked at, cut into records. What is no plain file, or compressed by gzip, is written to a
// temporary file first.
//
//   auto file = RecordedFile::open("events.ndjson");
//   for (std::uint64_t at = 0; at < file->text().size();) {
//     std::string_view record = file->record_at(at);   // without its line end
//     at = file->after(at);
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/result.h"

namespace trig::drive {

enum class RecordFormat : std::uint8_t {
  kEvents,  // a line is an event as Segment's API takes it
  kRows,    // a line is a row of a warehouse: {"anonymous_id": …, "total": …}
  kCsv,     // the same rows as CSV, the names of their columns first
  kStored,  // a length and the row of a server's own data directory
};

// Pages of a file in memory.
class MappedFile {
 public:
  MappedFile() = default;
  static Result<MappedFile> of(int descriptor, const std::string& name);
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MappedFile();
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
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
  std::string_view text() const { return mapped_.bytes(); }
  const std::vector<std::string>& columns() const { return columns_; }  // of CSV

  std::uint64_t begin() const { return begin_; }  // of the first record
  // The record that begins there, without its line end.
  std::string_view record_at(std::uint64_t at) const { return extent_at(at).first; }
  std::uint64_t after(std::uint64_t at) const { return extent_at(at).second; }
  // The record that begins there and where the next one does.
  std::pair<std::string_view, std::uint64_t> extent_at(std::uint64_t at) const;
  // Where records begin, at least `size` bytes apart; the first is begin(), and the end comes last.
  std::vector<std::uint64_t> blocks(std::uint64_t size) const;
  // 1 for the first line.
  std::uint64_t line_of(std::uint64_t at) const;

 private:
  Status find_format();
  Status read_columns();

  std::string name_;
  RecordFormat format_ = RecordFormat::kEvents;
  MappedFile mapped_;
  std::uint64_t begin_ = 0;
  std::vector<std::string> columns_;
};

// The files that `path` means: itself, or what a folder holds of them, by name.
Result<std::vector<std::string>> recorded_files_of(const std::string& path);

}  // namespace trig::drive
