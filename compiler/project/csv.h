// CSV by RFC 4180: records of fields, split by commas; a field in double quotes may hold commas,
// line ends and doubled quotes. Lines end with CR LF or LF; a byte order mark at the beginning is
// skipped, and lines that are empty.
//
//   CsvReader reader(text);
//   while (reader.next(record)) use(record.cells);
//   if (reader.problem()) …                            // where, and what is wrong there
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trig::project {

struct CsvCell {
  std::string text;
  std::uint32_t begin = 0;  // in the file, quotes included
  std::uint32_t end = 0;
};

struct CsvRecord {
  std::vector<CsvCell> cells;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;  // before the line end
};

class CsvReader {
 public:
  // A text longer than 32 bits of places is refused before: kMaxTableFileBytes.
  explicit CsvReader(std::string_view text);

  // False at the end of the text, and at a problem.
  bool next(CsvRecord& record);

  struct Problem {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::string what;
  };
  const std::optional<Problem>& problem() const { return problem_; }

 private:
  bool read_cell(CsvCell& cell);
  bool read_quoted(CsvCell& cell);
  bool at_line_end() const;
  void skip_line_end();
  bool fail_at(std::size_t begin, std::size_t end, std::string what);

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<Problem> problem_;
};

}  // namespace trig::project
