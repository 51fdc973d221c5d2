#include "compiler/exec/plain_members.h"

#include <bit>
#include <cstring>

namespace trig::exec {
namespace {

constexpr std::uint32_t kTokensOfMember = 4;  // key, colon, value, and what follows

bool has_escapes(const char* value, const char* after) {
  return std::memchr(value, '\\', static_cast<std::size_t>(after - value)) != nullptr;
}

// Of what nobody declares.
bool is_plain(const char* value, const char* after, const char* end, bool escapes) {
  if (*value == '"') return !escapes || !has_escapes(value, after);
  std::uint32_t digits = 0;
  std::uint32_t decimals = 0;
  return read_short_number(value, after, end, digits, decimals);
}

// `value` ends where `after` is, but for spaces.
template <bool kNative>
bool read_value(PlainKind kind, const char* value, const char* after, const char* end, bool escapes,
                std::uint64_t* words) {
  if (kind == PlainKind::kText) {
    if (*value != '"' || after[-1] != '"' || (escapes && has_escapes(value, after))) return false;
    if constexpr (kNative) {
      words[0] = std::bit_cast<std::uint64_t>(value + 1);
      words[1] = static_cast<std::uint64_t>(after - value - 2);
    }
    return true;
  }
  std::uint32_t digits = 0;
  std::uint32_t decimals = 0;
  if (kind == PlainKind::kNone || !read_short_number(value, after, end, digits, decimals))
    return false;
  const bool whole = kind == PlainKind::kInteger;
  if constexpr (kNative)
    words[0] = static_cast<std::uint64_t>(whole ? digits : millionths_of(digits, decimals));
  return !whole || decimals == 0;
}

// Locals only: what stands in memory might be what is written.
template <bool kNative>
void read(const RecordPlan& plan, const JsonTokens& tokens, std::uint64_t* native,
          PlainMembers& members) {
  const char* const text = tokens.start_of_text();
  const char* const end = tokens.end_of_text();
  const std::uint32_t* at = tokens.starts() + members.token;
  const std::uint32_t* const last = tokens.starts() + tokens.count();
  const PlannedKey* const keys = plan.planned.data();
  const bool escapes = tokens.any_escapes();
  RecordPlan::FieldSet done = members.done;
  std::uint16_t before = members.before;
  for (; last - at >= kTokensOfMember; at += kTokensOfMember) {
    const char* const quote = text + at[0];
    const std::uint16_t guess = plan.next[before].load(std::memory_order_acquire);
    const PlannedKey& key = keys[guess];
    if (*quote != '"' || text[at[1]] != ':' || !key.is_at(quote + 1, end)) break;
    const char* const value = text + at[2];
    const char* const after = text + at[3];
    if (*after != ',' && *after != '}') break;
    if (key.plain == PlainKind::kStranger) {
      if (!is_plain(value, after, end, escapes)) break;
    } else {
      const RecordPlan::FieldSet bit = RecordPlan::FieldSet{1} << (key.field % kMostFields);
      if (((done | members.nulls) & bit) != 0) break;
      std::uint64_t* words = kNative ? native + key.word : nullptr;
      if (!read_value<kNative>(key.plain, value, after, end, escapes, words)) break;
      members.ranks[key.field] = key.rank;
      done |= bit;
    }
    before = guess;
    if (*after == ',') continue;
    at += kTokensOfMember - 1;
    members.ended = true;
    break;
  }
  members.token = static_cast<std::uint32_t>(at - tokens.starts());
  members.before = before;
  members.done = done;
  if constexpr (kNative) native[0] |= done;
}

}  // namespace

void read_plain_members(const RecordPlan& plan, const JsonTokens& tokens, std::uint64_t* native,
                        PlainMembers& members) {
  native == nullptr ? read<false>(plan, tokens, native, members)
                    : read<true>(plan, tokens, native, members);
}

}  // namespace trig::exec
