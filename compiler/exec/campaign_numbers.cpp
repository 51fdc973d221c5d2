#include "compiler/exec/campaign_numbers.h"

namespace trig::exec {

std::uint32_t CampaignNumbers::of(const CampaignRef& ref) {
  auto [known, fresh] = numbers_.try_emplace(ref, static_cast<std::uint32_t>(refs_.size()));
  if (fresh) refs_.push_back(ref);
  return known->second;
}

const CampaignRef* CampaignNumbers::find(std::uint64_t number) const {
  return number < refs_.size() ? &refs_[number] : nullptr;
}

}  // namespace trig::exec
