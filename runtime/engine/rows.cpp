#include "runtime/engine/rows.h"

#include <algorithm>

namespace trig::engine {
namespace {

constexpr std::uint8_t kRowForm = 1;
constexpr std::uint8_t kDecisionForm = 2;
constexpr std::uint8_t kManyNotStarted = 0xff;  // where a decision has its kind
constexpr std::size_t kMailTagBytes = 7;        // with the 8 of the id: 24 characters of base32

std::string mail_tag(std::string_view workspace_secret, MessageId message) {
  auto mac = hmac_sha256(workspace_secret, "message:" + std::to_string(raw(message)));
  return {reinterpret_cast<const char*>(mac.data()), kMailTagBytes};
}

std::uint64_t mail_keystream(std::string_view workspace_secret, const std::string& tag) {
  auto mac = hmac_sha256(workspace_secret, "message id:" + tag);
  return ByteReader({reinterpret_cast<const char*>(mac.data()), mac.size()}).fixed64();
}

template <typename... Numbers>
std::string key_of(Numbers... numbers) {
  ByteWriter writer;
  (writer.fixed64(static_cast<std::uint64_t>(numbers)), ...);
  return writer.take();
}

void write(ByteWriter& w, Instant instant) { w.zigzag(instant.time_since_epoch().count()); }
Instant read_instant(ByteReader& r) { return Instant(Duration(r.zigzag())); }

// Writes as ByteWriter does, into memory that is large enough: a row of `why` has some fifty
// fields, and each event has one.
class RowWriter {
 public:
  explicit RowWriter(char* to) : to_(to) {}
  void u8(std::uint8_t value) { *to_++ = static_cast<char>(value); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) *to_++ = static_cast<char>(value | 0x80);
    *to_++ = static_cast<char>(value);
  }
  void instant(Instant value) {
    const std::int64_t count = value.time_since_epoch().count();
    varint((static_cast<std::uint64_t>(count) << 1) ^ static_cast<std::uint64_t>(count >> 63));
  }
  void text(std::string_view value) {
    varint(value.size());
    to_ = std::copy(value.begin(), value.end(), to_);
  }
  const char* end() const { return to_; }

 private:
  char* to_;
};
constexpr std::size_t kMostOfNumbers = 48;  // of the numbers beside the texts of one field

void write(RowWriter& w, const exec::NotStarted& negatives) {
  w.u8(kManyNotStarted);
  w.instant(negatives.at);
  w.varint(negatives.texts.size());
  for (const std::string& text : negatives.texts) w.text(text);
  w.varint(negatives.campaigns.size());
  for (const exec::NotStarted::Campaign& one : negatives.campaigns) {
    w.text(one.campaign->name);
    w.varint(one.text);
  }
  w.varint(negatives.more);
}

void read_not_started(ByteReader& r, std::vector<exec::Decision>& decisions) {
  exec::Decision decision;
  decision.kind = exec::DecisionKind::kNotStarted;
  decision.at = read_instant(r);
  std::vector<std::string> texts;
  for (std::uint64_t left = r.varint(); left > 0 && r.ok(); --left) texts.push_back(r.text());
  for (std::uint64_t left = r.varint(); left > 0 && r.ok(); --left) {
    decision.campaign_name = r.text();
    decision.campaign = name_hash(decision.campaign_name);
    const std::uint64_t text = r.varint();
    if (text >= texts.size()) return r.mark_bad();
    decision.detail = "`where` is false: " + texts[text];
    decisions.push_back(decision);
  }
  const std::uint64_t more = r.varint();
  if (more == 0) return;
  decision.campaign = {};
  decision.campaign_name.clear();
  decision.detail = "`where` of " + std::to_string(more) + " more campaigns is false";
  decisions.push_back(std::move(decision));
}

}  // namespace

std::string person_key(PersonId person) { return key_of(person); }
std::string event_key(Sequence sequence) { return key_of(sequence); }
std::string message_key(MessageId message) { return key_of(message); }
std::string decision_prefix(PersonId person) { return key_of(person); }
std::string decision_key(PersonId person, std::uint64_t number) { return key_of(person, number); }
std::string history_prefix(PersonId person) { return key_of(person); }
std::string history_prefix(PersonId person, NameHash event) { return key_of(person, event); }

std::string timer_key(Instant due, PersonId person) {
  ByteWriter writer;
  writer.instant(due);
  writer.fixed64(raw(person));
  return writer.take();
}

std::string history_key(PersonId person, NameHash event, const exec::Moment& moment) {
  ByteWriter writer;
  writer.fixed64(raw(person));
  writer.fixed64(static_cast<std::uint64_t>(event));
  writer.instant(moment.occurred_at);
  writer.fixed64(raw(moment.sequence));
  return writer.take();
}

std::string duplicate_key(std::uint32_t day, const Hash128& id) {
  ByteWriter writer;
  writer.fixed32(day);
  writer.fixed64(id.high);
  writer.fixed64(id.low);
  return writer.take();
}

std::string identity_key(IdentityKind kind, std::string_view id) {
  ByteWriter writer;
  writer.u8(static_cast<std::uint8_t>(kind));
  writer.raw(id);
  return writer.take();
}

std::string field_identity_key(NameHash field, std::string_view value) {
  ByteWriter writer;
  writer.u8(static_cast<std::uint8_t>(IdentityKind::kField));
  writer.fixed64(static_cast<std::uint64_t>(field));
  writer.raw(value);
  return writer.take();
}

std::string forward_key(PersonId person) {
  return identity_key(IdentityKind::kForward, key_of(person));
}

std::string address_key(std::string_view workspace_secret, std::string_view address) {
  std::string lower(address);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return c < 0x80 ? std::tolower(c) : c; });
  auto mac = hmac_sha256(workspace_secret, "address:" + lower);
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

std::string mail_name(std::string_view workspace_secret, MessageId message) {
  const std::string tag = mail_tag(workspace_secret, message);
  ByteWriter hidden;
  hidden.fixed64(raw(message) ^ mail_keystream(workspace_secret, tag));
  return base32_lower(hidden.take() + tag);
}

std::optional<MessageId> read_mail_name(std::string_view workspace_secret, std::string_view name) {
  std::string bytes;
  if (!base32_lower_decode(name, bytes) || bytes.size() != 8 + kMailTagBytes) return std::nullopt;
  const std::string tag = bytes.substr(8);
  ByteReader hidden(bytes);
  MessageId message{hidden.fixed64() ^ mail_keystream(workspace_secret, tag)};
  if (mail_tag(workspace_secret, message) != tag) return std::nullopt;
  return message;
}

std::optional<TimerRow> read_timer_key(std::string_view key) {
  ByteReader reader(key);
  TimerRow row;
  row.due = reader.instant();
  row.person = PersonId{reader.fixed64()};
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return row;
}

std::optional<exec::Moment> read_history_moment(std::string_view key) {
  ByteReader reader(key);
  reader.fixed64();
  reader.fixed64();
  exec::Moment moment;
  moment.occurred_at = reader.instant();
  moment.sequence = Sequence{reader.fixed64()};
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return moment;
}

std::string person_value(PersonId person) { return key_of(person); }

std::optional<PersonId> read_person_value(std::string_view value) {
  ByteReader reader(value);
  PersonId person{reader.fixed64()};
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return person;
}

std::string campaign_number_key(std::uint32_t number) {
  ByteWriter writer;
  writer.raw(kCampaignNumbers);
  writer.fixed32(number);
  return writer.take();
}

std::string campaign_value(const exec::CampaignRef& ref) {
  ByteWriter writer;
  writer.fixed64(static_cast<std::uint64_t>(ref.campaign));
  writer.fixed64(ref.version.high);
  writer.fixed64(ref.version.low);
  return writer.take();
}

std::optional<exec::CampaignRef> read_campaign_value(std::string_view value) {
  ByteReader reader(value);
  exec::CampaignRef ref;
  ref.campaign = NameHash{reader.fixed64()};
  ref.version.high = reader.fixed64();
  ref.version.low = reader.fixed64();
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return ref;
}

void encode(const EventRow& row, ByteWriter& w) {
  const Envelope& e = row.envelope;
  w.u8(kRowForm);
  w.u8(static_cast<std::uint8_t>(e.kind));
  w.u8(static_cast<std::uint8_t>(row.fate));
  w.varint(raw(row.person));
  write(w, e.occurred_at);
  write(w, e.received_at);
  for (const std::string* text :
       {&e.source, &e.message_id, &e.event, &e.anonymous_id, &e.user_id, &e.previous_id,
        &e.group_id, &e.payload, &e.context, &e.malformed, &row.reason})
    w.text(*text);
}

std::optional<EventRow> decode_event_row(std::string_view bytes) {
  ByteReader r(bytes);
  EventRow row;
  Envelope& e = row.envelope;
  if (r.u8() != kRowForm) return std::nullopt;
  e.kind = static_cast<EnvelopeKind>(r.u8());
  row.fate = static_cast<EventFate>(r.u8());
  row.person = PersonId{r.varint()};
  e.occurred_at = read_instant(r);
  e.received_at = read_instant(r);
  for (std::string* text :
       {&e.source, &e.message_id, &e.event, &e.anonymous_id, &e.user_id, &e.previous_id,
        &e.group_id, &e.payload, &e.context, &e.malformed, &row.reason})
    *text = r.text();
  if (!r.ok() || !r.at_end()) return std::nullopt;
  return row;
}

void encode(const std::vector<exec::Decision>& decisions,
            const std::vector<exec::NotStarted>& not_started, std::string& row) {
  std::size_t most = 2 * kMostOfNumbers;
  for (const exec::Decision& decision : decisions)
    most += kMostOfNumbers + decision.campaign_name.size() + decision.detail.size();
  for (const exec::NotStarted& negatives : not_started) {
    most += kMostOfNumbers;
    for (const std::string& text : negatives.texts) most += kMostOfNumbers + text.size();
    for (const exec::NotStarted::Campaign& one : negatives.campaigns)
      most += kMostOfNumbers + one.campaign->name.size();
  }
  row.resize(most);
  RowWriter w(row.data());
  w.u8(kDecisionForm);
  w.varint(decisions.size() + not_started.size());
  auto negatives = not_started.begin();
  for (std::size_t i = 0; i <= decisions.size(); ++i) {
    for (; negatives != not_started.end() && negatives->after <= i; ++negatives)
      write(w, *negatives);
    if (i == decisions.size()) break;
    const exec::Decision& decision = decisions[i];
    w.u8(static_cast<std::uint8_t>(decision.kind));
    w.instant(decision.at);
    w.text(decision.campaign_name);
    w.varint(raw(decision.journey));
    w.text(decision.detail);
  }
  row.resize(static_cast<std::size_t>(w.end() - row.data()));
}

std::optional<std::vector<exec::Decision>> decode_decisions(std::string_view bytes) {
  ByteReader r(bytes);
  std::vector<exec::Decision> decisions;
  if (r.u8() != kDecisionForm) return std::nullopt;
  for (std::uint64_t left = r.varint(); left > 0 && r.ok(); --left) {
    const std::uint8_t kind = r.u8();
    if (kind == kManyNotStarted) {
      read_not_started(r, decisions);
      continue;
    }
    exec::Decision& decision = decisions.emplace_back();
    decision.kind = static_cast<exec::DecisionKind>(kind);
    decision.at = read_instant(r);
    decision.campaign_name = r.text();
    if (!decision.campaign_name.empty()) decision.campaign = name_hash(decision.campaign_name);
    decision.journey = JourneyId{r.varint()};
    decision.detail = r.text();
  }
  if (!r.ok() || !r.at_end()) return std::nullopt;
  return decisions;
}

std::string encode(const exec::AddressState& state) {
  ByteWriter w;
  w.u8(kRowForm);
  w.u8(static_cast<std::uint8_t>((state.bounced ? 1 : 0) | (state.complained ? 2 : 0)));
  w.varint(state.unsubscribed.size());
  for (NameHash topic : state.unsubscribed) w.fixed64(static_cast<std::uint64_t>(topic));
  return w.take();
}

std::optional<exec::AddressState> decode_address(std::string_view bytes) {
  ByteReader r(bytes);
  exec::AddressState state;
  if (r.u8() != kRowForm) return std::nullopt;
  std::uint8_t flags = r.u8();
  state.bounced = (flags & 1) != 0;
  state.complained = (flags & 2) != 0;
  std::uint64_t count = r.varint();
  for (std::uint64_t i = 0; i < count && r.ok(); ++i)
    state.unsubscribed.push_back(NameHash{r.fixed64()});
  if (!r.ok() || !r.at_end()) return std::nullopt;
  return state;
}

std::string encode(const Totals& totals) {
  ByteWriter w;
  w.u8(kRowForm);
  for (std::uint64_t number :
       {totals.events, totals.events_rejected, totals.events_duplicate, totals.people,
        totals.journeys_started, totals.journeys_ended, totals.goals, totals.arrived_too_late,
        totals.history_rows_cut, totals.events_emitted, totals.objectives_met,
        totals.objectives_missed, totals.decided})
    w.varint(number);
  for (std::uint64_t number : totals.messages) w.varint(number);
  w.varint(totals.posts_decided);
  for (std::uint64_t number : totals.posts) w.varint(number);
  return w.take();
}

std::optional<Totals> decode_totals(std::string_view bytes) {
  ByteReader r(bytes);
  Totals totals;
  if (r.u8() != kRowForm) return std::nullopt;
  for (std::uint64_t* number :
       {&totals.events, &totals.events_rejected, &totals.events_duplicate, &totals.people,
        &totals.journeys_started, &totals.journeys_ended, &totals.goals, &totals.arrived_too_late,
        &totals.history_rows_cut, &totals.events_emitted, &totals.objectives_met,
        &totals.objectives_missed, &totals.decided})
    *number = r.varint();
  for (std::uint64_t& number : totals.messages) number = r.varint();
  totals.posts_decided = r.varint();
  for (std::uint64_t& number : totals.posts) number = r.varint();
  if (!r.ok() || !r.at_end()) return std::nullopt;
  return totals;
}

std::string rate_key(NameHash policy) { return std::string(kMetaRate) + key_of(policy); }

std::string after_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace trig::engine
