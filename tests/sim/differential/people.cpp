// Who is who.
#include <algorithm>

#include "tests/sim/differential/model.h"

namespace trig::sim {
namespace {

bool is_user(const std::string& actor) { return actor.starts_with('u'); }

bool older(const Journey& a, const Journey& b) {
  return std::pair(a.started, a.id) < std::pair(b.started, b.id);
}

}  // namespace

int Model::person_of(const std::string& actor) {
  if (auto known = identities_.find(actor); known != identities_.end()) return known->second;
  Somebody somebody;
  somebody.known_since = now_;
  somebody.identified = is_user(actor);
  people_.push_back(std::move(somebody));
  int person = identities_[actor] = static_cast<int>(people_.size()) - 1;
  plan_all(person);
  return person;
}

// An anonymous id belongs to whoever used it last; a history that is nobody's yet comes along.
void Model::identify(const std::string& anonymous, const std::string& user) {
  auto browser = identities_.find(anonymous);
  auto known = identities_.find(user);
  int person = 0;
  if (known != identities_.end()) {
    person = known->second;
    bool nobodys = browser != identities_.end() && browser->second != person &&
                   !people_[static_cast<std::size_t>(browser->second)].identified;
    if (nobodys) join(person, browser->second);
  } else if (browser != identities_.end() &&
             !people_[static_cast<std::size_t>(browser->second)].identified) {
    person = browser->second;
  } else {
    person = person_of(user);
  }
  people_[static_cast<std::size_t>(person)].identified = true;
  identities_[user] = person;
  identities_[anonymous] = person;
  finish_input(person);
}

void Model::join(int survivor, int other) {
  Somebody& mine = people_[static_cast<std::size_t>(survivor)];
  Somebody& theirs = people_[static_cast<std::size_t>(other)];
  theirs.joined = true;
  Zone my_zone = zone(survivor);
  Zone their_zone = zone(other);
  for (const JourneyRef& a : live(survivor))
    for (const JourneyRef& b : live(other)) {
      bool one = a->campaign == b->campaign && a->key == b->key;
      if (one && a->campaign->again != Again::kAlways) end(older(*a, *b) ? *b : *a);
    }
  mine.fields.insert(theirs.fields.begin(), theirs.fields.end());  // fills the gaps
  for (const auto& [topic, subscribed] : theirs.topics) {
    auto [known, added] = mine.topics.emplace(topic, subscribed);
    if (!added) known->second = known->second && subscribed;
  }
  auto unite = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  unite(mine.journeys, theirs.journeys);
  unite(mine.past, theirs.past);
  unite(mine.sent, theirs.sent);
  unite(mine.goals, theirs.goals);
  mine.known_since = std::min(mine.known_since, theirs.known_since);
  unite_triggers(mine, theirs);
  for (Event& event : facts_.events)
    if (event.person == other) event.person = survivor;
  for (auto& [name, person] : identities_)
    if (person == other) person = survivor;
  // What either side did may end a journey of the other, or be what it waits for.
  for (const JourneyRef& journey : live(survivor))
    if (overtaken(survivor, *journey)) end(*journey);
  std::vector<JourneyRef> to_run;
  for (const JourneyRef& journey : live(survivor)) {
    if (!journey->wake) continue;
    if (journey->step().kind == StepKind::kWaitSilence)
      journey->wake = silence_end(survivor, *journey);
    if (journey->step().kind == StepKind::kWaitFor && look_back(survivor, *journey))
      to_run.push_back(journey);
  }
  for (const JourneyRef& journey : to_run) run(survivor, journey);
  if (zone(survivor) != my_zone || zone(survivor) != their_zone) zone_changed(survivor);
  after_join(survivor);
  finish_step(survivor);
}

void Model::set_fields(int person, const Fields& fields) {
  Zone before = zone(person);
  for (const auto& [name, value] : fields)
    people_[static_cast<std::size_t>(person)].fields[name] = value;
  if (zone(person) != before) zone_changed(person);
}

// `wait until` is computed again from the beginning of that wait, mails held back are asked for
// again; waits of a span stay.
void Model::zone_changed(int person) {
  move_planned(person);
  for (const JourneyRef& journey : live(person)) {
    if (journey->wake && journey->step().kind == StepKind::kWaitUntil)
      journey->wake =
          std::max(next_local(journey->wait_begin, journey->step().time, zone(person)), now_);
    if (journey->mail_due && *journey->mail_due > now_) journey->mail_due = now_;
  }
}

}  // namespace trig::sim
