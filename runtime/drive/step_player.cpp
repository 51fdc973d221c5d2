#include "runtime/drive/step_player.h"

#include <algorithm>

#include "compiler/exec/payload.h"
#include "runtime/report/why.h"

namespace trig::drive {
namespace {

// As `why` says it of a mail that was held back for want of consent.
constexpr std::string_view kNoConsent = "not subscribed to ";

}  // namespace

Status StepPlayer::play(const ir::Program& program, const ir::TestStep& step, TestResult& result) {
  program_ = &program;
  result_ = &result;
  return std::visit([&](const auto& one) { return on(one, step.range); }, step.node);
}

Envelope StepPlayer::envelope_for(const std::string& actor) const {
  Envelope envelope;
  envelope.source = "test";
  bool anonymous = std::find(anonymous_.begin(), anonymous_.end(), actor) != anonymous_.end();
  (anonymous ? envelope.anonymous_id : envelope.user_id) = actor;
  envelope.occurred_at = driver_.clock();
  return envelope;
}

std::optional<PersonId> StepPlayer::person(const std::string& actor) {
  bool anonymous = std::find(anonymous_.begin(), anonymous_.end(), actor) != anonymous_.end();
  return anonymous ? driver_.engine().find_anonymous(actor) : driver_.engine().find_user(actor);
}

Status StepPlayer::on(const ir::TestPerson& step, TextRange) {
  if (step.anonymous) {
    anonymous_.push_back(step.name);
    return {};
  }
  Envelope envelope = envelope_for(step.name);
  envelope.kind = EnvelopeKind::kIdentify;
  envelope.payload = exec::encode_payload(*program_, program_->person, step.fields);
  Status done = driver_.take(std::move(envelope));
  if (!step.topics.empty()) spoke_of_consent_.insert(step.name);
  for (std::uint32_t topic : step.topics)
    if (done) done = driver_.set_subscription(step.name, program_->topics[topic].hash, true);
  return done;
}

Status StepPlayer::on(const ir::TestAt& step, TextRange) {
  if (step.at < driver_.clock())
    return fail("{} lies before the line above it", trig::to_string(step.at));
  return driver_.advance_to(step.at);
}

Status StepPlayer::on(const ir::TestAfter& step, TextRange) {
  return driver_.advance_to(add_span(driver_.clock(), step.span, program_->zone));
}

// The newest mail of the actor with that `as` name or template, by its name outside.
std::string StepPlayer::mail_called(const std::string& name, const std::string& actor) {
  auto who = person(actor);
  std::string found;
  for (const TakenMail& mail : driver_.mails()) {
    const exec::PersonState* owner = driver_.engine().person(mail.person);
    bool theirs = who && owner != nullptr && owner->id == *who;
    if (theirs && (mail.as == name || mail.mail_template == name)) found = mail.name;
  }
  return found;
}

Status StepPlayer::on(const ir::TestEvent& step, TextRange) {
  ++result_->events;
  events_.insert(step.event);
  Envelope envelope = envelope_for(step.actor);
  envelope.event = program_->events[step.event].name;
  envelope.occurred_at -= step.late;
  ir::Items fields = step.fields;
  for (const auto& [field, mail] : step.mails) {
    std::string name = mail_called(mail, step.actor);
    if (name.empty()) return fail("no mail `{}` was sent to {}", mail, step.actor);
    fields[field] = std::move(name);
  }
  envelope.payload = exec::encode_payload(*program_, program_->events[step.event].record, fields);
  std::uint64_t rejected = driver_.engine().totals().events_rejected;
  Status done = driver_.take(std::move(envelope));
  if (done && driver_.engine().totals().events_rejected != rejected)
    return fail("the event was rejected");
  return done;
}

Status StepPlayer::on(const ir::TestIdentifies& step, TextRange) {
  Envelope envelope;
  envelope.source = "test";
  envelope.kind = EnvelopeKind::kIdentify;
  envelope.anonymous_id = step.actor;
  envelope.user_id = step.as;
  envelope.occurred_at = driver_.clock();
  return driver_.take(std::move(envelope));
}

Status StepPlayer::on(const ir::TestSubscription& step, TextRange) {
  spoke_of_consent_.insert(step.actor);
  std::optional<NameHash> topic;
  if (step.topic) topic = program_->topics[*step.topic].hash;
  return driver_.set_subscription(step.actor, topic, step.subscribes);
}

bool StepPlayer::matches(const TakenMail& mail, const ir::ExpectSend& expected, PersonId person) {
  if (mail.person != person) return false;
  if (expected.mail_template &&
      mail.mail_template != program_->templates[*expected.mail_template].name)
    return false;
  if (expected.at && std::chrono::floor<std::chrono::minutes>(mail.at) !=
                         std::chrono::floor<std::chrono::minutes>(*expected.at))
    return false;
  return std::all_of(expected.with.begin(), expected.with.end(), [&](const auto& wanted) {
    return std::any_of(mail.arguments.begin(), mail.arguments.end(), [&](const auto& given) {
      return given.first == wanted.first && ir::same(given.second, wanted.second);
    });
  });
}

Status StepPlayer::on(const ir::ExpectSend& step, TextRange range) {
  Status done = driver_.settle();  // what is due at this very instant has happened
  if (!done) return done;
  auto who = person(step.to);
  std::int64_t count = 0;
  std::string got;
  for (TakenMail mail : driver_.mails()) {
    if (auto forwarded = driver_.engine().person(mail.person)) mail.person = forwarded->id;
    if (!who || mail.person != *who) continue;
    if (matches(mail, step, *who)) ++count;
    got += (got.empty() ? "" : "; ") + describe(mail);
  }
  std::int64_t wanted = step.none ? 0 : step.count.value_or(1);
  if (count == wanted) {
    if (step.none) look_whether_hollow(step, who, range);
    return {};
  }
  std::string what =
      step.mail_template ? " " + program_->templates[*step.mail_template].name : std::string();
  std::string expected =
      fmt::format("{} send{}{} to {}", wanted == 0 ? "no" : std::to_string(wanted),
                  wanted > 1 ? "s" : "", what, step.to);
  if (step.at) expected += " at " + trig::to_string(program_->zone.to_local(*step.at));
  for (const auto& [name, value] : step.with)
    expected += fmt::format(", {}: {}", name, ir::to_string(value));
  fail_line(range, std::move(expected), got.empty() ? "no send" : got, who);
  return {};
}

bool StepPlayer::may_send(const ir::Campaign& campaign, const ir::ExpectSend& expected) const {
  return std::any_of(campaign.steps.begin(), campaign.steps.end(), [&](const ir::Step& step) {
    const auto* send = std::get_if<ir::Send>(&step.node);
    return send != nullptr &&
           (!expected.mail_template || send->mail_template == *expected.mail_template);
  });
}

// A test that forgot the event, or the consent, proves nothing by its silence. Where a condition
// was asked and failed, or a journey ended, it does.
void StepPlayer::look_whether_hollow(const ir::ExpectSend& expected, std::optional<PersonId> who,
                                     TextRange range) {
  // A campaign that no event starts may have been near at any time.
  const bool considered = std::any_of(
      program_->campaigns.begin(), program_->campaigns.end(), [&](const ir::Campaign& campaign) {
        const auto& starts = campaign.trigger.alternatives;
        return may_send(campaign, expected) &&
               (starts.empty() || std::any_of(starts.begin(), starts.end(), [&](const auto& one) {
                  return events_.contains(one.event);
                }));
      });
  bool without_consent = false;
  bool other_reason = false;
  if (who) {
    for (const exec::Decision& decision : driver_.engine().decisions(*who)) {
      const int index = program_->find_campaign(decision.campaign);
      if (index < 0 || !may_send(program_->campaigns[index], expected)) continue;
      if (decision.kind == exec::DecisionKind::kSuppressed &&
          decision.detail.find(kNoConsent) != std::string::npos)
        without_consent = true;
      else if (decision.kind == exec::DecisionKind::kSuppressed ||
               decision.kind == exec::DecisionKind::kNotStarted ||
               decision.kind == exec::DecisionKind::kEnded)
        other_reason = other_reason || decision.detail != "finished";
    }
  }
  if (!considered)
    result_->hollow.push_back({range, "no event of this test concerns a campaign that sends it"});
  else if (without_consent && !other_reason && !spoke_of_consent_.contains(expected.to))
    result_->hollow.push_back({range, fmt::format("`{}` never subscribed", expected.to)});
}

Status StepPlayer::on(const ir::ExpectJourney& step, TextRange range) {
  Status done = driver_.settle();  // what is due at this very instant has happened
  if (!done) return done;
  const ir::Campaign& campaign = program_->campaigns[step.campaign];
  auto who = person(step.of);
  std::string got = "no journey";
  bool waiting = false;
  std::string reason;
  if (who) {
    for (const exec::Decision& decision : driver_.engine().decisions(*who)) {
      if (decision.campaign != campaign.hash) continue;
      if (decision.kind == exec::DecisionKind::kEnded) reason = decision.detail;
    }
    const exec::PersonState* state = driver_.engine().person(*who);
    waiting = std::any_of(
        state->journeys.begin(), state->journeys.end(),
        [&](const exec::Journey& journey) { return journey.campaign.campaign == campaign.hash; });
    if (waiting)
      got = "still inside";
    else if (!reason.empty())
      got = "ended because \"" + reason + "\"";
  }
  bool good = step.ended ? !waiting && !reason.empty() && (!step.because || *step.because == reason)
                         : waiting;
  if (good) return {};
  std::string expected =
      fmt::format("journey {} of {} {}", campaign.name, step.of, step.ended ? "ended" : "waiting");
  if (step.because) expected += " because \"" + *step.because + "\"";
  fail_line(range, std::move(expected), std::move(got), who);
  return {};
}

std::string StepPlayer::describe(const TakenMail& mail) const {
  std::string text = fmt::format("{} at {}", mail.mail_template,
                                 trig::to_string(program_->zone.to_local(mail.at)));
  for (const auto& [name, value] : mail.arguments)
    text += fmt::format(", {}: {}", name, ir::to_string(value));
  return text;
}

void StepPlayer::fail_line(TextRange range, std::string expected, std::string got,
                           std::optional<PersonId> who) {
  std::string history;
  if (who) history = report::why_text(driver_.engine().decisions(*who), program_->zone);
  result_->failures.push_back({range, std::move(expected), std::move(got), std::move(history)});
}

}  // namespace trig::drive
