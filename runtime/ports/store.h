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
  std::string key;
  std::optional<std::string> value;  // nullopt removes the key
};

// The unit of change: applied in order, whole or not at all.
struct Commit {
  std::vector<Write> writes;

  void put(Space space, std::string key, std::string value) {
    writes.push_back({space, std::move(key), std::move(value)});
  }
  void remove(Space space, std::string key) {
    writes.push_back({space, std::move(key), std::nullopt});
  }
  bool empty() const { return writes.empty(); }
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
