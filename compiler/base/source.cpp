#include "compiler/base/source.h"

#include <algorithm>

#include "compiler/base/check.h"

namespace trig {

Source::Source(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)) {
  line_starts_.push_back(0);
  for (std::uint32_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
}

LineColumn Source::place_of(std::uint32_t offset) const {
  offset = std::min<std::uint32_t>(offset, static_cast<std::uint32_t>(text_.size()));
  auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  auto line = static_cast<std::uint32_t>(after - line_starts_.begin());
  std::uint32_t column = 1;
  for (std::uint32_t i = line_starts_[line - 1]; i < offset; ++i)
    if ((static_cast<unsigned char>(text_[i]) & 0xc0) != 0x80) ++column;
  return {line, column};
}

std::uint32_t Source::line_begin(std::uint32_t line) const {
  TRIG_CHECK(line >= 1 && line <= line_starts_.size(), "line out of range");
  return line_starts_[line - 1];
}

std::string_view Source::line_text(std::uint32_t line) const {
  std::uint32_t begin = line_begin(line);
  std::size_t end = text_.find('\n', begin);
  if (end == std::string::npos) end = text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

SourceId SourceMap::add(std::string path, std::string text) {
  sources_.push_back(std::make_shared<const Source>(std::move(path), std::move(text)));
  return static_cast<SourceId>(sources_.size() - 1);
}

void SourceMap::replace(SourceId id, std::string text) {
  auto replaced = std::make_shared<const Source>((*this)[id].path(), std::move(text));
  sources_[static_cast<std::size_t>(id)] = std::move(replaced);
}

const Source& SourceMap::operator[](SourceId id) const {
  TRIG_CHECK(static_cast<std::size_t>(id) < sources_.size(), "unknown source id");
  return *sources_[static_cast<std::size_t>(id)];
}

std::string_view SourceMap::text_of(TextRange range) const {
  if (!range.valid()) return {};
  return std::string_view((*this)[range.source].text())
      .substr(range.begin, range.end - range.begin);
}

}  // namespace trig
