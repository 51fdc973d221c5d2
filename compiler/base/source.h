// The texts a compilation reads: .trig files, templates and the embedded standard library.
//
//   SourceMap sources;
//   SourceId id = sources.add("campaigns/cart.trig", text);
//   LineColumn place = sources[id].place_of(offset);   // 1-based
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/text_range.h"

namespace trig {

struct LineColumn {
  std::uint32_t line = 1;    // 1-based
  std::uint32_t column = 1;  // 1-based, counted in Unicode code points
};

class Source {
 public:
  Source(std::string path, std::string text);

  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }
  LineColumn place_of(std::uint32_t offset) const;
  // The line without its line end; line is 1-based and must exist.
  std::string_view line_text(std::uint32_t line) const;
  std::uint32_t line_begin(std::uint32_t line) const;
  std::uint32_t line_count() const { return static_cast<std::uint32_t>(line_starts_.size()); }

 private:
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

// A copy shares the texts.
class SourceMap {
 public:
  SourceId add(std::string path, std::string text);
  void replace(SourceId id, std::string text);  // under the same path
  const Source& operator[](SourceId id) const;
  std::string_view text_of(TextRange range) const;
  std::size_t size() const { return sources_.size(); }

 private:
  std::vector<std::shared_ptr<const Source>> sources_;
};

}  // namespace trig
