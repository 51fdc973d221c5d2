// Numbers that stand for a campaign at a version in the stored form of a person: most of what is
// stored of a waiting journey would be the two hashes. A number is given once and never again.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "compiler/exec/person_state.h"

namespace trig::exec {

class CampaignNumbers {
 public:
  // The number of a campaign at a version: the next one, where it has none yet.
  std::uint32_t of(const CampaignRef& ref);
  // Null: nobody was given that number.
  const CampaignRef* find(std::uint64_t number) const;
  // All of them, by number. Those behind the ones that were stored before are to be stored.
  const std::vector<CampaignRef>& refs() const { return refs_; }

 private:
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const CampaignRef& ref) const {
      return ref.version.low ^ static_cast<std::uint64_t>(ref.campaign);
    }
  };
  std::vector<CampaignRef> refs_;
  boost::unordered_flat_map<CampaignRef, std::uint32_t, Hash> numbers_;
};

}  // namespace trig::exec
