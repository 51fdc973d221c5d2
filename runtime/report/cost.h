// `trig check --cost`: how much work and kept history a project can cause, before it is deployed.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/program.h"

namespace trig::report {

// Tables: a row for each event some campaign reads, for each aggregate and for each campaign.
std::string cost_table(const ir::Program& program);

// At most, for one journey from start to end.
struct CampaignCost {
  std::size_t steps = 0;
  std::size_t mails = 0;
  std::size_t watches = 0;
  std::size_t journeys = 0;  // of one person at a time
  std::size_t operations = 0;
  friend bool operator==(const CampaignCost&, const CampaignCost&) = default;
};
CampaignCost campaign_cost(const ir::Program& program, const ir::Campaign& campaign);

// At most, for one event as it comes in.
struct EventCost {
  std::size_t starts = 0;
  std::size_t watched = 0;
  std::size_t operations = 0;
  friend bool operator==(const EventCost&, const EventCost&) = default;
};
std::vector<EventCost> event_costs(const ir::Program& program);  // by the number of the event

}  // namespace trig::report
