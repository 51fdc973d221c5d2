#include "compiler/check/emit_leads.h"

#include <algorithm>
#include <map>
#include <set>

namespace trig::check {

std::vector<Lead> lasting(std::vector<Lead> leads) {
  for (;;) {
    std::set<std::uint32_t> emitted;
    for (const Lead& lead : leads) emitted.insert(lead.to);
    const auto gone = std::erase_if(leads, [&](const Lead& lead) {
      return std::any_of(lead.needs.begin(), lead.needs.end(),
                         [&](std::uint32_t event) { return !emitted.contains(event); });
    });
    if (gone == 0) return leads;
  }
}

std::vector<const Lead*> way(const std::vector<Lead>& leads, std::uint32_t from, std::uint32_t to) {
  std::map<std::uint32_t, const Lead*> reached_by;
  std::vector<std::uint32_t> queue = {from};
  for (std::size_t i = 0; i < queue.size(); ++i)
    for (const Lead& lead : leads)
      if (lead.from == queue[i] && reached_by.try_emplace(lead.to, &lead).second)
        queue.push_back(lead.to);
  std::vector<const Lead*> way;
  for (auto last = reached_by.find(to); last != reached_by.end();
       last = reached_by.find(last->second->from)) {
    way.insert(way.begin(), last->second);
    if (last->second->from == from) return way;
  }
  return {};
}

bool sustains(const std::vector<Lead>& leads, const std::vector<const Lead*>& circle) {
  std::int64_t emitted = 1;
  std::int64_t taken = 1;
  // Far more than any campaign emits or any count takes: the products stay within their type.
  constexpr std::int64_t kEnough = 1'000'000'000;
  for (const Lead* lead : circle) {
    std::set<std::pair<const ir::Campaign*, std::uint32_t>> emits;
    for (const Lead& other : leads)
      if (other.from == lead->from && other.to == lead->to)
        emits.emplace(other.campaign, other.emit);
    emitted = std::min(kEnough, emitted * static_cast<std::int64_t>(emits.size()));
    taken = std::min(kEnough, taken * lead->takes);
  }
  return emitted >= taken;
}

std::int64_t taken_by(const ir::StartTrigger& trigger) {
  const auto* count = std::get_if<ir::OnCount>(&trigger.kind);
  return count == nullptr ? 1 : count->count;
}

std::vector<std::uint32_t> needed_besides(const ir::StartTrigger& trigger,
                                          std::size_t alternative) {
  std::vector<std::uint32_t> needs;
  if (!std::holds_alternative<ir::OnSequence>(trigger.kind)) return needs;
  for (std::size_t i = 0; i < trigger.alternatives.size(); ++i)
    if (i != alternative) needs.push_back(trigger.alternatives[i].event);
  return needs;
}

}  // namespace trig::check
