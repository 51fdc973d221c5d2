// Bytes for stored records: little-endian base-128 varints (as Protocol Buffers), zigzag for signed
// numbers, length-prefixed strings; big-endian fixed integers for keys, whose byte order is their
// order. A reader never reads past its end: `ok()` turns false and every further read gives zero.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/base/time.h"

namespace trig {

class ByteWriter {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void varint(std::uint64_t value);
  void zigzag(std::int64_t value);
  void text(std::string_view value);  // length, then bytes
  void fixed32(std::uint32_t value);  // big-endian
  void fixed64(std::uint64_t value);  // big-endian
  void instant(Instant value);        // big-endian, order-preserving, sign flipped
  void raw(std::string_view bytes) { bytes_.append(bytes); }

  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }
  void clear() { bytes_.clear(); }  // keeps its memory

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8();
  std::uint64_t varint();
  std::int64_t zigzag();
  std::string text();
  std::string_view text_view();
  std::uint32_t fixed32();
  std::uint64_t fixed64();
  Instant instant();

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  void mark_bad() {
    ok_ = false;
    rest_ = {};
  }

 private:
  std::string_view take(std::size_t count);
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace trig
