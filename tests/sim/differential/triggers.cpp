// What starts without a single event: counts, silences, times of day, segments (semantics 20 to
// 22).
#include <algorithm>

#include "tests/sim/differential/model.h"

namespace trig::sim {
namespace {

bool is_planned(const Campaign& campaign) {
  return campaign.trigger.kind == TriggerKind::kSilence ||
         campaign.trigger.kind == TriggerKind::kEveryDay ||
         campaign.trigger.kind == TriggerKind::kDate;
}

}  // namespace

// ------------------------------------------------------------------------------------------ counts

Counted& Model::counted(Somebody& somebody, const Campaign& campaign, const Val& key) {
  for (Counted& known : somebody.counted)
    if (known.campaign == &campaign && known.key == key) return known;
  somebody.counted.push_back({&campaign, key, {}, {Instant::min(), 0}});
  return somebody.counted.back();
}

// One that may start nothing counts and completes none.
void Model::count(const Event& event, const Campaign& campaign) {
  Counted& known = counted(people_[static_cast<std::size_t>(event.person)], campaign,
                           campaign.trigger.per_key ? event.fields.at("key") : Val());
  if (moment_of(event) < known.complete) return;
  known.events.push_back(event);
  std::sort(known.events.begin(), known.events.end(),
            [](const Event& a, const Event& b) { return moment_of(a) < moment_of(b); });
  if (!event.may_start) return;
  for (std::size_t i = 0; i < known.events.size(); ++i)
    if (known.events[i].number == event.number) {
      complete(event.person, known, i);
      return;
    }
}

// So many of them, `among` one of them, of which the last is less than the window younger than the
// first. None of these nor one before them counts again, also where no journey can start.
bool Model::complete(int person, Counted& counted, std::size_t among) {
  const Trigger& trigger = counted.campaign->trigger;
  auto wanted = static_cast<std::size_t>(trigger.count);
  for (std::size_t first = 0; first + wanted <= counted.events.size(); ++first) {
    std::size_t last = first + wanted - 1;
    if (among < first || among > last ||
        counted.events[last].occurred - counted.events[first].occurred >= trigger.span.exact())
      continue;
    Event by = counted.events[last];
    counted.complete = moment_of(by);
    counted.events.erase(counted.events.begin(),
                         counted.events.begin() + static_cast<std::ptrdiff_t>(last + 1));
    if (may_start(person, *counted.campaign, counted.key, by.occurred))
      queued_.push_back(start(person, *counted.campaign, counted.key, moment_of(by), by.fields));
    return true;
  }
  return false;
}

// ------------------------------------------------------------------------------ silences and times

Instant Model::silent_since(int person, const Campaign& campaign) const {
  Instant since = people_[static_cast<std::size_t>(person)].known_since;
  const Texts& wanted = campaign.trigger.events;
  for (const Event& event : facts_.events)
    if (event.person == person &&
        std::find(wanted.begin(), wanted.end(), event.type) != wanted.end())
      since = std::max(since, event.occurred);
  return since;
}

void Model::plan(int person, const Campaign& campaign) {
  Planned& planned = people_[static_cast<std::size_t>(person)].planned[&campaign];
  planned.due.reset();
  if (campaign.trigger.kind == TriggerKind::kSilence) {
    Instant since = silent_since(person, campaign);
    if (!planned.came_for || *planned.came_for < since)
      planned.due = since + campaign.trigger.span.exact();
    return;
  }
  if (campaign.trigger.kind == TriggerKind::kDate) return plan_date(person, campaign, planned);
  // The next day on which the time is still to come and which was not done.
  Date day = zone(person).to_local(now_).date() - std::chrono::days(1);
  while ((planned.done && day <= *planned.done) ||
         at_local(day, campaign.trigger.time, zone(person)) < now_)
    day += std::chrono::days(1);
  planned.day = day;
  planned.due = at_local(day, campaign.trigger.time, zone(person));
}

std::optional<Date> Model::day_of(int person, const Campaign& campaign) const {
  const Fields& fields = people_[static_cast<std::size_t>(person)].fields;
  auto value = fields.find("due_on");
  if (value == fields.end()) return std::nullopt;
  return std::get<Date>(value->second) - std::chrono::days(campaign.trigger.span.amount);
}

// Once per value; a day that is past when it is told does not come, the very instant is not past.
void Model::plan_date(int person, const Campaign& campaign, Planned& planned) {
  planned.day.reset();
  auto day = day_of(person, campaign);
  if (!day || planned.done_for == *day) return;
  Instant due = at_local(*day, campaign.trigger.time, zone(person));
  if (due < now_) return;
  planned.day = day;
  planned.due = due;
}

// What a zone has moved stays, unless the date itself is another now.
void Model::plan_dates(int person) {
  for (auto& [campaign, planned] : people_[static_cast<std::size_t>(person)].planned)
    if (campaign->trigger.kind == TriggerKind::kDate &&
        (!planned.day || planned.day != day_of(person, *campaign)))
      plan(person, *campaign);
}

void Model::plan_all(int person) {
  for (const Campaign& campaign : program_.campaigns)
    if (is_planned(campaign)) plan(person, campaign);
}

// The day stays, the instant moves; one that is past by that comes at once.
void Model::move_planned(int person) {
  for (auto& [campaign, planned] : people_[static_cast<std::size_t>(person)].planned)
    if (planned.due && planned.day)
      planned.due = std::max(now_, at_local(*planned.day, campaign->trigger.time, zone(person)));
}

void Model::note_silences(const Event& event) {
  for (auto& [campaign, planned] : people_[static_cast<std::size_t>(event.person)].planned) {
    const Texts& wanted = campaign->trigger.events;
    bool newest = campaign->trigger.kind == TriggerKind::kSilence &&
                  std::find(wanted.begin(), wanted.end(), event.type) != wanted.end() &&
                  silent_since(event.person, *campaign) == event.occurred;
    if (!newest) continue;
    plan(event.person, *campaign);
    // One that is over already comes now; not by an event that may start nothing.
    if (planned.due) planned.due = std::max(*planned.due, now_);
    if (planned.due == now_ && !event.may_start) {
      planned.came_for = event.occurred;
      planned.due.reset();
    }
  }
}

void Model::planned_due(int person) {
  for (const Campaign& campaign : program_.campaigns) {
    if (!is_planned(campaign)) continue;
    Planned& planned = people_[static_cast<std::size_t>(person)].planned[&campaign];
    if (!planned.due || *planned.due > now_) continue;
    if (campaign.trigger.kind == TriggerKind::kSilence)
      planned.came_for = silent_since(person, campaign);
    else if (campaign.trigger.kind == TriggerKind::kDate)
      planned.done_for = planned.day;
    else
      planned.done = planned.day;
    plan(person, campaign);
    come(person, campaign);
  }
}

// Its binding is nothing, its instant is now: what has happened until now does not end it.
void Model::come(int person, const Campaign& campaign) {
  View of_person = view(person);
  if (campaign.trigger.kind == TriggerKind::kEveryDay && !campaign.trigger.segment.empty()) {
    Condition inside;
    inside.test = Test::kSegment;
    inside.segment = campaign.trigger.segment;
    if (!holds(inside, of_person)) return;
  }
  if (!holds(campaign.trigger.where, of_person) || !may_start(person, campaign, {}, now_)) return;
  Moment now{now_, log_};
  queued_.push_back(start(person, campaign, {}, now, {}));
}

// ---------------------------------------------------------------------------------------- segments

bool Model::watched(const std::string& segment) const {
  return std::any_of(program_.campaigns.begin(), program_.campaigns.end(),
                     [&](const Campaign& campaign) {
                       return campaign.trigger.segment == segment &&
                              (campaign.trigger.kind == TriggerKind::kEntering ||
                               campaign.trigger.kind == TriggerKind::kLeaving);
                     });
}

void Model::ask_segment(int person, const Segment& segment, bool may_start) {
  Somebody& somebody = people_[static_cast<std::size_t>(person)];
  somebody.asked[segment.name] = now_;
  bool inside = holds(segment.condition, view(person));
  if (std::exchange(somebody.inside[segment.name], inside) == inside || !may_start) return;
  for (const Campaign& campaign : program_.campaigns)
    if (campaign.trigger.segment == segment.name &&
        campaign.trigger.kind == (inside ? TriggerKind::kEntering : TriggerKind::kLeaving))
      come(person, campaign);
}

void Model::ask_segments(int person) {
  for (const Segment& segment : program_.segments)
    if (watched(segment.name)) ask_segment(person, segment, true);
}

// An instant at which the answer may be another: something becomes exactly as old as the condition
// looks back. Somebody new is asked about when all of that instant has been told.
std::optional<Instant> Model::next_ask(int person, const Segment& segment) const {
  const Somebody& somebody = people_[static_cast<std::size_t>(person)];
  auto asked = somebody.asked.find(segment.name);
  if (asked == somebody.asked.end()) return somebody.known_since;
  std::vector<Duration> spans;
  spans_of(segment.condition, spans);
  std::vector<Instant> begun = {somebody.known_since};
  for (const Event& event : facts_.events)
    if (event.person == person && reads(segment.condition, event.type))
      begun.push_back(event.occurred);
  std::optional<Instant> first;
  for (Instant instant : begun)
    for (Duration span : spans)
      if (instant + span > asked->second && (!first || instant + span < *first))
        first = instant + span;
  return first;
}

void Model::segments_due(int person) {
  for (const Segment& segment : program_.segments) {
    if (!watched(segment.name)) continue;
    auto due = next_ask(person, segment);
    if (due && *due <= now_) ask_segment(person, segment, true);
  }
}

// -------------------------------------------------------------------------------------------- join

void Model::unite_triggers(Somebody& mine, const Somebody& theirs) {
  for (const auto& [campaign, planned] : theirs.planned) {
    Planned& known = mine.planned[campaign];
    known.done = std::max(known.done, planned.done);
    known.done_for = std::max(known.done_for, planned.done_for);
    known.came_for = std::max(known.came_for, planned.came_for);
  }
  for (const Counted& other : theirs.counted) {
    Counted& known = counted(mine, *other.campaign, other.key);
    known.complete = std::max(known.complete, other.complete);
    known.events.insert(known.events.end(), other.events.begin(), other.events.end());
    std::erase_if(known.events,
                  [&](const Event& event) { return moment_of(event) < known.complete; });
    std::sort(known.events.begin(), known.events.end(),
              [](const Event& a, const Event& b) { return moment_of(a) < moment_of(b); });
  }
  for (const auto& [segment, inside] : theirs.inside)
    mine.inside[segment] = mine.inside[segment] || inside;
}

// Counts are kept no longer than a late event could still count with them.
void Model::after_join(int person) {
  for (Counted& known : people_[static_cast<std::size_t>(person)].counted) {
    Instant oldest = now_ - known.campaign->trigger.span.exact() - std::chrono::hours(24);
    std::erase_if(known.events, [&](const Event& event) { return event.occurred < oldest; });
    for (std::size_t i = 0; i < known.events.size();) i = complete(person, known, i) ? 0 : i + 1;
  }
  plan_all(person);
  // A silence that the join makes, and that is over already, comes now.
  for (auto& [campaign, planned] : people_[static_cast<std::size_t>(person)].planned)
    if (campaign->trigger.kind == TriggerKind::kSilence && planned.due)
      planned.due = std::max(*planned.due, now_);
  fields_changed(person);
}

}  // namespace trig::sim
