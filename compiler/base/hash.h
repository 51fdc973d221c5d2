// Hashes with fixed definitions, so that replays and data directories agree on every machine.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace trig {

// 64-bit hash of a name (XXH3, seed 0). Persisted state refers to campaigns, fields and event types
// by it, so that it survives a deploy that reorders declarations; the checker refuses a program in
// which two names collide.
enum class NameHash : std::uint64_t {};
NameHash name_hash(std::string_view name);

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};
Hash128 hash128(std::string_view bytes);  // XXH3 128, seed 0
std::string to_hex(Hash128 hash);

// HMAC-SHA256 (RFC 2104, FIPS 180-4).
std::array<unsigned char, 32> hmac_sha256(std::string_view key, std::string_view message);

std::string base64(std::string_view bytes);                     // RFC 4648 §4, padded
std::string base64_url(std::string_view bytes);                 // RFC 4648 §5, no padding
bool base64_decode(std::string_view text, std::string& bytes);  // standard alphabet
bool base64_url_decode(std::string_view text, std::string& bytes);
std::string base32_lower(std::string_view bytes);  // RFC 4648 §6, lower case, no pad
bool base32_lower_decode(std::string_view text, std::string& bytes);

}  // namespace trig
