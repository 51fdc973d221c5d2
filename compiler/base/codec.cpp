#include "compiler/base/codec.h"

#include <array>
#include <bit>
#include <cstring>

namespace trig {

void ByteWriter::varint(std::uint64_t value) {
  if (value < 0x80) return u8(static_cast<std::uint8_t>(value));
  std::array<char, 10> bytes;
  std::size_t count = 0;
  for (; value >= 0x80; value >>= 7) bytes[count++] = static_cast<char>(value | 0x80);
  bytes[count++] = static_cast<char>(value);
  bytes_.append(bytes.data(), count);
}

void ByteWriter::zigzag(std::int64_t value) {
  varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void ByteWriter::text(std::string_view value) {
  varint(value.size());
  bytes_.append(value);
}

void ByteWriter::fixed32(std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) u8(static_cast<std::uint8_t>(value >> shift));
}

void ByteWriter::fixed64(std::uint64_t value) {
  static_assert(std::endian::native == std::endian::little);
  const std::uint64_t big_endian = __builtin_bswap64(value);
  std::array<char, sizeof(big_endian)> bytes;
  std::memcpy(bytes.data(), &big_endian, bytes.size());
  bytes_.append(bytes.data(), bytes.size());
}

void ByteWriter::instant(Instant value) {
  fixed64(static_cast<std::uint64_t>(value.time_since_epoch().count()) ^ (std::uint64_t{1} << 63));
}

std::string_view ByteReader::take(std::size_t count) {
  if (count > rest_.size()) {
    mark_bad();
    return {};
  }
  std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::uint8_t ByteReader::u8() {
  std::string_view byte = take(1);
  return byte.empty() ? 0 : static_cast<std::uint8_t>(byte[0]);
}

std::uint64_t ByteReader::varint() {
  if (!rest_.empty() && static_cast<std::uint8_t>(rest_.front()) < 0x80) {
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    std::uint8_t byte = u8();
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  mark_bad();
  return 0;
}

std::int64_t ByteReader::zigzag() {
  std::uint64_t value = varint();
  return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
}

std::string_view ByteReader::text_view() {
  std::uint64_t size = varint();
  if (size > rest_.size()) {
    mark_bad();
    return {};
  }
  return take(size);
}

std::string ByteReader::text() { return std::string(text_view()); }

std::uint32_t ByteReader::fixed32() {
  std::uint32_t value = 0;
  for (char c : take(4)) value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

std::uint64_t ByteReader::fixed64() {
  std::uint64_t value = 0;
  for (char c : take(8)) value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

Instant ByteReader::instant() {
  return Instant(Duration(static_cast<std::int64_t>(fixed64() ^ (std::uint64_t{1} << 63))));
}

}  // namespace trig
