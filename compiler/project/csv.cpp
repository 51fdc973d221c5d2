#include "compiler/project/csv.h"

#include <fmt/format.h>

#include "compiler/base/limits.h"

namespace trig::project {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// RFC 3629: the first byte that begins no UTF-8 character, or npos.
std::size_t first_bad_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto byte = static_cast<unsigned char>(text[i]);
    std::size_t length = byte < 0x80                   ? 1
                         : byte >= 0xc2 && byte < 0xe0 ? 2
                         : byte >= 0xe0 && byte < 0xf0 ? 3
                         : byte >= 0xf0 && byte < 0xf5 ? 4
                                                       : 0;
    if (length == 0 || i + length > text.size()) return i;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return i;
    auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    bool overlong = (byte == 0xe0 && second < 0xa0) || (byte == 0xf0 && second < 0x90);
    bool outside = (byte == 0xed && second > 0x9f) || (byte == 0xf4 && second > 0x8f);
    if (overlong || outside) return i;
    i += length;
  }
  return std::string_view::npos;
}

}  // namespace

CsvReader::CsvReader(std::string_view text) : text_(text) {
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

bool CsvReader::next(CsvRecord& record) {
  record.cells.clear();
  while (at_ < text_.size() && at_line_end()) skip_line_end();
  if (problem_ || at_ >= text_.size()) return false;
  record.begin = static_cast<std::uint32_t>(at_);
  for (;;) {
    CsvCell cell;
    if (!read_cell(cell)) return false;
    record.cells.push_back(std::move(cell));
    if (at_ >= text_.size() || at_line_end()) break;
    ++at_;  // the comma
  }
  record.end = static_cast<std::uint32_t>(at_);
  skip_line_end();
  return true;
}

bool CsvReader::read_cell(CsvCell& cell) {
  std::size_t begin = at_;
  cell.begin = static_cast<std::uint32_t>(begin);
  if (at_ < text_.size() && text_[at_] == '"') {
    if (!read_quoted(cell)) return false;
  } else {
    while (at_ < text_.size() && text_[at_] != ',' && !at_line_end()) {
      if (text_[at_] == '"')
        return fail_at(at_, at_ + 1,
                       "a field with a quote in it stands in quotes, and the quote is doubled");
      ++at_;
    }
    cell.text = text_.substr(begin, at_ - begin);
  }
  cell.end = static_cast<std::uint32_t>(at_);
  if (cell.text.size() > kMaxCellBytes)
    return fail_at(begin, begin + 1, fmt::format("a field of more than {} bytes", kMaxCellBytes));
  if (std::size_t bad = first_bad_byte(cell.text); bad != std::string_view::npos)
    return fail_at(begin, at_, "this is not UTF-8");
  return true;
}

bool CsvReader::read_quoted(CsvCell& cell) {
  std::size_t begin = at_++;
  for (;;) {
    std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos)
      return fail_at(begin, begin + 1, "this quote is not closed");
    cell.text += text_.substr(at_, quote - at_);
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    cell.text += '"';
    ++at_;
  }
  if (at_ >= text_.size() || text_[at_] == ',' || at_line_end()) return true;
  return fail_at(at_, at_ + 1, "a comma or the end of the line is expected after the quote");
}

bool CsvReader::at_line_end() const {
  return text_[at_] == '\n' || (text_[at_] == '\r' && text_.substr(at_ + 1).starts_with('\n'));
}

void CsvReader::skip_line_end() {
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n') ++at_;
}

bool CsvReader::fail_at(std::size_t begin, std::size_t end, std::string what) {
  problem_ =
      Problem{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), std::move(what)};
  return false;
}

}  // namespace trig::project
