// W0116: a local time that does not exist on the day when clocks go forward, in the project's zone
// or in one that many people live in. Mails of that time go out at the end of the gap.
#include <map>

#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

constexpr std::string_view kUsualZones[] = {"Europe/London", "Europe/Paris", "America/New_York"};
// Rules of zones last for years: the days of one year find the gaps there are.
constexpr Date kFirstDay = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
constexpr int kDays = 365;

class LocalTimeLint {
 public:
  explicit LocalTimeLint(Context& context) : context_(context) {
    zones_.push_back(context.settings.zone);
    for (std::string_view name : kUsualZones)
      if (auto zone = Zone::find(name); zone && *zone != zones_[0]) zones_.push_back(*zone);
  }

  void look_at(const ast::CampaignDecl& campaign) {
    if (campaign.trigger) {
      const TextRange range = campaign.trigger->range;
      if (const auto* on = std::get_if<ast::DateTrigger>(&campaign.trigger->node))
        look_at(on->at, range);
      if (const auto* on = std::get_if<ast::RecurringTrigger>(&campaign.trigger->node))
        look_at(on->at, range);
    }
    for_each_step(campaign.steps, [&](const ast::Step& step) {
      const auto* wait = std::get_if<ast::WaitUntil>(&step.node);
      if (wait != nullptr && wait->moment.time) look_at(*wait->moment.time, wait->moment.range);
    });
  }

 private:
  struct Gap {
    std::string zone;
    Date day;
  };

  const std::optional<Gap>& gap_at(TimeOfDay time) {
    auto [place, unseen] = gaps_.try_emplace(time.minutes);
    if (!unseen) return place->second;
    for (Zone zone : zones_)
      for (int day = 0; day < kDays && !place->second; ++day) {
        const Date date = kFirstDay + std::chrono::days(day);
        if (!zone.exists(LocalTime::at(date, time))) place->second = Gap{zone.name(), date};
      }
    return place->second;
  }

  void look_at(TimeOfDay time, TextRange range) {
    const std::optional<Gap>& gap = gap_at(time);
    if (!gap) return;
    context_.report(Code::kGapTime, range, {to_string(time), gap->zone, to_string(gap->day)})
        .hint("take a time after 03:00");
  }

  Context& context_;
  std::vector<Zone> zones_;
  std::map<std::int16_t, std::optional<Gap>> gaps_;
};

}  // namespace

void lint_local_time(Context& context) {
  LocalTimeLint lint(context);
  for (const CampaignPair& pair : own_campaigns(context)) lint.look_at(*pair.written);
}

}  // namespace trig::check
