// Since when the history has been kept, by event and field: what a deploy wants that was not kept
// is filled in from the stored events, and until that reaches far enough an aggregate is
// incomplete.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/ids.h"
#include "compiler/ir/program.h"

namespace trig::engine {

// Every event that occurred at or after an instant of this record has its row, or its field there.
// Where the window was made longer, rows had gone: then it begins later than it did.
struct KeptSince {
  NameHash event{};
  std::optional<Duration> window;  // how long rows are kept; absent: ever
  Instant rows;
  std::vector<std::pair<NameHash, Instant>> fields;
  friend bool operator==(const KeptSince&, const KeptSince&) = default;
};
std::string encode(const KeptSince& kept);
std::optional<KeptSince> decode_kept(std::string_view bytes);

// A field by its name and type: of another type its values are others.
NameHash kept_field(const ir::Program& program, const ir::EventType& event, std::size_t field);

// What the program keeps from `now` on, given what was kept before (null: nothing).
KeptSince keep_from(const ir::Program& program, const ir::EventType& event, const KeptSince* before,
                    Instant now);
// The latest of its instants: from then on everything the program wants of the event is there.
Instant whole_since(const KeptSince& kept);

// Stored events that are being gone through; one commit a chunk, this row in each.
struct Filling {
  Hash128 wanted;                // of the records it is for: others begin anew
  std::vector<NameHash> events;  // whose rows are written
  Instant reach;                 // when the oldest stored event was received
  Sequence done = Sequence::kNone;
  Sequence until = Sequence::kNone;
};
std::string encode(const Filling& filling);
std::optional<Filling> decode_filling(std::string_view bytes);

// From when on an aggregate of the program has everything its window holds.
struct Completeness {
  std::string aggregate;                 // as it is written
  Instant kept_since;                    // events before it are not in it
  std::optional<Instant> complete_from;  // absent: never, since it asks for ever
  bool filling = false;                  // once the stored events have been gone through
};
std::string to_string(const Completeness& completeness, Zone zone);

}  // namespace trig::engine
