// What a data directory holds, counted from its rows and not from counters: for measurements that
// claim that something was kept.
//
//   store_count DIRECTORY      one line of JSON
#include <fmt/format.h>

#include "runtime/engine/rows.h"
#include "runtime/store/rocksdb_store.h"

namespace {

using namespace trig;  // NOLINT: a program of its own

struct Counts {
  std::uint64_t events = 0;
  std::uint64_t applied = 0;
  std::uint64_t people = 0;
  std::uint64_t took_effect = 0;  // events, by the lines of `why`
  std::uint64_t started = 0;      // journeys, likewise
  std::uint64_t bytes = 0;        // of all keys and values
  bool damaged = false;
};

void count_row(Space space, std::string_view value, Counts& counts) {
  if (space == Space::kPeople) ++counts.people;
  if (space == Space::kEvents) {
    auto row = engine::decode_event_row(value);
    ++counts.events;
    if (row && row->fate == engine::EventFate::kApplied) ++counts.applied;
    counts.damaged = counts.damaged || !row;
  }
  if (space == Space::kDecisions) {
    auto decisions = engine::decode_decisions(value);
    counts.damaged = counts.damaged || !decisions;
    if (!decisions) return;
    for (const exec::Decision& decision : *decisions) {
      if (decision.kind == exec::DecisionKind::kEvent) ++counts.took_effect;
      if (decision.kind == exec::DecisionKind::kStarted) ++counts.started;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: store_count DIRECTORY\n");
    return 2;
  }
  auto store = store::open_read_only(argv[1]);
  Counts counts;
  Status done;
  if (!store) done = tl::unexpected(store.error());
  for (std::size_t s = 0; done && s < kSpaceCount; ++s) {
    const Space space{static_cast<std::uint8_t>(s)};
    done = (*store)->scan(space, {}, {}, [&](std::string_view key, std::string_view value) {
      counts.bytes += key.size() + value.size();
      count_row(space, value, counts);
      return true;
    });
  }
  if (!done || counts.damaged) {
    fmt::print(stderr, "store_count: {}\n", done ? "a row is damaged" : done.error().message);
    return 2;
  }
  fmt::print(R"({{"events":{},"applied":{},"people":{},"took_effect":{},"started":{},"bytes":{}}})"
             "\n",
             counts.events, counts.applied, counts.people, counts.took_effect, counts.started,
             counts.bytes);
}
