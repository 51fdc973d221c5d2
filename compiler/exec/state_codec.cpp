// Stored form of PersonState and Message. The first byte is the form's number; a reader knows every
// form that was ever released.
#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/exec/campaign_numbers.h"
#include "compiler/exec/person_state.h"
#include "compiler/exec/state_forms.h"

namespace trig::exec {
namespace {

void write(ByteWriter& w, NameHash name) { w.fixed64(static_cast<std::uint64_t>(name)); }
NameHash read_name(ByteReader& r) { return NameHash{r.fixed64()}; }

void write(ByteWriter& w, Instant instant) { w.zigzag(instant.time_since_epoch().count()); }
Instant read_instant(ByteReader& r) { return Instant(Duration(r.zigzag())); }

void write(ByteWriter& w, const std::optional<Instant>& instant) {
  w.u8(instant ? 1 : 0);
  if (instant) write(w, *instant);
}
std::optional<Instant> read_optional_instant(ByteReader& r) {
  if (r.u8() == 0) return std::nullopt;
  return read_instant(r);
}

void write(ByteWriter& w, const Hash128& hash) {
  w.fixed64(hash.high);
  w.fixed64(hash.low);
}
Hash128 read_hash(ByteReader& r) {
  Hash128 hash;
  hash.high = r.fixed64();
  hash.low = r.fixed64();
  return hash;
}

void write(ByteWriter& w, const CampaignRef& ref) {
  write(w, ref.campaign);
  write(w, ref.version);
}
CampaignRef read_ref(ByteReader& r) {
  CampaignRef ref;
  ref.campaign = read_name(r);
  ref.version = read_hash(r);
  return ref;
}

void write(ByteWriter& w, CampaignNumbers& numbers, const CampaignRef& ref) {
  w.varint(numbers.of(ref));
}
CampaignRef read_ref(ByteReader& r, const CampaignNumbers& numbers) {
  const CampaignRef* ref = numbers.find(r.varint());
  if (ref == nullptr) r.mark_bad();
  return ref == nullptr ? CampaignRef() : *ref;
}

void write(ByteWriter& w, const Moment& moment) {
  write(w, moment.occurred_at);
  w.varint(raw(moment.sequence));
}
Moment read_moment(ByteReader& r) {
  Moment moment;
  moment.occurred_at = read_instant(r);
  moment.sequence = Sequence{r.varint()};
  return moment;
}

template <typename T, typename WriteOne>
void write_all(ByteWriter& w, const std::vector<T>& items, WriteOne write_one) {
  w.varint(items.size());
  for (const T& item : items) write_one(item);
}

template <typename T, typename ReadOne>
std::vector<T> read_all(ByteReader& r, ReadOne read_one) {
  std::uint64_t count = r.varint();
  std::vector<T> items;
  if (count > r.rest().size()) {  // each takes at least a byte
    r.mark_bad();
    return items;
  }
  items.reserve(count);
  for (std::uint64_t i = 0; i < count && r.ok(); ++i) items.push_back(read_one());
  return items;
}

void write(ByteWriter& w, const std::vector<ir::Value>& values) {
  write_all(w, values, [&](const ir::Value& value) { ir::encode(value, w); });
}
std::vector<ir::Value> read_values(ByteReader& r) {
  return read_all<ir::Value>(r, [&] { return ir::decode_value(r); });
}

void write(ByteWriter& w, const std::vector<PersonField>& fields) {
  write_all(w, fields, [&](const PersonField& field) {
    write(w, field.name);
    ir::encode(field.value, w);
  });
}
std::vector<PersonField> read_fields(ByteReader& r) {
  return read_all<PersonField>(r, [&] {
    NameHash name = read_name(r);
    return PersonField{name, ir::decode_value(r)};
  });
}

// Most people do things in few hours: only those are written.
void write(ByteWriter& w, const HourCounts& hours) {
  auto used = std::count_if(hours.counts.begin(), hours.counts.end(),
                            [](std::uint32_t count) { return count > 0; });
  w.u8(static_cast<std::uint8_t>(used));
  for (std::size_t hour = 0; hour < hours.counts.size(); ++hour) {
    if (hours.counts[hour] == 0) continue;
    w.u8(static_cast<std::uint8_t>(hour));
    w.varint(hours.counts[hour]);
  }
}
HourCounts read_hours(ByteReader& r) {
  HourCounts hours;
  std::uint8_t used = r.u8();
  for (std::uint8_t i = 0; i < used && r.ok(); ++i) {
    std::uint8_t hour = r.u8();
    std::uint64_t count = r.varint();
    if (hour >= hours.counts.size() || count >= kMaxHourCount)
      r.mark_bad();
    else
      hours.counts[hour] = static_cast<std::uint32_t>(count);
  }
  return hours;
}

// Most instants of a journey are the one of its trigger, or not far from it.
// Differences wrap around: those of damaged bytes may be any.
std::uint64_t count_of(Instant instant) {
  return static_cast<std::uint64_t>(instant.time_since_epoch().count());
}
void write(ByteWriter& w, Instant instant, Instant from) {
  w.zigzag(static_cast<std::int64_t>(count_of(instant) - count_of(from)));
}
Instant read_instant(ByteReader& r, Instant from) {
  return Instant(
      Duration(static_cast<std::int64_t>(count_of(from) + static_cast<std::uint64_t>(r.zigzag()))));
}

void write(ByteWriter& w, const Moment& moment, const Moment& from) {
  write(w, moment.occurred_at, from.occurred_at);
  w.zigzag(static_cast<std::int64_t>(raw(moment.sequence) - raw(from.sequence)));
}
Moment read_moment(ByteReader& r, const Moment& from) {
  Moment moment;
  moment.occurred_at = read_instant(r, from.occurred_at);
  moment.sequence = Sequence{raw(from.sequence) + static_cast<std::uint64_t>(r.zigzag())};
  return moment;
}

// Ids are numbered per person; only one that was joined has journeys of another's numbers.
template <typename Id>
void write(ByteWriter& w, Id id, PersonId person) {
  w.zigzag(static_cast<std::int64_t>(raw(id) - numbered(person, 0)));
}
template <typename Id>
Id read_id(ByteReader& r, PersonId person) {
  return Id{numbered(person, 0) + static_cast<std::uint64_t>(r.zigzag())};
}

enum JourneyFlags : std::uint8_t {
  kAttempted = 1,
  kEffective = 2,
  kHeldOut = 4,
  kWakes = 8,
  kHasMessage = 16,
};

void write(ByteWriter& w, CampaignNumbers& numbers, const Journey& j, PersonId person) {
  w.u8(static_cast<std::uint8_t>((j.attempted ? kAttempted : 0) | (j.effective ? kEffective : 0) |
                                 (j.held_out ? kHeldOut : 0) | (j.wake ? kWakes : 0) |
                                 (j.message != MessageId::kNone ? kHasMessage : 0)));
  write(w, j.id, person);
  write(w, numbers, j.campaign);
  ir::encode(j.key, w);
  write(w, j.trigger);
  write(w, j.started_at, j.trigger.occurred_at);
  write(w, j.bound, j.trigger);
  w.varint(j.step);
  write(w, j.wait_begin, j.started_at);
  if (j.wake) write(w, *j.wake, j.wait_begin);
  if (j.message != MessageId::kNone) write(w, j.message, person);
  write_all(w, j.armed, [&](std::uint32_t watch) { w.varint(watch); });
  write(w, j.slots);
  write(w, j.since, j.trigger);
  write_all(w, j.taken, [&](const Moment& moment) { write(w, moment, j.trigger); });
}
Journey read_journey(ByteReader& r, const CampaignNumbers& numbers, PersonId person) {
  Journey j;
  const std::uint8_t flags = r.u8();
  j.attempted = (flags & kAttempted) != 0;
  j.effective = (flags & kEffective) != 0;
  j.held_out = (flags & kHeldOut) != 0;
  j.id = read_id<JourneyId>(r, person);
  j.campaign = read_ref(r, numbers);
  j.key = ir::decode_value(r);
  j.trigger = read_moment(r);
  j.started_at = read_instant(r, j.trigger.occurred_at);
  j.bound = read_moment(r, j.trigger);
  j.step = static_cast<std::uint32_t>(r.varint());
  j.wait_begin = read_instant(r, j.started_at);
  if ((flags & kWakes) != 0) j.wake = read_instant(r, j.wait_begin);
  if ((flags & kHasMessage) != 0) j.message = read_id<MessageId>(r, person);
  j.armed = read_all<std::uint32_t>(r, [&] { return static_cast<std::uint32_t>(r.varint()); });
  j.slots = read_values(r);
  j.since = read_moment(r, j.trigger);
  j.taken = read_all<Moment>(r, [&] { return read_moment(r, j.trigger); });
  return j;
}

void write(ByteWriter& w, CampaignNumbers& numbers, const GoalWatch& g) {
  w.varint(raw(g.journey));
  write(w, numbers, g.campaign);
  w.varint(g.goal);
  write(w, g.trigger);
  write(w, g.deadline);
  write(w, g.slots);
}
GoalWatch read_goal(ByteReader& r, const CampaignNumbers& numbers) {
  GoalWatch g;
  g.journey = JourneyId{r.varint()};
  g.campaign = read_ref(r, numbers);
  g.goal = static_cast<std::uint32_t>(r.varint());
  g.trigger = read_moment(r);
  g.deadline = read_instant(r);
  g.slots = read_values(r);
  return g;
}

void write(ByteWriter& w, const RunningAggregate& a) {
  write(w, a.identity);
  write(w, a.event);
  write(w, a.after);
  write(w, a.oldest);
  write(w, a.newest);
  w.varint(a.rows);
  w.varint(a.present);
  w.u8(a.mixed ? 1 : 0);
  write_all(w, a.sums, [&](const RunningSum& sum) {
    w.varint(sum.currency.code);
    w.varint(sum.rows);
    w.varint(sum.amounts);
    w.zigzag(static_cast<std::int64_t>(sum.units >> 64));
    w.fixed64(static_cast<std::uint64_t>(sum.units));
  });
  write_all(w, a.values, [&](const RunningValue& value) {
    ir::encode(value.value, w);
    write(w, value.moment);
    w.varint(value.rows);
  });
}
RunningAggregate read_running(ByteReader& r) {
  RunningAggregate a;
  a.identity = read_hash(r);
  a.event = read_name(r);
  a.after = read_instant(r);
  a.oldest = read_moment(r);
  a.newest = read_moment(r);
  a.rows = static_cast<std::uint32_t>(r.varint());
  a.present = static_cast<std::uint32_t>(r.varint());
  a.mixed = r.u8() != 0;
  a.sums = read_all<RunningSum>(r, [&] {
    RunningSum sum;
    sum.currency.code = static_cast<std::uint32_t>(r.varint());
    sum.rows = static_cast<std::uint32_t>(r.varint());
    sum.amounts = static_cast<std::uint32_t>(r.varint());
    sum.units = static_cast<__int128>(r.zigzag()) << 64;
    sum.units |= r.fixed64();
    return sum;
  });
  a.values = read_all<RunningValue>(r, [&] {
    RunningValue value;
    value.value = ir::decode_value(r);
    value.moment = read_moment(r);
    value.rows = static_cast<std::uint32_t>(r.varint());
    return value;
  });
  return a;
}

void write(ByteWriter& w, const std::vector<TriggerEvent>& events) {
  write_all(w, events, [&](const TriggerEvent& event) {
    write(w, event.moment);
    ir::encode(event.record, w);
  });
}
std::vector<TriggerEvent> read_trigger_events(ByteReader& r) {
  return read_all<TriggerEvent>(r, [&] {
    Moment moment = read_moment(r);
    return TriggerEvent{moment, ir::decode_value(r)};
  });
}

void write(ByteWriter& w, CampaignNumbers& numbers, const CountProgress& c) {
  write(w, numbers, c.campaign);
  ir::encode(c.key, w);
  write(w, c.complete);
  write(w, c.events);
}
CountProgress read_count(ByteReader& r, const CampaignNumbers& numbers) {
  CountProgress c;
  c.campaign = read_ref(r, numbers);
  c.key = ir::decode_value(r);
  c.complete = read_moment(r);
  c.events = read_trigger_events(r);
  return c;
}

void write(ByteWriter& w, CampaignNumbers& numbers, const SequenceProgress& s) {
  write(w, numbers, s.campaign);
  w.varint(s.first);
  write(w, s.parts);
}
SequenceProgress read_sequence(ByteReader& r, const CampaignNumbers& numbers) {
  SequenceProgress s;
  s.campaign = read_ref(r, numbers);
  s.first = static_cast<std::uint32_t>(r.varint());
  s.parts = read_trigger_events(r);
  return s;
}

void write(ByteWriter& w, const PlannedStart& p) {
  write(w, p.campaign);
  ir::encode(p.row, w);
  write(w, p.trigger);
  write(w, p.due);
  w.u8(p.day ? 1 : 0);
  if (p.day) w.zigzag(p.day->time_since_epoch().count());
  ir::encode(p.done, w);
  write(w, p.counts_from);
  write(w, p.last_event);
  write(w, p.came_for);
}
PlannedStart read_planned(ByteReader& r) {
  PlannedStart p;
  p.campaign = read_name(r);
  p.row = ir::decode_value(r);
  p.trigger = read_hash(r);
  p.due = read_optional_instant(r);
  if (r.u8() != 0) p.day = Date(std::chrono::days(r.zigzag()));
  p.done = ir::decode_value(r);
  p.counts_from = read_instant(r);
  p.last_event = read_optional_instant(r);
  p.came_for = read_optional_instant(r);
  return p;
}

void write(ByteWriter& w, const Membership& m) {
  write(w, m.segment);
  write(w, m.version);
  w.u8(m.inside ? 1 : 0);
  write(w, m.check_at);
}
Membership read_membership(ByteReader& r) {
  Membership m;
  m.segment = read_name(r);
  m.version = read_hash(r);
  m.inside = r.u8() != 0;
  m.check_at = read_optional_instant(r);
  return m;
}

}  // namespace

void encode(const Message& m, ByteWriter& w) {
  w.u8(kMessageForm);
  w.varint(raw(m.id));
  w.varint(raw(m.journey));
  write(w, m.campaign);
  w.varint(m.step);
  write(w, m.mail_template);
  write(w, m.policy);
  w.u8(static_cast<std::uint8_t>(m.state));
  write(w, m.decided_at);
  write(w, m.due);
  write(w, m.skip_after);
  w.u8(m.rate_slot ? 1 : 0);
  w.zigzag(m.best_hour);
  w.varint(m.attempt);
  write(w, m.begun_at);
  w.text(m.mail().address);
  write(w, m.mail().arguments);
  write(w, m.mail().person);
  w.u8(m.post ? 1 : 0);
  if (m.post) w.text(m.post->url);
  if (m.post) w.text(m.post->body);
  w.text(m.note);
}

Message decode_message(ByteReader& r) {
  Message m;
  if (r.u8() != kMessageForm) r.mark_bad();
  m.id = MessageId{r.varint()};
  m.journey = JourneyId{r.varint()};
  m.campaign = read_ref(r);
  m.step = static_cast<std::uint32_t>(r.varint());
  m.mail_template = read_name(r);
  m.policy = read_name(r);
  std::uint8_t state = r.u8();
  if (state >= kMessageStateCount) r.mark_bad();
  m.state = static_cast<MessageState>(state);
  m.decided_at = read_instant(r);
  m.due = read_optional_instant(r);
  m.skip_after = read_optional_instant(r);
  m.rate_slot = r.u8() != 0;
  m.best_hour = static_cast<int>(r.zigzag());
  if (m.best_hour < -1 || m.best_hour > 23) r.mark_bad();
  m.attempt = static_cast<std::uint32_t>(r.varint());
  m.begun_at = read_instant(r);
  MailContent mail;
  mail.address = r.text();
  mail.arguments = read_values(r);
  mail.person = read_fields(r);
  if (r.u8() != 0) {
    std::string url = r.text();
    m.post = std::make_shared<PostCall>(PostCall{std::move(url), r.text()});
  } else if (m.attempt > 0) {
    m.content = std::make_shared<MailContent>(std::move(mail));
  }
  m.note = r.text();
  return m;
}

void encode(const PersonState& s, CampaignNumbers& numbers, ByteWriter& w) {
  w.u8(kPersonForm);
  w.varint(raw(s.id));
  write(w, s.known_since);
  write(w, s.fields);
  write_all(w, s.subscriptions, [&](const Subscription& subscription) {
    write(w, subscription.topic);
    w.u8(subscription.subscribed ? 1 : 0);
    write(w, subscription.at);
  });
  write_all(w, s.journeys, [&](const Journey& journey) { write(w, numbers, journey, s.id); });
  write_all(w, s.messages, [&](const Message& message) { encode(message, w); });
  write_all(w, s.goals, [&](const GoalWatch& goal) { write(w, numbers, goal); });
  s.late_watches.encode(numbers, w);
  write_all(w, s.past_starts, [&](const PastStart& past) {
    write(w, past.campaign);
    ir::encode(past.key, w);
    write(w, past.started_at);
  });
  write_all(w, s.counted_sends, [&](const CountedSend& sent) {
    write(w, sent.policy);
    write(w, sent.at);
  });
  write_all(w, s.kept_events, [&](const KeptEvents& kept) {
    write(w, kept.event);
    w.varint(kept.rows);
    write(w, kept.oldest);
    write(w, kept.newest);
    w.u8(kept.incomplete ? 1 : 0);
  });
  // Those without a row are only remembered.
  auto has_rows = [](const RunningAggregate& running) { return running.rows > 0; };
  w.varint(static_cast<std::uint64_t>(std::count_if(s.running.begin(), s.running.end(), has_rows)));
  for (const RunningAggregate& running : s.running)
    if (has_rows(running)) write(w, running);
  write_all(w, s.counts, [&](const CountProgress& count) { write(w, numbers, count); });
  write_all(w, s.sequences, [&](const SequenceProgress& sequence) { write(w, numbers, sequence); });
  write_all(w, s.planned, [&](const PlannedStart& planned) { write(w, planned); });
  write_all(w, s.memberships, [&](const Membership& membership) { write(w, membership); });
  write_all(w, s.arms, [&](const SplitArm& arm) {
    write(w, arm.campaign);
    write(w, arm.split);
    write(w, arm.arm);
  });
  write(w, s.mail_hours);
  write(w, s.own_hours);
  write(w, s.last_own_event);
  w.varint(s.next_journey);
  w.varint(s.next_message);
  w.varint(s.next_decision);
  w.u8(static_cast<std::uint8_t>((s.identified ? 1 : 0) | (s.has_user_id ? 2 : 0)));
}

bool decode(ByteReader& r, const CampaignNumbers& numbers, PersonState& s) {
  if (r.u8() != kPersonForm) return false;
  s.id = PersonId{r.varint()};
  s.known_since = read_instant(r);
  s.fields = read_fields(r);
  s.subscriptions = read_all<Subscription>(r, [&] {
    NameHash topic = read_name(r);
    bool subscribed = r.u8() != 0;
    return Subscription{topic, subscribed, read_instant(r)};
  });
  s.journeys = read_all<Journey>(r, [&] { return read_journey(r, numbers, s.id); });
  s.messages = read_all<Message>(r, [&] { return decode_message(r); });
  s.goals = read_all<GoalWatch>(r, [&] { return read_goal(r, numbers); });
  s.late_watches = LateWatches::decode(r, numbers);
  s.past_starts = read_all<PastStart>(r, [&] {
    NameHash campaign = read_name(r);
    ir::Value key = ir::decode_value(r);
    return PastStart{campaign, std::move(key), read_instant(r)};
  });
  s.counted_sends = read_all<CountedSend>(r, [&] {
    NameHash policy = read_name(r);
    return CountedSend{policy, read_instant(r)};
  });
  s.kept_events = read_all<KeptEvents>(r, [&] {
    KeptEvents kept;
    kept.event = read_name(r);
    kept.rows = static_cast<std::uint32_t>(r.varint());
    kept.oldest = read_instant(r);
    kept.newest = read_instant(r);
    kept.incomplete = r.u8() != 0;
    return kept;
  });
  s.running = read_all<RunningAggregate>(r, [&] { return read_running(r); });
  s.counts = read_all<CountProgress>(r, [&] { return read_count(r, numbers); });
  s.sequences = read_all<SequenceProgress>(r, [&] { return read_sequence(r, numbers); });
  s.planned = read_all<PlannedStart>(r, [&] { return read_planned(r); });
  s.memberships = read_all<Membership>(r, [&] { return read_membership(r); });
  s.arms = read_all<SplitArm>(r, [&] {
    NameHash campaign = read_name(r);
    NameHash split = read_name(r);
    return SplitArm{campaign, split, read_name(r)};
  });
  s.mail_hours = read_hours(r);
  s.own_hours = read_hours(r);
  s.last_own_event = read_instant(r);
  s.next_journey = r.varint();
  s.next_message = r.varint();
  s.next_decision = r.varint();
  std::uint8_t flags = r.u8();
  s.identified = (flags & 1) != 0;
  s.has_user_id = (flags & 2) != 0;
  return r.ok() && r.at_end();
}

}  // namespace trig::exec
