// Inputs and time.
#include "tests/sim/differential/model.h"

#include <algorithm>

#include "tests/sim/differential/reference.h"

namespace trig::sim {
namespace {

bool is_user(const std::string& actor) { return actor.starts_with('u'); }

}  // namespace

Outcome reference_outcome(const Program& program, const History& history) {
  Model model(program, history.start);
  Instant now = history.start;
  for (const Item& item : history.items) {
    now += item.advance;
    if (item.what == Happening::kAdvance) model.advance(now);
    model.take(item);
  }
  model.settle();
  return model.outcome();
}

Outcome Model::outcome() {
  for (const Somebody& somebody : people_)
    for (const JourneyRef& journey : somebody.journeys)
      if (!somebody.joined && !journey->ended && journey->mail_due) ++outcome_.pending;
  std::sort(outcome_.mails.begin(), outcome_.mails.end());
  return outcome_;
}

Zone Model::zone(int person) const {
  const Fields& fields = people_[static_cast<std::size_t>(person)].fields;
  auto found = fields.find("timezone");
  std::string name = found == fields.end() ? program_.zone : std::get<std::string>(found->second);
  return *Zone::find(name);
}

View Model::view(int person) const {
  const Somebody& somebody = people_[static_cast<std::size_t>(person)];
  View view;
  view.facts = &facts_;
  view.person = person;
  view.fields = &somebody.fields;
  view.known_since = somebody.known_since;
  view.now = now_;
  return view;
}

View Model::view(int person, const Journey& journey) const {
  View of_journey = view(person);
  of_journey.trigger = &journey.start;
  of_journey.answers = &journey.answers;
  return of_journey;
}

std::vector<JourneyRef> Model::live(int person) const {
  std::vector<JourneyRef> found;
  for (const JourneyRef& journey : people_[static_cast<std::size_t>(person)].journeys)
    if (!journey->ended) found.push_back(journey);
  std::sort(found.begin(), found.end(),
            [](const JourneyRef& a, const JourneyRef& b) { return a->id < b->id; });
  return found;
}

void Model::take(const Item& item) {
  fire_before(now_);
  switch (item.what) {
    case Happening::kAdvance:
    case Happening::kRestart: return;
    case Happening::kEvent: {
      if (is_duplicate(item.id)) return;
      int person =
          is_user(item.actor) ? resolve("", item.actor, "") : resolve(item.actor, item.as, "");
      Event event;
      event.occurred = now_ - item.late;
      event.person = person;
      event.type = item.event;
      event.fields = item.fields;
      event.may_start = item.late <= std::chrono::hours(24);
      on_event(std::move(event));
      return finish_input(person);
    }
    case Happening::kIdentify: return finish_input(resolve(item.actor, item.as, ""));
    case Happening::kAlias: return finish_input(alias(item.actor, item.as));
    case Happening::kTraits: return take_traits(item);
    case Happening::kSubscription: {
      int person = known("user:" + item.actor);
      if (person == kNobody) return;
      for (const std::string& topic : kTopics)
        if (item.topic.empty() || item.topic == topic) subscribe(person, topic, item.subscribes);
      return finish_input(person);
    }
  }
}

// Within seven days, exactly seven included.
bool Model::is_duplicate(const std::string& id) {
  if (id.empty()) return false;
  auto seen = seen_.find(id);
  if (seen != seen_.end() && now_ - seen->second <= std::chrono::hours(24 * 7)) return true;
  seen_[id] = now_;
  return false;
}

void Model::take_traits(const Item& item) {
  auto email = item.fields.find("email");
  std::string address = email == item.fields.end() ? "" : shown(email->second);
  int person =
      is_user(item.actor) ? resolve("", item.actor, address) : resolve(item.actor, "", address);
  const Fields before = people_[static_cast<std::size_t>(person)].fields;
  set_fields(person, item.fields);
  if (people_[static_cast<std::size_t>(person)].fields != before) fields_changed(person);
  finish_step(person);
  finish_input(person);
}

// What begins may change the person, so that more of them start.
void Model::finish_step(int person) {
  while (!queued_.empty()) {
    JourneyRef journey = queued_.front();
    queued_.pop_front();
    begin(person, journey);
  }
  starts_ = 0;
}

void Model::finish_input(int person) {
  take_emitted();
  ask_policy(person);
}

// After the step that emitted it, and before the policy is asked.
void Model::take_emitted() {
  while (!emitted_.empty()) {
    Event event = std::move(emitted_.front());
    emitted_.pop_front();
    on_event(std::move(event));
  }
}

void Model::advance(Instant to) {
  fire_before(to);
  now_ = to;
}

void Model::settle() { fire_before(now_ + Duration(1)); }

std::optional<Instant> Model::next_due(int person) const {
  std::optional<Instant> due;
  auto consider = [&](const std::optional<Instant>& instant) {
    if (instant && (!due || *instant < *due)) due = instant;
  };
  for (const JourneyRef& journey : live(person)) {
    consider(journey->wake);
    consider(journey->mail_due);
  }
  for (const auto& [campaign, planned] : people_[static_cast<std::size_t>(person)].planned)
    consider(planned.due);
  for (const Segment& segment : program_.segments)
    if (watched(segment.name)) consider(next_ask(person, segment));
  return due;
}

// By due time, then person; each step sees the instant it was due as now.
void Model::fire_before(Instant limit) {
  for (;;) {
    std::optional<std::pair<Instant, int>> first;
    for (int person = 0; person < static_cast<int>(people_.size()); ++person) {
      if (people_[static_cast<std::size_t>(person)].joined) continue;
      auto due = next_due(person);
      if (due && (!first || std::pair(*due, person) < *first)) first = std::pair(*due, person);
    }
    if (!first || first->first >= limit) return;
    now_ = std::max(now_, first->first);
    timer(first->second, now_);
  }
}

void Model::timer(int person, Instant now) {
  std::vector<JourneyRef> due;
  for (const JourneyRef& journey : live(person))
    if (journey->wake && *journey->wake <= now) due.push_back(journey);
  std::stable_sort(due.begin(), due.end(),
                   [](const JourneyRef& a, const JourneyRef& b) { return *a->wake < *b->wake; });
  for (const JourneyRef& journey : due) {
    // One that ran before may have ended this one, or moved it to another zone.
    if (journey->ended || !journey->wake || *journey->wake > now) continue;
    leave_wait(*journey);
    run(person, journey);
  }
  segments_due(person);
  planned_due(person);
  finish_step(person);
  finish_input(person);
}

}  // namespace trig::sim
