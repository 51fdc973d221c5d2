// Store: ordered key spaces and one way to change them. A Commit is all or nothing and, when
// `commit` returns, on stable storage. Reads see the last commit. One thread commits; any thread
// may read.
//
// What the keys and values mean is the engine's (runtime/engine/rows.h); a store only keeps bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"

namespace trig {

// The spaces of a data directory. The number is stored: append, never reorder.
enum class Space : std::uint8_t {
  kMeta = 0,        // counters, clock, input position, format
  kPeople = 1,      // person → state
  kTimers = 2,      // (due, person)
  kEvents = 3,      // sequence → event as received
  kHistory = 4,     // (person, event type, occurred_at, sequence) → the fields somebody reads
  kMessages = 5,    // message → its state
  kDuplicates = 6,  // (day, hash of source and id)
  kIdentities = 7,  // (kind, id) → person
  kAddresses = 8,   // HMAC of an address → suppression
  kDecisions = 9,   // (person, number) → one line of `why`
  kPrograms = 10,   // hash → source of a deployed project, file by file
  kRejected = 11,   // sequence → why an event was not understood
};
constexpr std::size_t kSpaceCount = 12;
std::string_view name_of(Space space);

struct Write {
  Space space = Space::kMeta;
  std::string_view key;
  std::optional<std::string_view> value;  // nullopt removes the key
};

// The unit of change: applied in order, whole or not at all. All keys and values lie in one buffer:
// a turn of the engine has tens of thousands of them.
class Commit {
 public:
  void put(Space space, std::string_view key, std::string_view value) {
    add(space, key, static_cast<std::uint32_t>(value.size()));
    bytes_.append(value);
  }
  void remove(Space space, std::string_view key) { add(space, key, kRemoved); }

  std::size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  // Its views are valid until the next change of the commit.
  Write operator[](std::size_t number) const {
    const Row& row = rows_[number];
    const std::string_view from = std::string_view(bytes_).substr(row.begin);
    Write write{row.space, from.substr(0, row.key_size), std::nullopt};
    if (row.value_size != kRemoved) write.value = from.substr(row.key_size, row.value_size);
    return write;
  }
  void clear() {  // keeps its memory
    bytes_.clear();
    rows_.clear();
  }

 private:
  static constexpr std::uint32_t kRemoved = 0xffffffff;
  struct Row {
    std::size_t begin = 0;  // of the key in bytes_; the value follows it
    std::uint32_t key_size = 0;
    std::uint32_t value_size = 0;
    Space space = Space::kMeta;
  };
  void add(Space space, std::string_view key, std::uint32_t value_size) {
    rows_.push_back({bytes_.size(), static_cast<std::uint32_t>(key.size()), value_size, space});
    bytes_.append(key);
  }

  std::string bytes_;
  std::vector<Row> rows_;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual Result<std::optional<std::string>> get(Space space, std::string_view key) const = 0;
  // One answer per key, in order.
  virtual Result<std::vector<std::optional<std::string>>> get_many(
      Space space, const std::vector<std::string>& keys) const = 0;

  // Rows with begin <= key < end in key order (end empty: to the end of the space), until `row`
  // gives false. The views are valid during the call only.
  using RowVisitor = std::function<bool(std::string_view key, std::string_view value)>;
  virtual Status scan(Space space, std::string_view begin, std::string_view end,
                      const RowVisitor& row) const = 0;
  // The same rows from the last to the first.
  virtual Status scan_back(Space space, std::string_view begin, std::string_view end,
                           const RowVisitor& row) const = 0;

  // Durable when it returns without Failure. After a Failure the store refuses every further
  // commit: it must be closed and opened again.
  virtual Status commit(const Commit& commit) = 0;
};

}  // namespace trig
