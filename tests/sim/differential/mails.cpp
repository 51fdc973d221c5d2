// Mails: what the policy says, in the order of semantics 7.
#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/differential/model.h"

namespace trig::sim {
namespace {

const Policy& policy_of(const Program& program, const Campaign& campaign) {
  return *std::find_if(program.policies.begin(), program.policies.end(),
                       [&](const Policy& policy) { return policy.name == campaign.policy; });
}

}  // namespace

// What is said of a topic is said of the address too.
void Model::subscribe(int person, const std::string& topic, bool subscribed) {
  Somebody& somebody = people_[static_cast<std::size_t>(person)];
  somebody.topics[topic] = subscribed;
  if (!somebody.fields.contains("email")) return;
  Texts& left = left_[shown(somebody.fields["email"])];
  std::erase(left, topic);
  if (!subscribed) left.push_back(topic);
}

bool Model::consents(const Somebody& somebody, const std::string& topic) const {
  auto told = somebody.topics.find(topic);
  auto left = left_.find(shown(somebody.fields.at("email")));
  bool left_it = left != left_.end() &&
                 std::find(left->second.begin(), left->second.end(), topic) != left->second.end();
  return told != somebody.topics.end() && told->second && !left_it;
}

void Model::ask_policy(int person) {
  for (;;) {
    JourneyRef first;
    auto rank = [](const Journey& journey) {
      return std::tuple(journey.campaign->priority, journey.campaign->name, journey.id);
    };
    for (const JourneyRef& journey : live(person))
      if (journey->mail_due && *journey->mail_due <= now_)
        if (!first || rank(*journey) < rank(*first)) first = journey;
    if (!first) return;
    ask(person, first);
    finish_step(person);
    take_emitted();
  }
}

void Model::ask(int person, const JourneyRef& journey) {
  Somebody& somebody = people_[static_cast<std::size_t>(person)];
  const Step& step = journey->step();
  if (overtaken(person, *journey)) return end(*journey);
  const Policy& policy = policy_of(program_, *journey->campaign);
  auto refuse = [&](std::uint64_t& count) {
    ++count;
    leave_send(*journey);
    run(person, journey);
  };
  if (journey->mail_expires && now_ > *journey->mail_expires) return refuse(outcome_.expired);
  if (!somebody.fields.contains("email")) return refuse(outcome_.suppressed);
  if (!policy.topic.empty() && !consents(somebody, policy.topic))
    return refuse(outcome_.suppressed);
  std::optional<Instant> hold = quiet_until(person, policy);
  if (!hold) {
    hold = capped_until(person, policy);
    bool too_long =
        hold && (!policy.wait_when_capped ||
                 *hold > add_span(journey->mail_decided, *policy.wait_when_capped, zone(person)));
    if (too_long) return refuse(outcome_.suppressed);
  }
  if (hold) {
    journey->mail_due = *hold;
    // Held back past its `or skip after` it expires at that moment.
    if (journey->mail_expires)
      journey->mail_due = std::min(*hold, *journey->mail_expires + Duration(1));
    return;
  }
  auto field = [&](const Fields& fields, const std::string& name) {
    auto found = fields.find(name);
    return found == fields.end() ? std::string("-") : shown(found->second);
  };
  bool record = !journey->start.empty();
  std::string points = somebody.fields.contains("points") ? field(somebody.fields, "points") : "0";
  outcome_.mails.push_back(
      {now_, journey->campaign->name, shown(somebody.fields["email"]),
       fmt::format("{} {} {} {} {}", step.number, record ? field(journey->start, "key") : "-",
                   record ? field(journey->start, "word") : field(somebody.fields, "name"), points,
                   count_in(view(person), "viewed", std::chrono::hours(24)))});
  somebody.sent.emplace_back(policy.topic.empty() ? policy.name : "", now_);
  mark_effective(person, *journey);
  journey->attempted = true;
  journey->since = {now_, static_cast<int>(facts_.events.size())};
  journey->taken.clear();
  leave_send(*journey);
  run(person, journey);
}

void Model::leave_send(Journey& journey) {
  journey.armed.clear();
  journey.mail_due.reset();
  ++journey.at.back().second;
}

// They hold their first minute and not their last, and may lie across midnight.
std::optional<Instant> Model::quiet_until(int person, const Policy& policy) const {
  if (!policy.quiet) return std::nullopt;
  auto [from, to] = *policy.quiet;
  TimeOfDay time = zone(person).to_local(now_).time_of_day();
  bool quiet = from < to ? from <= time && time < to : time >= from || time < to;
  if (!quiet) return std::nullopt;
  return next_local(now_, to, zone(person));
}

// Calendar days and ISO weeks of the send zone; the one that is used up for longest.
std::optional<Instant> Model::capped_until(int person, const Policy& policy) const {
  std::optional<Instant> hold;
  for (const Cap& cap : policy.caps) {
    Date begin = zone(person).to_local(now_).date();
    if (cap.per_week)
      while (std::chrono::weekday(begin) != std::chrono::Monday) begin -= std::chrono::days(1);
    Date end = begin + std::chrono::days(cap.per_week ? 7 : 1);
    int used = 0;
    for (const auto& [counted, at] : people_[static_cast<std::size_t>(person)].sent)
      if (counted == (policy.topic.empty() ? policy.name : "") &&
          at >= at_local(begin, TimeOfDay{0}, zone(person)))
        ++used;
    if (used < cap.count) continue;
    Instant free = at_local(end, TimeOfDay{0}, zone(person));
    hold = hold ? std::max(*hold, free) : free;
  }
  return hold;
}

}  // namespace trig::sim
