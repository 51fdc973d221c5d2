// Mails: decided by a journey, judged by the policy at their instant, begun, answered.
#include <algorithm>

#include "compiler/base/check.h"
#include "compiler/exec/call.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {
namespace {

using std::chrono::days;

// The local day that begins the day or ISO week holding `date`: caps count nothing else.
Date period_begin(Date date, CalendarUnit unit) {
  if (unit != CalendarUnit::kWeek) return date;
  return date - (std::chrono::weekday(date) - std::chrono::Monday);
}

Date next_period(Date begin, CalendarUnit unit) {
  return begin + days(unit == CalendarUnit::kWeek ? 7 : 1);
}

// Longer than the longest period of a cap, a week of 169 hours in any zone.
constexpr Duration kCountedSendsKept = days(9);

bool within_quiet(TimeOfDay time, const ir::QuietHours& quiet) {
  if (quiet.from <= quiet.to) return quiet.from <= time && time < quiet.to;
  return time >= quiet.from || time < quiet.to;  // past midnight
}

}  // namespace

void Stepper::changed(Message message, std::optional<MessageState> from) {
  effects_.messages.push_back({from, std::move(message)});
}

void Stepper::begun(const Message& message) {
  effects_.attempts.push_back(effects_.messages.size());
  changed(message, MessageState::kPending);
}

Instant Stepper::should_have_gone(JourneyId id) const {
  for (const auto& [journey, due] : overdue_)
    if (journey == id) return due;
  return now_;
}

void Stepper::decide_send(Journey& journey, const CampaignInProgram& in, const ir::Send& send) {
  const ir::Program& program = in.executor->program();
  const ir::Campaign& campaign = program.campaigns[in.campaign];
  Message message;
  message.id = MessageId{numbered(state_.id, state_.next_message++)};
  message.journey = journey.id;
  message.campaign = journey.campaign;
  message.step = journey.step;
  message.mail_template = program.templates[send.mail_template].hash;
  message.policy = program.policies[campaign.policy].hash;
  message.decided_at = now_;
  message.due = now_;
  if (send.skip_after) message.skip_after = should_have_gone(journey.id) + *send.skip_after;
  journey.message = message.id;
  if (send.as) name_mail(journey, *send.as, message.id);
  std::string detail = program.templates[send.mail_template].name;
  if (send.at_best_hour) detail += "; " + schedule_at_best_hour(message);
  decide(DecisionKind::kSendDecided, &campaign, journey.id, std::move(detail));
  changed(message, std::nullopt);
  state_.messages.push_back(std::move(message));
}

// Steps, watches and goals to come know the mail by its name outside, as events about it do.
void Stepper::name_mail(Journey& journey, std::uint32_t slot, MessageId message) {
  std::string name = world_.mail_name ? world_.mail_name(message) : std::to_string(raw(message));
  for (GoalWatch& goal : state_.goals)
    if (goal.journey == journey.id && goal.campaign == journey.campaign) goal.slots[slot] = name;
  journey.slots[slot] = std::move(name);
}

void Stepper::on(const SendDue& input) {
  Message* message = state_.find_message(input.message);
  if (message == nullptr || message->state != MessageState::kPending) return;
  auto in = world_.find_version(message->campaign);
  if (!in) {
    finish_message(input.message, MessageState::kSuppressed, "its campaign is gone");
    return;
  }
  const ir::Program& current = world_.current->program();
  const ir::Campaign& campaign = in->executor->program().campaigns[in->campaign];
  if (message->post) {
    begin_post(*message, campaign);
    return;
  }
  bool first = message->attempt == 0;
  message->best_hour = -1;  // from here on it is due for other reasons
  if (first) {
    const Journey* journey = state_.find_journey(message->journey);
    TRIG_CHECK(journey != nullptr, "a first attempt without its journey");
    if (std::string event = overtaken_by(*journey, *in); !event.empty()) {
      end_journey(message->journey, event);
      return;
    }
  }
  if (message->skip_after && now_ > *message->skip_after) {
    refuse(*message, MessageState::kExpired,
           "past its `or skip after` at " + at_text(*message->skip_after));
    return;
  }
  // Policies are always the current ones; one that was removed goes on as its journey knew it.
  int index = current.find_policy(message->policy);
  const ir::Program& policies = index >= 0 ? current : in->executor->program();
  const ir::Policy& policy =
      policies.policies[index >= 0 ? static_cast<std::size_t>(index) : campaign.policy];
  std::string refusal = refusal_to_send(*message, policies, policy, input.address);
  if (refusal.empty() && first) {
    // Quiet hours first: the cap that counts is that of the day on which the mail can go.
    std::optional<Hold> hold = quiet_hours(policy);
    if (!hold) {
      hold = cap(policy);
      if (hold && !policy.wait_when_capped)
        refusal = hold->why;
      else if (hold &&
               hold->until > add_span(message->decided_at, *policy.wait_when_capped, zone()))
        refusal = fmt::format("{}; not free within {}", hold->why,
                              trig::to_string(*policy.wait_when_capped));
    }
    if (hold && refusal.empty()) {
      hold_back(*message, campaign, std::move(*hold));
      return;
    }
  }
  if (!refusal.empty()) {
    refuse(*message, MessageState::kSuppressed, refusal);
    return;
  }
  begin_attempt(*message, policy);
}

void Stepper::hold_back(Message& message, const ir::Campaign& campaign, Hold hold) {
  decide(DecisionKind::kHeldBack, &campaign, message.journey,
         fmt::format("{}, until {}", hold.why, at_text(hold.until)));
  message.due = hold.until;
  // What cannot go before its `or skip after` has passed expires at that moment, not later.
  if (message.skip_after) message.due = std::min(hold.until, *message.skip_after + Duration(1));
  message.note = std::move(hold.why);
  changed(message, MessageState::kPending);
}

// A refused mail is final; its journey, if still parked at it, goes on.
void Stepper::refuse(const Message& message, MessageState final_state, std::string why) {
  JourneyId journey = message.journey;
  bool parked = message.attempt == 0;
  if (parked) leave_send(message, false);
  finish_message(message.id, final_state, std::move(why));
  if (parked) run(journey);
}

// Why this mail must not go at all, or empty: first what is known of the address, then consent.
std::string Stepper::refusal_to_send(const Message& message, const ir::Program& policies,
                                     const ir::Policy& policy, const AddressState& address) const {
  const ir::Program& program = world_.current->program();
  if (message.attempt == 0) {
    const PersonRecord person = person_for(*world_.current);
    if (program.person_email < 0 ||
        person[static_cast<std::size_t>(program.person_email)].missing())
      return "no_address";
  }
  if (address.bounced) return "the address bounced";
  if (!policy.consent_required) return {};
  if (address.complained) return "the address complained";
  if (!policy.topic) return {};
  const ir::Topic& topic = policies.topics[*policy.topic];
  if (!state_.subscribed(topic.hash)) return "not subscribed to " + topic.name;
  if (std::find(address.unsubscribed.begin(), address.unsubscribed.end(), topic.hash) !=
      address.unsubscribed.end())
    return "the address unsubscribed from " + topic.name;
  return {};
}

std::optional<Stepper::Hold> Stepper::quiet_hours(const ir::Policy& policy) const {
  if (!policy.quiet || !within_quiet(zone().to_local(now_).time_of_day(), *policy.quiet))
    return std::nullopt;
  return Hold{next_local(now_, policy.quiet->to, zone()),
              fmt::format("quiet hours, {} to {}", trig::to_string(policy.quiet->from),
                          trig::to_string(policy.quiet->to))};
}

// The cap that is used up for longest.
std::optional<Stepper::Hold> Stepper::cap(const ir::Policy& policy) const {
  std::optional<Hold> hold;
  for (const ir::Cap& cap : policy.caps) {
    Date first = period_begin(zone().to_local(now_).date(), cap.unit);
    Instant begin = at_local(first, TimeOfDay{0}, zone());
    Instant end = at_local(next_period(first, cap.unit), TimeOfDay{0}, zone());
    // Mail that needs consent is counted over all its policies, other mail by its own.
    NameHash counted = policy.consent_required ? NameHash{} : policy.hash;
    auto used = std::count_if(
        state_.counted_sends.begin(), state_.counted_sends.end(),
        [&](const CountedSend& sent) { return sent.policy == counted && sent.at >= begin; });
    if (used < cap.count || (hold && hold->until >= end)) continue;
    Span one{1, cap.unit};
    hold = Hold{end, fmt::format("cap: {} of {} in this {}", used, cap.count,
                                 trig::to_string(one).substr(2))};
  }
  return hold;
}

void Stepper::begin_attempt(Message& message, const ir::Policy& policy) {
  auto in = world_.find_version(message.campaign);
  TRIG_CHECK(in.has_value(), "an attempt without a campaign");
  const ir::Program& program = in->executor->program();
  const ir::Campaign& campaign = program.campaigns[in->campaign];
  JourneyId journey_id = message.journey;
  bool first = message.attempt == 0;
  std::string looked_up;
  MailContent content;
  if (first) {
    const Journey* journey = state_.find_journey(journey_id);
    TRIG_CHECK(journey != nullptr, "a first attempt without its journey");
    if (!read_arguments(message, *in, *journey, content.arguments, looked_up)) {
      refuse(message, MessageState::kFailed, std::move(looked_up));
      return;
    }
  }
  ++message.attempt;
  message.state = MessageState::kSending;
  message.due.reset();
  message.note.clear();
  if (first) {
    const ir::Program& current = world_.current->program();
    message.begun_at = now_;
    content.address = *person_for(*world_.current)[static_cast<std::size_t>(current.person_email)]
                           .get<std::string>();
    content.person = state_.fields;
    message.content = std::make_shared<MailContent>(std::move(content));
    // Consent-bound mail shares one count (NameHash{}), other mail counts for its own policy.
    if (policy.consent_required)
      state_.counted_sends.push_back({NameHash{}, now_});
    else if (!policy.caps.empty())
      state_.counted_sends.push_back({policy.hash, now_});
    std::erase_if(state_.counted_sends,
                  [&](const CountedSend& sent) { return now_ - sent.at > kCountedSendsKept; });
    mark_effective(*state_.find_journey(journey_id), campaign);
  }
  decide(DecisionKind::kAttempt, &campaign, journey_id, [&] {
    return fmt::format("attempt {} to {}{}{}", message.attempt, message.mail().address,
                       looked_up.empty() ? "" : "; ", looked_up);
  });
  begun(message);
  if (!first) return;
  leave_send(message, true);
  run(journey_id);
}

bool Stepper::read_arguments(const Message& message, const CampaignInProgram& in,
                             const Journey& journey, std::vector<ir::Value>& arguments,
                             std::string& note) const {
  const ir::Program& program = in.executor->program();
  const ir::Step& step = program.campaigns[in.campaign].steps[message.step];
  const auto& send = std::get<ir::Send>(step.node);
  const std::vector<ir::Field>& parameters = program.templates[send.mail_template].parameters;
  Frame frame = frame_for(*in.executor, journey);
  arguments.reserve(send.arguments.size());
  for (std::size_t i = 0; i < send.arguments.size(); ++i) {
    arguments.push_back(in.executor->evaluate(send.arguments[i], frame));
    std::string said = explain_calls(*in.executor, send.arguments[i], frame);
    if (arguments.back().missing() && !parameters[i].type.optional) {
      note = "there is no `" + parameters[i].name + "`" + (said.empty() ? "" : ": " + said);
      return false;
    }
    if (!said.empty()) note += (note.empty() ? "" : "; ") + said;
  }
  return true;
}

// The `send` step ends when its attempt begins or the policy refuses it.
void Stepper::leave_send(const Message& message, bool begun) {
  Journey* journey = state_.find_journey(message.journey);
  if (journey == nullptr) return;
  if (begun) {
    for (std::uint32_t watch : journey->armed)
      state_.late_watches.add(
          {journey->id, journey->campaign, watch, journey->trigger, now_, journey->slots});
    journey->attempted = true;
    journey->since = this_moment();
    journey->taken.clear();
  }
  journey->armed.clear();
  journey->message = MessageId::kNone;
  journey->step = message.step + 1;
}

void Stepper::on(const SendResult& input) {
  Message* message = state_.find_message(input.message);
  if (message == nullptr || message->state != MessageState::kSending ||
      message->attempt != input.attempt)
    return;  // an answer to an attempt that was already settled
  switch (input.report) {
    case SendReport::kSent: finish_message(input.message, MessageState::kSent, input.note); return;
    case SendReport::kFailed:
      finish_message(input.message, MessageState::kFailed, input.note);
      return;
    case SendReport::kInDoubt:
      finish_message(input.message, MessageState::kInDoubt, input.note);
      return;
    case SendReport::kRetry: break;
  }
  TRIG_CHECK(input.retry_at.has_value(), "a retry without its instant");
  message->state = MessageState::kPending;
  message->due = input.retry_at;
  message->note = input.note;
  auto in = world_.find_version(message->campaign);
  decide(DecisionKind::kRetry, in ? &in->executor->program().campaigns[in->campaign] : nullptr,
         message->journey, fmt::format("{}; again at {}", input.note, at_text(*input.retry_at)));
  changed(*message, MessageState::kSending);
}

void Stepper::finish_message(MessageId id, MessageState final_state, std::string note) {
  Message* found = state_.find_message(id);
  TRIG_CHECK(found != nullptr && is_final(final_state), "a mail finished twice");
  Message message = std::move(*found);
  std::erase_if(state_.messages, [&](const Message& other) { return other.id == id; });
  MessageState from = message.state;
  message.id = id;
  message.state = final_state;
  message.due.reset();
  message.note = std::move(note);
  DecisionKind kind = DecisionKind::kSent;
  switch (final_state) {
    case MessageState::kPending:
    case MessageState::kSending:
    case MessageState::kSent: break;
    case MessageState::kSuppressed: kind = DecisionKind::kSuppressed; break;
    case MessageState::kFailed: kind = DecisionKind::kFailed; break;
    case MessageState::kExpired: kind = DecisionKind::kExpired; break;
    case MessageState::kInDoubt: kind = DecisionKind::kInDoubt; break;
  }
  auto in = world_.find_version(message.campaign);
  const ir::Campaign* campaign = in ? &in->executor->program().campaigns[in->campaign] : nullptr;
  std::string detail = message.note;
  if (campaign != nullptr && final_state == MessageState::kSent) {
    const auto* send = std::get_if<ir::Send>(&campaign->steps[message.step].node);
    if (send != nullptr && send->within)
      detail += (detail.empty() ? "" : "; ") + measure(message, *send->within);
  }
  decide(kind, campaign, message.journey, std::move(detail));
  changed(std::move(message), from);
}

void Stepper::cancel_message(MessageId id, const std::string& reason) {
  const Message* message = state_.find_message(id);
  // One whose attempt has begun runs its course; a journey is no longer parked at it.
  if (id == MessageId::kNone || message == nullptr || message->attempt > 0) return;
  finish_message(id, MessageState::kSuppressed, reason);
}

}  // namespace trig::exec
