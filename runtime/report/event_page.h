// Stored events as lines that `trig backtest --events` reads, page by page: what an admin API gives
// to those who have no data directory at hand. A line begins with whose it is,
//
//   {"person":12,"userId":"ana","anonymousId":"a-1","type":"track","event":"Cart Updated",…}
//
// and has the times at which it occurred and was received; what journeys emitted is left out, and
// so is what could not be read. A page costs no more than reading kMaxEventPageBytes, wherever it
// is.
#pragma once

#include <optional>
#include <string>

#include "compiler/base/time.h"
#include "runtime/ports/store.h"

namespace trig::report {

struct EventPageQuestion {
  std::optional<Instant> from;  // received then or later
  std::optional<Instant> to;    // received before
  std::uint64_t begin = 0;      // `next` of the page before
};
struct EventPage {
  std::string lines;
  std::optional<std::uint64_t> next;  // absent: this was the last one
};
Result<EventPage> event_page(const Store& store, const EventPageQuestion& question);

}  // namespace trig::report
