// Table: the rows of a list or catalog, read once and never changed. Found by key; a list may hold
// several rows of one key. Lean: every row stands encoded in one block of bytes, with four bytes
// beside it for its place, so that a list of a million addresses takes about 35 MB.
//
//   TableBuilder builder;
//   builder.add(table_key_from_text("Ana@Example.com", Kind::kEmail), fields, line);
//   Table table = builder.finish(hash128(text));
//   if (auto rows = table.find("ana@example.com")) table.row(rows.begin)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/hash.h"
#include "compiler/ir/type.h"
#include "compiler/ir/value.h"

namespace trig::ir {

// A key as tables hold it: the text of the value, an address in lower case (ASCII).
std::string table_key_from_text(std::string_view text, Kind kind);
std::string table_key(const Value& value, Kind kind);  // empty for a missing value

class Table {
 public:
  // Positions of rows, in the order of keys, then of the file.
  struct Rows {
    std::size_t begin = 0;
    std::size_t end = 0;
    explicit operator bool() const { return begin != end; }
  };

  std::size_t size() const { return offsets_.size(); }
  Rows find(std::string_view key) const;
  std::string_view key(std::size_t position) const;
  Items row(std::size_t position) const;  // its fields; none in a list without columns

  // Positions of the rows whose field `grouped_by` of the builder is this text, in key order.
  std::vector<std::uint32_t> group(std::string_view value, std::size_t at_most) const;

  const Hash128& version() const { return version_; }
  std::string version_text() const;  // the first 8 digits, as `why` shows it

 private:
  friend class TableBuilder;
  std::string bytes_;                   // of each row: length and text of its key, its fields
  std::vector<std::uint32_t> offsets_;  // into bytes_, ordered by key
  std::vector<std::uint32_t> grouped_;  // positions ordered by the field rows are grouped by
  int grouped_by_ = -1;
  std::size_t field_count_ = 0;
  Hash128 version_;
};

class TableBuilder {
 public:
  // `grouped_by`: the field of type text that Table::group goes by, or -1.
  explicit TableBuilder(std::size_t field_count, int grouped_by = -1);

  void add(std::string_view key, const Items& fields);
  std::size_t size() const { return table_.offsets_.size(); }

  // Two rows of one key, by their number in the order they were added; nullopt if there are none.
  // With `whole` only rows that are the same in every field.
  struct Twice {
    std::size_t first = 0;
    std::size_t second = 0;
  };
  std::optional<Twice> find_twice(bool whole);

  // The first row, likewise by its number, that is one more than `at_most` of its key.
  std::optional<std::size_t> find_crowded(std::size_t at_most);

  // A list without columns is a set: keys that come again are left out.
  void drop_repeated();

  Table finish(const Hash128& version);

 private:
  void sort();
  std::string_view content(std::uint32_t offset) const;
  std::size_t number_of(std::uint32_t offset) const;  // in the order they were added

  Table table_;
  bool sorted_ = false;
  std::vector<std::uint32_t> row_ends_;     // parallel to the rows as added
  std::vector<std::uint32_t> added_order_;  // offsets as added, ascending
};

}  // namespace trig::ir
