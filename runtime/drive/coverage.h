// Coverage: which steps of campaigns, and which outcomes of their conditions, tests came to.
//
//   Coverage coverage(*deployed->program);
//   run_test(coverage.listening(deployed), test, {});
//   for (const CampaignCoverage& campaign : coverage.result()) …
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compiler/base/text_range.h"
#include "runtime/engine/programs.h"

namespace trig::drive {

struct Missed {
  TextRange range;
  std::string what;  // "never reached", "never true", "never false"
};

struct CampaignCoverage {
  std::string name;
  std::size_t places = 0;  // steps, and both outcomes of every condition
  std::size_t reached = 0;
  std::vector<Missed> missed;
};

class Coverage {
 public:
  explicit Coverage(const ir::Program& program) : program_(program) {}

  // The same project with an executor that tells where journeys come to. This must outlive it.
  std::shared_ptr<const engine::Deployed> listening(
      std::shared_ptr<const engine::Deployed> deployed);

  std::vector<CampaignCoverage> result() const;

  void at_step(std::uint32_t campaign, std::uint32_t step);

 private:
  struct Place {
    std::uint32_t campaign = 0;
    std::uint32_t step = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  const ir::Program& program_;
  Place last_;
  bool any_ = false;
  std::set<Place> steps_;
  std::set<std::pair<Place, bool>> outcomes_;
};

}  // namespace trig::drive
