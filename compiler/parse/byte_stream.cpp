#include "compiler/parse/byte_stream.h"

#include <algorithm>

namespace trig::parse {

std::size_t ByteStream::LA(ssize_t offset) {
  if (offset == 0) return 0;
  ssize_t place = static_cast<ssize_t>(index_) + (offset > 0 ? offset - 1 : offset);
  if (place < 0 || static_cast<std::size_t>(place) >= text_.size()) return EOF;
  return static_cast<unsigned char>(text_[static_cast<std::size_t>(place)]);
}

std::string ByteStream::getText(const antlr4::misc::Interval& interval) {
  if (interval.a < 0 || interval.b < interval.a) return {};
  std::size_t begin = std::min(static_cast<std::size_t>(interval.a), text_.size());
  return std::string(text_.substr(begin, static_cast<std::size_t>(interval.b - interval.a) + 1));
}

}  // namespace trig::parse
