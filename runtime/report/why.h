// `trig why PERSON`: every decision about one person, in the order they were taken, negatives
// included, with the values they rested on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/exec/step.h"
#include "runtime/ports/store.h"

namespace trig::report {

struct WhyQuestion {
  PersonId person = PersonId::kNone;
  std::optional<std::string> campaign;  // only this one (and what concerns all)
};

Result<std::vector<exec::Decision>> why(const Store& store, const WhyQuestion& question);

// Failure: `name` is no campaign of the program, nor one that decided something here before it was
// removed.
Status check_campaign(const std::string& name, const ir::Program& program,
                      const std::vector<exec::Decision>& decisions);

// How the person stands to a campaign of the program now, a line each, `decisions` being what is
// kept of it: for what did not happen, and so was not decided.
struct StandingQuestion {
  PersonId person = PersonId::kNone;
  std::string campaign;
  const ir::Program* program = nullptr;
  Zone zone;  // of the instants told
  Instant now;
};
Result<std::vector<std::string>> standing(const Store& store, const StandingQuestion& question,
                                          const std::vector<exec::Decision>& decisions);
std::string standing_text(const std::vector<std::string>& lines);  // after why_text

// One line a decision, times in `zone`:
//   2026-03-28 12:30  abandoned_cart: suppressed, not subscribed to offers
std::string why_text(const std::vector<exec::Decision>& decisions, Zone zone);
// `now` only where a campaign was asked for.
std::string why_json(const std::vector<exec::Decision>& decisions,
                     const std::vector<std::string>& now);

}  // namespace trig::report
