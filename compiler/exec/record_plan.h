// How a record is read from JSON: which keys it has, whose they are, and what stands where none
// comes. Made once a program; PayloadReader goes by it.
#pragma once

#include <array>
#include <atomic>
#include <cstring>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/exec/native_record.h"
#include "compiler/exec/text_table.h"
#include "compiler/ir/program.h"

namespace trig::exec {

inline constexpr std::size_t kMostKeys = 192;   // of one record
inline constexpr std::size_t kMostFields = 64;  // likewise
// Names that nobody declares, of one record, that are remembered; and how often one is.
inline constexpr std::size_t kMostStrangers = 32;
inline constexpr std::uint32_t kMostLessons = 4 * kMostStrangers;

inline constexpr std::array<std::int64_t, 7> kScales = {1'000'000, 100'000, 10'000, 1'000,
                                                        100,       10,      1};

// `decimals` of the digits stand behind the point.
inline std::int64_t millionths_of(std::uint32_t digits, std::uint32_t decimals) {
  return digits * kScales[decimals];
}

// A key as it stands in a text with its closing quote: told with two comparisons of words, before
// anybody knows where the text between the quotes ends. And whose it is.
enum class PlainKind : std::uint8_t { kNone, kText, kNumber, kInteger, kStranger };

class alignas(64) PlannedKey {
 public:
  static constexpr std::uint8_t kManyFields = 0xff;

  PlannedKey() = default;                       // of no text
  explicit PlannedKey(const std::string& key);  // which must outlive it

  bool is_at(const char* at, const char* end) const {
    if (end - at < reach_) return false;
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    std::memcpy(&first, at, sizeof first);
    std::memcpy(&second, at + sizeof first, sizeof second);
    const std::uint64_t differs =
        ((first ^ first_) & first_mask_) | ((second ^ second_) & second_mask_);
    if (differs != 0 || at[size_] != '"') return false;
    return size_ <= kWords || std::memcmp(at, whole_, size_) == 0;
  }

  std::uint8_t field = kManyFields;  // whose alone it is
  std::uint8_t rank = 0;             // among that field's names
  PlainKind plain = PlainKind::kNone;
  std::uint32_t word = 0;  // of the field

 private:
  static constexpr std::size_t kWords = 16;  // bytes

  std::uint64_t first_ = 0;
  std::uint64_t second_ = 0;
  std::uint64_t first_mask_ = 0;
  std::uint64_t second_mask_ = 0;
  const char* whole_ = nullptr;
  std::uint32_t size_ = 0;
  std::int64_t reach_ = std::numeric_limits<std::int64_t>::max();  // bytes that are looked at
};

// A field is `direct` where none of its names is of use to anything else: it is read when one comes
// along. Others (money, whose currency may stand anywhere) are read when all names are known.
struct RecordPlan {
  struct Candidate {
    std::uint16_t key = 0;
    bool last_of_name = false;  // after a null the next name is tried, no other spelling of this
  };
  struct Candidates {  // in the order of read_field (payload.cpp)
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  struct Field {
    ir::Type type;
    Slot slot;
    bool direct = false;
    Candidates names;
    Candidates currency;                  // of money
    const ir::Value* fallback = nullptr;  // null: none
  };
  using FieldSet = std::uint64_t;

  TextTable keys;
  // By key, then the beginning (which is none), then strangers.
  mutable std::vector<PlannedKey> planned;
  std::vector<Candidate> candidates;
  std::vector<Field> fields;
  std::vector<std::uint8_t> deferred;  // fields that are not direct
  FieldSet direct = 0;
  FieldSet required = 0;  // among the direct: missing is a mistake
  FieldSet fallbacks = 0;
  RecordLayout layout;
  NativeRecord blank;  // the fields that do not come
  // By key or stranger, and of the beginning: which came next last time. Senders have an order of
  // theirs.
  mutable std::array<std::atomic<std::uint16_t>, kMostKeys + 1 + kMostStrangers> next{};
  std::uint16_t beginning() const { return static_cast<std::uint16_t>(keys.size()); }
  // That a name which is no key came after `before`.
  void learn(std::uint16_t& before, std::string_view name) const;
  bool readable = true;  // false: it has what only decode_record reads

 private:
  // What stands in `planned` behind the keys is written before its number is in `next`, and stays.
  mutable std::mutex learning_;
  mutable std::vector<std::string> strangers_;  // their place is reserved
  mutable std::atomic<std::uint32_t> lessons_ = 0;
};

// Of a record of `program`, which must outlive it.
std::unique_ptr<RecordPlan> plan_record(const ir::Program& program, ir::Type type);

}  // namespace trig::exec
