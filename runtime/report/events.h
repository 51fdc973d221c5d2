// `trig events`: what came in, whose it is, and what became of it; the rejected ones with the
// reason.
#pragma once

#include <functional>
#include <string>

#include "runtime/engine/rows.h"
#include "runtime/ports/store.h"

namespace trig::report {

struct ListedEvent {
  Sequence sequence = Sequence::kNone;
  engine::EventRow row;
};

// Oldest first; false from the visitor ends it.
Status list_events(const Store& store, bool rejected_only,
                   const std::function<bool(const ListedEvent&)>& visit);

std::string_view kind_text(EnvelopeKind kind);  // "track"
std::string event_text(const ListedEvent& event, Zone zone);
std::string event_json(const ListedEvent& event);

}  // namespace trig::report
