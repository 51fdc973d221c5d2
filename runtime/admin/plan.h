// A plan: what deploying a project would do to a running server, for its campaigns and for the
// people inside them. It is computed beside the server's work, from the store as it is at one
// moment.
//
//   auto plan = make_plan({&current, &candidate, &store, &stopping});
//   boost::json::object answer = to_json(*plan);      // docs/reference/admin-api.md
//
// A journey's fate follows from the campaign's `edits` (semantics 8) and the step it is at. What
// the new text finds out at once, such as an event that ends the journey, is not played through.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "compiler/project/compare.h"
#include "compiler/project/project.h"
#include "runtime/ports/store.h"
#include "runtime/report/cost.h"
#include "runtime/report/inside.h"

namespace trig::admin {

enum class Fate : std::uint8_t {
  kStays,  // on the text it has
  kMoves,
  kCannotMove,  // stays on the text it has, although the campaign says `edits move`
  kEnds,
};
constexpr std::size_t kFateCount = 4;
std::string_view name_of(Fate fate);  // "cannot move"

// Journeys at one step of one text.
struct StepPlan {
  report::StepCount count;
  bool current = false;  // on the text that runs now, not an older one
  std::string step;      // "pause: wait 30 minutes"
  Fate fate = Fate::kStays;
  std::string how;  // "goes on at `pause`", "step `second` is gone"
};

struct CampaignPlan {
  std::string name;
  std::string change;  // "added", "removed", or what `trig diff` calls it
  std::vector<std::string> reasons;
  std::string edits;  // "pin", "move", "end" of the new text; empty: it is gone, or new
  std::vector<StepPlan> steps;
  std::optional<report::CampaignCost> before;
  std::optional<report::CampaignCost> after;

  std::size_t journeys(Fate fate) const;
};

struct EventCostChange {
  std::string event;
  report::EventCost before;
  report::EventCost after;
};

struct Plan {
  std::vector<CampaignPlan> campaigns;  // that change, by name
  std::vector<project::EventChange> events;
  std::vector<EventCostChange> costs;
};

struct PlanQuestion {
  const project::Project* current = nullptr;
  const project::Project* candidate = nullptr;  // without errors
  const Store* store = nullptr;
  const std::atomic<bool>* cancelled = nullptr;
};
Result<Plan> make_plan(const PlanQuestion& question);

boost::json::object to_json(const Plan& plan);

// Where people are inside now that a plan did not count on: one line a campaign. People come and
// go while a plan is read, so that up to a tenth more, or ten, are within it, unless `exact`.
std::vector<std::string> beyond(const boost::json::object& planned, const Plan& now, bool exact);

// Journeys by campaign, text and step.
Result<boost::json::array> journeys_json(const PlanQuestion& question,
                                         const std::optional<std::string>& campaign);

}  // namespace trig::admin
