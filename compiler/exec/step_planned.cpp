// Triggers that come at an instant known beforehand, a timer of each person: silence, date,
// schedule.
#include <date/date.h>

#include <algorithm>

#include "compiler/exec/silence.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {
namespace {

using std::chrono::days;

// A day moved by a calendar span.
Date moved(Date day, Span by) {
  return Date(std::chrono::floor<days>(add_span(Instant(day), by, Zone::utc())));
}

// The day of the year on which `day` comes round; 29 February is 28 February in other years.
Date in_year(Date day, int year) {
  date::year_month_day known{date::sys_days(day.time_since_epoch())};
  date::year_month_day then = date::year(year) / known.month() / known.day();
  if (!then.ok()) then = then.year() / then.month() / date::last;
  return Date(date::sys_days(then).time_since_epoch());
}

int year_of(Date day) {
  return static_cast<int>(date::year_month_day{date::sys_days(day.time_since_epoch())}.year());
}

int weekday_of(Date day) {  // 0 is Monday
  return static_cast<int>(date::weekday{date::sys_days(day.time_since_epoch())}.iso_encoding()) - 1;
}

// The days of a yearly date around `today`: enough of them to hold the next one.
std::vector<Date> anniversaries(Date first, Span offset, Date today) {
  int about = year_of(moved(today, {-offset.amount, offset.unit}));
  std::vector<Date> found;
  for (int year = std::max(year_of(first), about - 1); year <= about + 2; ++year)
    found.push_back(moved(in_year(first, year), offset));
  if (found.empty()) found.push_back(moved(first, offset));  // the first lies years ahead
  return found;
}

std::vector<Date> coming_days(int weekday, Date today) {
  std::vector<Date> found;
  for (int ahead = -1; ahead <= 8; ++ahead)
    if (weekday < 0 || weekday_of(today + days(ahead)) == weekday)
      found.push_back(today + days(ahead));
  return found;
}

}  // namespace

void Stepper::plan_all(Instant counts_from) {
  const ir::Program& program = world_.current->program();
  for (std::uint32_t index : world_.current->triggers().planned) {
    const ir::Campaign& campaign = program.campaigns[index];
    if (ir::rows_of(campaign.trigger) != nullptr) {
      plan_rows(campaign, std::get<ir::OnDate>(campaign.trigger.kind));
      continue;
    }
    auto known =
        std::find_if(state_.planned.begin(), state_.planned.end(),
                     [&](const PlannedStart& one) { return one.campaign == campaign.hash; });
    if (known != state_.planned.end() && known->trigger == campaign.trigger.version) continue;
    if (known == state_.planned.end()) {
      PlannedStart fresh;
      fresh.campaign = campaign.hash;
      fresh.counts_from = counts_from;
      state_.planned.push_back(std::move(fresh));
      known = state_.planned.end() - 1;
    }
    const bool joined = known->trigger == Hash128();
    const std::optional<Instant> due = known->due;
    known->trigger = campaign.trigger.version;
    plan(*known, campaign);
    // A silence that was over when its event arrived, or that a join makes, comes due then, and not
    // before.
    if (joined && std::holds_alternative<ir::OnSilence>(campaign.trigger.kind) && known->due)
      known->due = std::max(*known->due, due.value_or(now_));
  }
}

void Stepper::plan(PlannedStart& planned, const ir::Campaign& campaign) {
  planned.due.reset();
  planned.day.reset();
  if (const auto* on = std::get_if<ir::OnSilence>(&campaign.trigger.kind)) {
    Instant since = silent_since(planned);
    if (!planned.came_for || *planned.came_for < since) planned.due = since + on->silence.span;
  } else if (const auto* on = std::get_if<ir::OnDate>(&campaign.trigger.kind)) {
    plan_date(planned, *on,
              world_.current->evaluate(on->date, frame_for(*world_.current, nullptr)));
  } else if (const auto* on = std::get_if<ir::OnRecurring>(&campaign.trigger.kind)) {
    plan_day(planned, coming_days(on->weekday, zone().to_local(now_).date()), on->at);
  } else if (const auto* on = std::get_if<ir::OnOnce>(&campaign.trigger.kind)) {
    plan_day(planned, {on->date}, on->at);
  }
}

// The days a date trigger may come on, ascending; for one that is no yearly date: one.
std::vector<Date> Stepper::days_of(const ir::OnDate& on, const ir::Value& value) const {
  const Instant* instant = value.get<Instant>();
  const Date* date = value.get<Date>();
  if (instant == nullptr && date == nullptr) return {};
  Date first = date ? *date : zone().to_local(*instant).date();
  if (!on.every_year) return {moved(first, on.offset)};
  return anniversaries(first, on.offset, zone().to_local(now_).date());
}

bool Stepper::still_on(const PlannedStart& planned, const ir::OnDate& on,
                       const ir::Value& value) const {
  std::vector<Date> days = days_of(on, value);
  return planned.day && std::find(days.begin(), days.end(), *planned.day) != days.end();
}

void Stepper::plan_date(PlannedStart& planned, const ir::OnDate& on, const ir::Value& value) {
  std::vector<Date> days = days_of(on, value);
  if (on.every_year) return plan_day(planned, days, on.at);
  if (days.empty() || ir::same(planned.done, value)) return;
  Instant due = at_local(days.front(), on.at, zone());
  if (due < now_) return;
  planned.day = days.front();
  planned.due = due;
}

void Stepper::plan_day(PlannedStart& planned, const std::vector<Date>& ascending, TimeOfDay at) {
  const Date* done = planned.done.get<Date>();
  for (Date day : ascending) {
    if (done != nullptr && day <= *done) continue;
    Instant due = at_local(day, at, zone());
    if (due < now_) continue;
    planned.day = day;
    planned.due = due;
    return;
  }
}

// A date that was set, changed or taken away.
void Stepper::plan_dates() {
  const ir::Program& program = world_.current->program();
  for (std::uint32_t index : world_.current->triggers().planned) {
    const ir::Campaign& campaign = program.campaigns[index];
    const auto* on = std::get_if<ir::OnDate>(&campaign.trigger.kind);
    if (on == nullptr) continue;
    if (on->rows) {
      plan_rows(campaign, *on);
      continue;
    }
    ir::Value value = world_.current->evaluate(on->date, frame_for(*world_.current, nullptr));
    for (PlannedStart& planned : state_.planned)
      // Another field changed: what a zone has moved it to stays.
      if (planned.campaign == campaign.hash && !still_on(planned, *on, value))
        plan(planned, campaign);
  }
}

// The day stays, the instant moves with the clock on the wall; what is past by it comes at once.
void Stepper::move_planned() {
  const ir::Program& program = world_.current->program();
  for (PlannedStart& planned : state_.planned) {
    int index = world_.current->triggers().find_campaign(planned.campaign);
    if (index < 0 || !planned.due || !planned.day) continue;
    const ir::StartTrigger& trigger = program.campaigns[static_cast<std::size_t>(index)].trigger;
    TimeOfDay at;
    if (const auto* on = std::get_if<ir::OnDate>(&trigger.kind)) at = on->at;
    if (const auto* on = std::get_if<ir::OnRecurring>(&trigger.kind)) at = on->at;
    if (const auto* on = std::get_if<ir::OnOnce>(&trigger.kind)) at = on->at;
    planned.due = std::max(now_, at_local(*planned.day, at, zone()));
  }
}

void Stepper::note_silences(const EventInput& input) {
  const ir::Program& program = world_.current->program();
  for (std::uint32_t index : world_.current->triggers().silences[input.index]) {
    const ir::Campaign& campaign = program.campaigns[index];
    for (PlannedStart& planned : state_.planned) {
      if (planned.campaign != campaign.hash) continue;
      Instant since = silent_since(planned);
      planned.last_event =
          std::max(planned.last_event.value_or(Instant::min()), input.moment.occurred_at);
      if (silent_since(planned) == since) continue;
      plan(planned, campaign);
      if (!planned.due) continue;  // one that began at this instant has come, before a join
      // One that was over before this event arrived comes now, if the event may start anything.
      planned.due = std::max(*planned.due, now_);
      if (*planned.due == now_ && !input.may_start) {
        planned.came_for = silent_since(planned);
        planned.due.reset();
      }
    }
  }
}

void Stepper::planned_due() {
  const ir::Program& program = world_.current->program();
  for (std::uint32_t index : world_.current->triggers().planned) {
    const ir::Campaign& campaign = program.campaigns[index];
    for (PlannedStart& planned : state_.planned)
      if (planned.campaign == campaign.hash && planned.due && *planned.due <= now_) {
        const Instant due = *planned.due;
        const std::size_t queued = queued_.size();
        planned_came(planned, campaign);
        if (queued_.size() > queued && due < now_) overdue_.emplace_back(queued_.back(), due);
      }
  }
}

// What was missed several times comes once.
void Stepper::planned_came(PlannedStart& planned, const ir::Campaign& campaign) {
  const ir::Program& program = world_.current->program();
  const ir::StartTrigger& trigger = campaign.trigger;
  if (ir::rows_of(trigger) != nullptr)
    return row_came(planned, campaign, std::get<ir::OnDate>(trigger.kind));
  std::optional<std::uint32_t> segment;
  std::string why = ir::describe(program, trigger);
  if (std::holds_alternative<ir::OnSilence>(trigger.kind)) {
    planned.came_for = silent_since(planned);
    why += ", since " + at_text(*planned.came_for);
  } else {
    planned.done = *planned.day;
  }
  if (const auto* on = std::get_if<ir::OnDate>(&trigger.kind)) {
    ir::Value value = world_.current->evaluate(on->date, frame_for(*world_.current, nullptr));
    if (!on->every_year) planned.done = value;
    why += " (" + ir::to_string(value) + ")";
  }
  if (const auto* on = std::get_if<ir::OnRecurring>(&trigger.kind)) segment = on->segment;
  if (const auto* on = std::get_if<ir::OnOnce>(&trigger.kind)) segment = on->segment;
  plan(planned, campaign);
  come(static_cast<std::uint32_t>(world_.current->triggers().find_campaign(campaign.hash)), segment,
       why);
}

void Stepper::on(const Appeared&) {
  plan_all(state_.known_since);
  // Asked when everything of this instant has been told.
  for (std::uint32_t index : world_.current->triggers().watched)
    membership(world_.current->program().segments[index]).check_at = now_;
}

void Stepper::on(const Deployment&) {
  const ir::Program& program = world_.current->program();
  std::erase_if(state_.planned, [&](const PlannedStart& planned) {
    int index = world_.current->triggers().find_campaign(planned.campaign);
    return index < 0 || !ir::is_planned(program.campaigns[static_cast<std::size_t>(index)].trigger);
  });
  plan_all(now_);
  take_stock_of_segments();
}

}  // namespace trig::exec
