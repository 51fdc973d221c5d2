// Events that journeys emit: inputs of the same person in the same commit, kept like any other.
#include <fmt/format.h>

#include "compiler/base/limits.h"
#include "runtime/engine/impl.h"

namespace trig::engine {

void Engine::Impl::take_emitted() {
  while (!emitted.empty()) {
    PendingEvent next = std::move(emitted.front());
    emitted.pop_front();
    sequence = Sequence{raw(sequence) + 1};
    ++totals.events;
    EventRow row;
    row.person = forwarded(next.person);
    row.fate = EventFate::kEmitted;
    row.envelope.source = next.event.campaign;
    row.envelope.event = next.event.event;
    row.envelope.payload = std::move(next.event.payload);
    row.envelope.occurred_at = next.event.at;
    row.envelope.received_at = next.event.at;
    // The checker finds circles within a program; journeys of several versions may still close one.
    if (next.depth > kMaxEmitDepth) {
      row.fate = EventFate::kRejected;
      row.reason =
          fmt::format("more than {} events emitted one because of the other", kMaxEmitDepth);
    } else {
      emit_depth = next.depth;
      apply_event(row, read_event(row.envelope), sequence, true);
      emit_depth = 0;
    }
    if (row.fate == EventFate::kRejected) {
      ++totals.events_rejected;
      view.put(Space::kRejected, event_key(sequence), row.reason);
    } else {
      ++totals.events_emitted;
    }
    if (settings.keep_events) keep_event(sequence, row);
  }
}

}  // namespace trig::engine
