// Mails: decided by a journey, judged by the policy at their instant, begun, answered.
#include <algorithm>

#include "compiler/base/check.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {
namespace {

using std::chrono::days;

// The local day that begins the calendar unit holding `date`: the day itself, the Monday of its ISO
// week, the first of its month or year.
Date period_begin(Date date, CalendarUnit unit) {
  std::chrono::year_month_day ymd{date};
  switch (unit) {
    case CalendarUnit::kWeek: return date - (std::chrono::weekday(date) - std::chrono::Monday);
    case CalendarUnit::kMonth: return Date(ymd.year() / ymd.month() / 1);
    case CalendarUnit::kYear: return Date(ymd.year() / std::chrono::January / 1);
    case CalendarUnit::kSecond:
    case CalendarUnit::kMinute:
    case CalendarUnit::kHour:
    case CalendarUnit::kDay: break;
  }
  return date;
}

Date next_period(Date begin, CalendarUnit unit) {
  std::chrono::year_month_day ymd{begin};
  switch (unit) {
    case CalendarUnit::kWeek: return begin + days(7);
    case CalendarUnit::kMonth: return Date(ymd + std::chrono::months(1));
    case CalendarUnit::kYear: return Date(ymd + std::chrono::years(1));
    case CalendarUnit::kSecond:
    case CalendarUnit::kMinute:
    case CalendarUnit::kHour:
    case CalendarUnit::kDay: break;
  }
  return begin + days(1);
}

bool within_quiet(TimeOfDay time, const ir::QuietHours& quiet) {
  if (quiet.from <= quiet.to) return quiet.from <= time && time < quiet.to;
  return time >= quiet.from || time < quiet.to;  // past midnight
}

}  // namespace

void Stepper::changed(const Message& message, std::optional<MessageState> from) {
  effects_.messages.push_back({from, message});
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
  if (send.skip_after) message.skip_after = now_ + *send.skip_after;
  journey.message = message.id;
  decide(DecisionKind::kSendDecided, &campaign, journey.id,
         program.templates[send.mail_template].name);
  changed(message, std::nullopt);
  state_.messages.push_back(std::move(message));
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
  // Policies are always the current ones; one that was removed goes on as its journey knew it.
  int index = current.find_policy(message->policy);
  const ir::Policy& policy = index >= 0
                                 ? current.policies[static_cast<std::size_t>(index)]
                                 : in->executor->program().policies[campaign.policy];
  bool first = message->attempt == 0;
  if (message->skip_after && now_ > *message->skip_after) {
    refuse(*message, MessageState::kExpired,
           "past its `or skip after` at " + trig::to_string(*message->skip_after));
    return;
  }
  std::string refusal = refusal_to_send(*message, policy, input.address);
  std::string why;
  std::optional<Instant> held;
  if (refusal.empty() && first) held = held_until(*message, policy, why);
  if (held && !policy.wait_when_capped && why.starts_with("cap")) {
    refusal = why;
  } else if (held && policy.wait_when_capped && why.starts_with("cap") &&
             *held > add_span(message->decided_at, *policy.wait_when_capped, zone())) {
    refusal = fmt::format("{}; not free within {}", why,
                          trig::to_string(*policy.wait_when_capped));
  }
  if (!refusal.empty()) {
    refuse(*message, MessageState::kSuppressed, refusal);
    return;
  }
  if (held) {
    message->due = held;
    message->note = why;
    decide(DecisionKind::kHeldBack, &campaign, message->journey,
           fmt::format("{}, until {}", why, trig::to_string(*held)));
    changed(*message, MessageState::kPending);
    return;
  }
  begin_attempt(*message, policy);
}

// A refused mail is final; its journey, if still parked at it, goes on.
void Stepper::refuse(const Message& message, MessageState final_state, std::string why) {
  JourneyId journey = message.journey;
  bool parked = message.attempt == 0;
  if (parked) leave_send(message, false);
  finish_message(message.id, final_state, std::move(why));
  if (parked) run(journey);
}

// Why this mail must not go at all, or empty. Order of MAIL rules: address, then consent.
std::string Stepper::refusal_to_send(const Message& message, const ir::Policy& policy,
                                     const AddressState& address) const {
  const ir::Program& program = world_.current->program();
  if (message.attempt == 0) {
    const ir::Items& person = person_for(program);
    if (program.person_email < 0 ||
        person[static_cast<std::size_t>(program.person_email)].missing())
      return "no_address";
  }
  if (address.bounced) return "the address bounced";
  if (!policy.consent_required) return {};
  if (address.complained) return "the address complained";
  if (!policy.topic) return {};
  const ir::Topic& topic = program.topics[*policy.topic];
  if (!state_.subscribed(topic.hash)) return "not subscribed to " + topic.name;
  if (std::find(address.unsubscribed.begin(), address.unsubscribed.end(), topic.hash) !=
      address.unsubscribed.end())
    return "the address unsubscribed from " + topic.name;
  return {};
}

// The instant before which the policy does not let it go, or nullopt if it may go now.
std::optional<Instant> Stepper::held_until(const Message&, const ir::Policy& policy,
                                           std::string& why) const {
  if (auto free_at = cap_free_at(policy, why)) return free_at;
  if (policy.quiet && within_quiet(zone().to_local(now_).time_of_day(), *policy.quiet)) {
    why = "quiet hours";
    return next_local(now_, policy.quiet->to, zone());
  }
  return std::nullopt;
}

std::optional<Instant> Stepper::cap_free_at(const ir::Policy& policy, std::string& why) const {
  std::optional<Instant> free_at;
  for (const ir::Cap& cap : policy.caps) {
    Instant begin;
    Instant end;
    if (cap.unit < CalendarUnit::kDay) {  // an hour's cap slides
      begin = now_ - Span{1, cap.unit}.exact() + Duration(1);
      end = now_;
    } else {
      Date first = period_begin(zone().to_local(now_).date(), cap.unit);
      begin = at_local(first, TimeOfDay{0}, zone());
      end = at_local(next_period(first, cap.unit), TimeOfDay{0}, zone());
    }
    std::int64_t used = 0;
    std::optional<Instant> oldest;
    for (const CountedSend& sent : state_.counted_sends) {
      // Mail that needs consent is counted over all its policies, other mail by its own.
      bool counts = policy.consent_required ? sent.policy == NameHash{} : sent.policy == policy.hash;
      if (!counts || sent.at < begin) continue;
      ++used;
      if (!oldest || sent.at < *oldest) oldest = sent.at;
    }
    if (used < cap.count) continue;
    Instant candidate = cap.unit < CalendarUnit::kDay ? *oldest + Span{1, cap.unit}.exact() : end;
    if (free_at && *free_at >= candidate) continue;
    free_at = candidate;
    Span one{1, cap.unit};
    why = fmt::format("cap: {} of {} in this {}", used, cap.count, trig::to_string(one).substr(2));
  }
  return free_at;
}

void Stepper::begin_attempt(Message& message, const ir::Policy& policy) {
  auto in = world_.find_version(message.campaign);
  TRIG_CHECK(in.has_value(), "an attempt without a campaign");
  const ir::Program& program = in->executor->program();
  const ir::Campaign& campaign = program.campaigns[in->campaign];
  JourneyId journey_id = message.journey;
  bool first = message.attempt == 0;
  ++message.attempt;
  message.state = MessageState::kSending;
  message.due.reset();
  message.note.clear();
  if (first) {
    Journey* journey = state_.find_journey(journey_id);
    TRIG_CHECK(journey != nullptr, "a first attempt without its journey");
    const ir::Program& current = world_.current->program();
    message.begun_at = now_;
    message.address = *person_for(current)[static_cast<std::size_t>(current.person_email)]
                           .get<std::string>();
    message.person = state_.fields;
    const auto& send = std::get<ir::Send>(campaign.steps[message.step].node);
    Frame frame = frame_for(*in->executor, &journey->slots);
    for (ir::NodeId argument : send.arguments)
      message.arguments.push_back(in->executor->evaluate(argument, frame));
    // Consent-bound mail shares one count (NameHash{}), other mail counts for its own policy.
    if (policy.consent_required)
      state_.counted_sends.push_back({NameHash{}, now_});
    else if (!policy.caps.empty())
      state_.counted_sends.push_back({policy.hash, now_});
    std::erase_if(state_.counted_sends, [&](const CountedSend& sent) {
      return now_ - sent.at > days(367);  // the longest cap is a year
    });
    mark_effective(*journey, campaign);
  }
  decide(DecisionKind::kAttempt, &campaign, journey_id,
         fmt::format("attempt {} to {}", message.attempt, message.address));
  changed(message, MessageState::kPending);
  effects_.attempts.push_back(message);
  if (!first) return;
  leave_send(message, true);
  run(journey_id);
}

// The `send` step ends when its attempt begins or the policy refuses it.
void Stepper::leave_send(const Message& message, bool begun) {
  Journey* journey = state_.find_journey(message.journey);
  if (journey == nullptr) return;
  if (begun) {
    for (std::uint32_t watch : journey->armed)
      state_.late_watches.push_back({journey->id, journey->campaign, watch, journey->trigger, now_,
                                     journey->slots});
    journey->attempted = true;
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
         message->journey,
         fmt::format("{}; again at {}", input.note, trig::to_string(*input.retry_at)));
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
  decide(kind, in ? &in->executor->program().campaigns[in->campaign] : nullptr, message.journey,
         message.note);
  changed(message, from);
}

void Stepper::cancel_message(MessageId id, const std::string& reason) {
  const Message* message = state_.find_message(id);
  // One whose attempt has begun runs its course; a journey is no longer parked at it.
  if (id == MessageId::kNone || message == nullptr || message->attempt > 0) return;
  finish_message(id, MessageState::kSuppressed, reason);
}

}  // namespace trig::exec
