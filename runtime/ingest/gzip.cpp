#include "runtime/ingest/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "compiler/base/check.h"

namespace trig::ingest {

namespace {

constexpr std::size_t kChunk = 64 * 1024;

class Inflater {
 public:
  explicit Inflater(int window_bits) {
    TRIG_CHECK(inflateInit2(&stream_, window_bits) == Z_OK, "zlib cannot start");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
};

int window_bits_for(std::string_view bytes) {
  if (is_gzip(bytes)) return MAX_WBITS + 16;
  // RFC 1950: method 8 in the low nibble, and the first two bytes a multiple of 31.
  const bool zlib =
      bytes.size() >= 2 && (bytes[0] & 0x0f) == 8 &&
      (static_cast<unsigned char>(bytes[0]) * 256 + static_cast<unsigned char>(bytes[1])) % 31 == 0;
  return zlib ? MAX_WBITS : -MAX_WBITS;
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

tl::expected<std::string, DecompressError> decompress(std::string_view bytes,
                                                      std::size_t max_bytes) {
  Inflater inflater(window_bits_for(bytes));
  z_stream& stream = inflater.stream();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  for (;;) {
    const std::size_t before = out.size();
    // One byte more than allowed tells "exactly full" from "too large".
    out.resize(std::min(before + kChunk, max_bytes + 1));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(out.size() - before);
    const int code = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (out.size() > max_bytes) return tl::unexpected(DecompressError::kTooLarge);
    if (code == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      const std::string_view rest(reinterpret_cast<const char*>(stream.next_in), stream.avail_in);
      if (!is_gzip(rest) || inflateReset(&stream) != Z_OK)
        return tl::unexpected(DecompressError::kCorrupt);
    } else if (code != Z_OK || (stream.avail_in == 0 && out.size() == before)) {
      return tl::unexpected(DecompressError::kCorrupt);  // Z_OK without progress: cut short
    }
  }
}

}  // namespace trig::ingest
