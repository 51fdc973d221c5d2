// Who is who.
#include <algorithm>

#include "tests/sim/differential/model.h"

namespace trig::sim {
namespace {

bool older(const Journey& a, const Journey& b) {
  return std::pair(a.started, a.id) < std::pair(b.started, b.id);
}

}  // namespace

int Model::known(const std::string& identity) const {
  auto found = identities_.find(identity);
  return found == identities_.end() ? kNobody : found->second;
}

int Model::somebody_new() {
  Somebody somebody;
  somebody.known_since = now_;
  people_.push_back(std::move(somebody));
  int person = static_cast<int>(people_.size()) - 1;
  plan_all(person);
  return person;
}

// A user id finds its person, and so does an address where no user id says otherwise. An anonymous
// id belongs to whoever used it last; a history that is nobody's yet comes along.
int Model::resolve(const std::string& anonymous, const std::string& user,
                   const std::string& email) {
  auto of = [&](int person) -> Somebody& { return people_[static_cast<std::size_t>(person)]; };
  int found = user.empty() ? kNobody : known("user:" + user);
  int owner = email.empty() ? kNobody : known("email:" + email);
  if (owner != kNobody && owner != found && (user.empty() || !of(owner).has_user))
    found = found == kNobody ? owner : join(found, owner);
  int browser = anonymous.empty() ? kNobody : known("anonymous:" + anonymous);
  bool somebodys = browser != kNobody && of(browser).identified;
  bool named = !user.empty() || !email.empty();
  int person = found;
  if (found != kNobody && browser != kNobody && browser != found && !somebodys)
    person = join(found, browser);
  else if (found == kNobody)
    person = browser != kNobody && (!named || !somebodys) ? browser : somebody_new();
  if (!user.empty()) identities_.emplace("user:" + user, person);
  if (!email.empty()) identities_.emplace("email:" + email, person);
  if (!anonymous.empty()) identities_["anonymous:" + anonymous] = person;
  of(person).identified = of(person).identified || named;
  of(person).has_user = of(person).has_user || !user.empty();
  return person;
}

// What was called `previous` is the user from now on, whatever it was.
int Model::alias(const std::string& previous, const std::string& user) {
  int person = known("user:" + user);
  for (const char* kind : {"user:", "anonymous:"}) {
    int before = known(kind + previous);
    if (before != kNobody && before != person)
      person = person == kNobody ? before : join(person, before);
  }
  if (person == kNobody) person = somebody_new();
  identities_.emplace("user:" + user, person);
  identities_.emplace("anonymous:" + previous, person);
  people_[static_cast<std::size_t>(person)].identified = true;
  people_[static_cast<std::size_t>(person)].has_user = true;
  return person;
}

// Gives who goes on: the one that is known.
int Model::join(int a, int b) {
  bool first = people_[static_cast<std::size_t>(a)].identified ||
               !people_[static_cast<std::size_t>(b)].identified;
  int survivor = first ? a : b;
  int other = first ? b : a;
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
  unite(mine, theirs);
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
  take_emitted();
  return survivor;
}

void Model::unite(Somebody& mine, const Somebody& theirs) {
  mine.fields.insert(theirs.fields.begin(), theirs.fields.end());  // fills the gaps
  for (const auto& [topic, subscribed] : theirs.topics) {
    auto [known, added] = mine.topics.emplace(topic, subscribed);
    if (!added) known->second = known->second && subscribed;
  }
  auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  append(mine.journeys, theirs.journeys);
  append(mine.past, theirs.past);
  append(mine.sent, theirs.sent);
  append(mine.goals, theirs.goals);
  mine.known_since = std::min(mine.known_since, theirs.known_since);
  mine.identified = mine.identified || theirs.identified;
  mine.has_user = mine.has_user || theirs.has_user;
  unite_triggers(mine, theirs);
}

void Model::fields_changed(int person) {
  plan_dates(person);
  ask_segments(person);
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
