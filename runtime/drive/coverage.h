// Coverage: which steps of campaigns tests came to, and which ways from them: both outcomes of a
// `when`, the event and the time-out of a `wait for`, the silence and its bound, the arms of a
// split, and every `unless` and `exit on`.
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
  std::string what;  // "never reached", "never true", "never timed out", …
};

struct CampaignCoverage {
  std::string name;
  std::size_t places = 0;  // steps, or the ways from them, and what may end a journey
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
  void took_way(std::uint32_t campaign, std::uint32_t step, std::uint32_t way);
  void stopped_by(std::uint32_t campaign, const ir::Watch& watch);

 private:
  struct Place {
    std::uint32_t campaign = 0;
    std::uint32_t step = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  // A way from a step: how it is missed, and where it is written.
  struct Way {
    std::string missed;
    TextRange range;
  };
  std::vector<Way> ways_of(const ir::Step& step) const;

  const ir::Program& program_;
  std::set<Place> steps_;
  std::set<std::pair<Place, std::uint32_t>> ways_;
  std::set<const ir::Watch*> stops_;  // of the program
};

}  // namespace trig::drive
