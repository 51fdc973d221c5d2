#include "runtime/drive/replay.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <limits>

#include "compiler/base/check.h"
#include "runtime/drive/deployed.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"

namespace trig::drive {
namespace {

// What a turn has changed is kept beside the store until it is committed, and each person is
// written once a turn.
constexpr std::size_t kEventsPerCommit = 4'096;
constexpr std::size_t kPeopleInMemory = 1 << 20;  // all of a replay

// "cap: 2 of 2 in this day; not free within 2 days" → "cap of 2 a day; not free within 2 days": how
// much of a cap was used makes no other reason.
std::string reason_of(const std::string& note) {
  constexpr std::string_view kCap = "cap: ";
  constexpr std::string_view kIn = " in this ";
  const std::size_t of = note.find(" of ");
  const std::size_t in = note.find(kIn);
  if (!note.starts_with(kCap) || of == note.npos || in == note.npos || in < of) return note;
  return fmt::format("cap of {} a {}", note.substr(of + 4, in - of - 4),
                     note.substr(in + kIn.size()));
}

// The moment in "past its `or skip after` at 2026-03-28 12:30 Europe/Paris" is each mail's own.
std::string expired_reason(const std::string& note) {
  const std::size_t at = note.rfind("` at ");
  return at == note.npos ? note : note.substr(0, at + 1);
}

}  // namespace

std::string step_name(const ir::Program& program, const ir::Campaign& campaign, std::size_t step) {
  const auto* send = std::get_if<ir::Send>(&campaign.steps[step].node);
  if (send == nullptr) return {};
  const std::string& mail = program.templates[send->mail_template].name;
  for (std::size_t i = step + 1; i-- > 0;)
    if (!campaign.steps[i].name.empty())
      return campaign.steps[i].name == mail ? mail : campaign.steps[i].name + ": " + mail;
  return mail;
}

// Where a campaign's figures are, and what its steps are called.
struct Replay::Named {
  NameHash hash{};
  const ir::Campaign* campaign = nullptr;
  report::CampaignFigures* figures = nullptr;
  std::vector<std::string> steps;
};

// When an event id was seen, by hashes of group, source and id.
struct Replay::Seen {
  boost::unordered_flat_map<std::uint64_t, Instant> at;
};

Replay::~Replay() = default;

Replay::Replay(const Version& version, const ReplaySettings& settings, Instant start)
    : version_(version),
      program_(*version.deployed->program),
      settings_(settings),
      now_(start),
      seen_(std::make_unique<Seen>()) {
  engine::EngineSettings engine;
  engine.virtual_time = true;
  engine.workspace_secret = "virtual-workspace";
  for (const ir::CouponPool& pool : program_.coupons)
    engine.coupon_keys[pool.hash] = "virtual-coupons";
  engine.max_in_flight = std::numeric_limits<std::size_t>::max();
  engine.max_event_age = version.max_event_age;
  engine.people_in_memory = kPeopleInMemory;
  engine.durable = false;
  engine.keep_events = false;
  engine.keep_decisions = settings.keep_decisions;
  engine.subscribed_at_first = version.subscribed_at_first;
  engine.told = [this](const exec::Effects& effects) { note(effects); };
  auto made = engine::Engine::open(store_, version.deployed, compile_files(), engine, start);
  if (made)
    engine_ = std::move(*made);
  else
    opened_ = tl::unexpected(made.error());
}

Status Replay::take(Recorded recorded) {
  if (!opened_) return opened_;
  if (Status done = advance_to(std::max(recorded.envelope.received_at, now_)); !done) return done;
  if (is_duplicate(recorded)) {
    ++figures_.duplicates;
    return {};
  }
  ++figures_.events;
  recorded.envelope.message_id.clear();  // asked and answered
  engine_->number_next_person(recorded.number);
  engine_->take(std::move(recorded.envelope), now_);
  if (++since_commit_ < kEventsPerCommit) return answer_mails();
  Status done = commit();
  return done ? answer_mails() : done;
}

Status Replay::commit() {
  since_commit_ = 0;
  auto closed = engine_->begin_commit();  // its attempts have been answered
  if (!closed) return tl::unexpected(closed.error());
  const Commit& rows = *closed->commit;
  count_rejected(rows);
  return engine_->finish_commit(rows.empty() ? Status() : store_.commit(rows));
}

// An answer may make the next mail begin.
Status Replay::answer_mails() {
  while (!begun_.empty()) {
    const std::vector<Begun> begun = std::exchange(begun_, {});
    for (const Begun& one : begun)
      engine_->answer(one.message, one.attempt, exec::SendReport::kSent, std::nullopt, {},
                      engine_->clock());
  }
  if (engine_->failed()) return fail("the engine stopped");
  return {};
}

// As the engine does it (semantics 5), but among the events of one group: then it does not matter
// who else is at hand.
bool Replay::is_duplicate(const Recorded& recorded) {
  const Envelope& envelope = recorded.envelope;
  if (envelope.message_id.empty()) return false;
  const Hash128 id = hash128(envelope.source + '\0' + envelope.message_id);
  const std::uint64_t key = id.low ^ (id.high + recorded.group * 0x9e3779b97f4a7c15u);
  auto [known, is_new] = seen_->at.try_emplace(key, now_);
  if (is_new) return false;
  if (now_ - known->second <= kDuplicateWindow) return true;
  known->second = now_;
  return false;
}

// Instant by instant, so that a mail is answered when it begins.
Status Replay::advance_to(Instant to) {
  auto counts_at = [&](Instant now) {
    return !settings_.count_from || now >= *settings_.count_from;
  };
  for (auto due = engine_->next_timer(); due && *due < to; due = engine_->next_timer()) {
    counts_ = counts_at(*due);
    for (bool more = true; more;) {
      more = engine_->settle(*due);
      Status done = more ? commit() : Status();
      if (done) done = answer_mails();
      if (!done) return done;
    }
  }
  now_ = to;
  counts_ = counts_at(to);
  engine_->advance(to);
  return answer_mails();
}

Replay::Named& Replay::named(NameHash campaign) {
  auto known = std::lower_bound(campaigns_.begin(), campaigns_.end(), campaign,
                                [](const Named& one, NameHash hash) { return one.hash < hash; });
  if (known != campaigns_.end() && known->hash == campaign) return *known;
  const int index = program_.find_campaign(campaign);
  TRIG_CHECK(index >= 0, "a campaign of nobody");
  const ir::Campaign& found = program_.campaigns[static_cast<std::size_t>(index)];
  Named named{campaign, &found, &figures_.campaigns[found.name], {}};
  for (std::size_t i = 0; i < found.steps.size(); ++i)
    named.steps.push_back(step_name(program_, found, i));
  return *campaigns_.insert(known, std::move(named));
}

void Replay::note(const exec::Effects& effects) {
  for (std::size_t at : effects.attempts)
    begun_.push_back({effects.messages[at].message.id, effects.messages[at].message.attempt});
  if (!counts_) return;
  for (NameHash campaign : effects.started) ++named(campaign).figures->journeys;
  for (const exec::JourneyEnd& end : effects.ended)
    report::count(named(end.campaign).figures->ended, end.reason);
  for (const exec::GoalReached& goal : effects.goals) {
    report::CampaignFigures& figures = *named(goal.campaign.campaign).figures;
    ++figures.goals;
    if (const auto* money = goal.value.get<ir::Money>())
      figures.goal_values[money->currency.to_string()] += money->amount.millionths();
  }
  for (const exec::MessageChange& change : effects.messages) note_message(change);
}

void Replay::note_message(const exec::MessageChange& change) {
  const exec::Message& message = change.message;
  Named& campaign = named(message.campaign.campaign);
  report::CampaignFigures& figures = *campaign.figures;
  switch (message.state) {
    case exec::MessageState::kPending:
      if (change.from) report::count(figures.held, reason_of(message.note));
      break;
    case exec::MessageState::kSending:
      if (message.post)
        ++figures.posts;
      else
        note_send(message, campaign);
      break;
    case exec::MessageState::kSuppressed:
      report::count(figures.suppressed, reason_of(message.note));
      break;
    case exec::MessageState::kExpired:
      report::count(figures.not_sent, expired_reason(message.note));
      break;
    case exec::MessageState::kFailed: report::count(figures.not_sent, message.note); break;
    case exec::MessageState::kSent:
    case exec::MessageState::kInDoubt: break;
  }
}

void Replay::note_send(const exec::Message& message, Named& campaign) {
  report::count(campaign.figures->steps, campaign.steps[message.step]);
  const auto& send = std::get<ir::Send>(campaign.campaign->steps[message.step].node);
  sends_.push_back({person_of(message.id), campaign.campaign->name,
                    program_.templates[send.mail_template].name, message.begun_at});
}

Status Replay::finish(Instant end) {
  if (!opened_) return opened_;
  if (Status done = advance_to(std::max(end, now_) + Duration(1)); !done) return done;
  figures_.known = engine_->totals().people;
  figures_.inside = engine_->totals().journeys_started - engine_->totals().journeys_ended;
  count_sends();
  // Nobody reads the rest of the rows: they are not even written to the store.
  if (engine_->totals().events_rejected == rejected_) return {};
  auto closed = engine_->begin_commit();
  if (!closed) return tl::unexpected(closed.error());
  count_rejected(*closed->commit);
  return {};
}

void Replay::count_sends() {
  for (report::Sent& sent : sends_)
    if (const exec::PersonState* state = engine_->person(sent.person)) sent.person = state->id;
  std::sort(sends_.begin(), sends_.end());
  const report::Sent* previous = nullptr;
  for (const report::Sent& sent : sends_) {
    report::CampaignFigures& figures = figures_.campaigns[std::string(sent.campaign)];
    const bool same_person = previous != nullptr && previous->person == sent.person;
    if (!same_person) ++figures_.people;
    if (!same_person || previous->campaign != sent.campaign) ++figures.people;
    ++figures.sends;
    ++figures.days[version_.zone.to_local(sent.at).date()];
    previous = &sent;
  }
}

void Replay::count_rejected(const Commit& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Write write = rows[i];
    if (write.space != Space::kRejected || !write.value) continue;
    report::count(figures_.rejected, std::string(*write.value));
    ++rejected_;
  }
}

}  // namespace trig::drive
