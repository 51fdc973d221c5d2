// Takes off a gzip or deflate content coding, within a bound: output beyond `max_bytes` is never
// produced, so a few kilobytes that unfold to gigabytes cost no more than the bound.
//
//   auto text = decompress(body, kMaxBatchBytes);
//   if (!text && text.error() == DecompressError::kTooLarge) …
//
// Source: RFC 1952 (gzip, several members in a row included), RFC 1950 (what HTTP calls deflate),
// RFC 1951 (what some clients send under that name).
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace trig::ingest {

enum class DecompressError { kCorrupt, kTooLarge };

// True if `bytes` begin as gzip does. JSON never does.
bool is_gzip(std::string_view bytes);

// gzip and zlib are told apart by their first bytes; anything else is read as raw deflate.
tl::expected<std::string, DecompressError> decompress(std::string_view bytes,
                                                      std::size_t max_bytes);

}  // namespace trig::ingest
