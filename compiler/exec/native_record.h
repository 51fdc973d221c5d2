// A record as native code reads it: flat words whose meaning the layout knows. Presence bits stand
// first, then each field at its place:
//
//   boolean, integer, date, time, datetime, duration   1 word
//   number, percent                                     1 word, millionths
//   money                                               2 words: millionths, currency
//   text and its kin                                    2 words: address; length (low half), id
//   list, record                                        1 word: address of the ir::Value
//
// The id of a text is its number among the constants that conditions compare the field with, from
// 1; 0 is every other text. So comparing with a constant, and choosing by it, is comparing
// integers. A record points into the values it was filled from and must not outlive them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/exec/text_table.h"
#include "compiler/ir/program.h"

namespace trig::exec {

enum class SlotKind : std::uint8_t {
  kBoolean,
  kInteger,
  kNumber,
  kMoney,
  kText,
  kDate,
  kTime,
  kInstant,
  kDuration,
  kValue,  // a list or a record
};

struct Slot {
  SlotKind kind = SlotKind::kValue;
  std::uint32_t word = 0;
};

using NativeRecord = std::vector<std::uint64_t>;

class RecordLayout {
 public:
  RecordLayout() = default;
  RecordLayout(const ir::Program& program, ir::Type record);

  std::size_t words() const { return words_; }
  const std::vector<Slot>& slots() const { return slots_; }
  // The number of a constant that the field is compared with; gives it one if it has none.
  std::uint32_t add_constant(std::uint32_t field, std::string_view text);
  // 0: no condition compares the field with this text.
  std::uint32_t id_of(std::uint32_t field, std::string_view text) const;

  // All that native code knows of it, for telling one layout from another.
  void write(ByteWriter& writer) const;

  // False where a value is not of its field's type: only the interpreter knows what that means.
  bool fill(const ir::Items& fields, NativeRecord& record) const;
  bool fill_field(std::uint32_t field, const ir::Value& value, std::uint64_t* record) const;
  // Numbers the texts of a record that was filled by somebody who does not know the constants.
  // Most of them stand in `payload`.
  void set_ids(std::uint64_t* record, std::string_view payload) const;

  static bool is_present(const std::uint64_t* record, std::uint32_t field) {
    return (record[field / 64] >> (field % 64) & 1) != 0;
  }
  static void set_present(std::uint64_t* record, std::uint32_t field) {
    record[field / 64] |= std::uint64_t{1} << (field % 64);
  }

 private:
  bool fill_slot(std::uint32_t field, const ir::Value& value, std::uint64_t* words) const;

  std::vector<Slot> slots_;              // by field
  std::vector<TextTable> ids_;           // by field; one less than the constants' numbers
  std::vector<std::uint32_t> compared_;  // the fields that have constants
  std::size_t words_ = 0;
};

}  // namespace trig::exec
