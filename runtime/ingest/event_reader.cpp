#include "runtime/ingest/event_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "compiler/base/check.h"
#include "runtime/ingest/json_repair.h"
#include "runtime/ports/limits.h"

namespace trig::ingest {

namespace ondemand = simdjson::ondemand;

namespace {

// The fields of an event as they stand, before it is known which of them its kind needs.
struct Fields {
  std::string_view type, properties, traits, context;
  std::string name;
  std::string write_key;
  std::optional<Instant> timestamp, original_timestamp, sent_at, received_at;
  std::string fault;  // the first thing found wrong

  void note(std::string why) {
    if (fault.empty()) fault = std::move(why);
  }
};

std::string_view trimmed(std::string_view token) {
  const auto end = token.find_last_not_of(" \t\r\n");
  return token.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

// A number as JavaScript's String() would print it where that matters for ids: 12.0 is "12".
std::string number_text(std::string_view token) {
  if (token.find_first_of(".eE") == std::string_view::npos) return std::string(token);
  const double value = std::strtod(std::string(token).c_str(), nullptr);
  constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
  if (std::trunc(value) == value && std::abs(value) < kExactIntegers)
    return std::to_string(static_cast<std::int64_t>(value));
  return fmt::format("{}", value);
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// Text or number; null and absent are empty.
std::string scalar_text(ondemand::value value, std::string_view name, Fields& fields) {
  ondemand::json_type type;
  if (value.type().get(type)) return {};
  if (type == ondemand::json_type::null) return {};
  std::string text;
  if (type == ondemand::json_type::number) {
    text = number_text(trimmed(value.raw_json_token()));
  } else if (std::string_view view; !value.get_string().get(view)) {
    text = view;
  } else {
    fields.note(fmt::format("{} is neither text nor a number", name));
  }
  if (text.size() > kMaxIdBytes) {
    fields.note(fmt::format("{} is longer than {} bytes", name, kMaxIdBytes));
    text = utf8_prefix(text, kMaxIdBytes);
  }
  if (has_control_character(text)) {
    fields.note(fmt::format("{} has a control character", name));
    text.clear();
  }
  return text;
}

// The text of an object as it came; null and absent are empty.
std::string_view object_text(ondemand::value value, std::string_view name, Fields& fields) {
  ondemand::json_type type;
  if (value.type().get(type) || type == ondemand::json_type::null) return {};
  ondemand::object object;
  std::string_view text;
  if (type == ondemand::json_type::object && !value.get_object().get(object) &&
      !object.raw_json().get(text))
    return trimmed(text);
  fields.note(fmt::format("{} is not an object", name));
  return {};
}

std::optional<Instant> instant(ondemand::value value, std::string_view name, Fields& fields) {
  Fields scratch;
  const std::string text = scalar_text(value, name, scratch);
  if (text.empty() && scratch.fault.empty()) return std::nullopt;
  auto parsed = parse_instant(text);
  // A time of its own that cannot be read must not silently become "now": old events would then
  // take effect as new ones.
  if (!parsed)
    fields.note(fmt::format("{} `{}` is not a time with an offset", name, utf8_prefix(text, 64)));
  return parsed;
}

constexpr std::pair<std::string_view, std::string Envelope::*> kTexts[] = {
    {"messageId", &Envelope::message_id}, {"anonymousId", &Envelope::anonymous_id},
    {"userId", &Envelope::user_id},       {"previousId", &Envelope::previous_id},
    {"groupId", &Envelope::group_id},     {"event", &Envelope::event},
};
constexpr std::pair<std::string_view, std::string_view Fields::*> kObjects[] = {
    {"properties", &Fields::properties},
    {"traits", &Fields::traits},
    {"context", &Fields::context},
};
constexpr std::pair<std::string_view, std::optional<Instant> Fields::*> kTimes[] = {
    {"timestamp", &Fields::timestamp},
    {"originalTimestamp", &Fields::original_timestamp},
    {"receivedAt", &Fields::received_at},
};

void read_field(std::string_view key, ondemand::value value, bool recorded, Envelope& envelope,
                Fields& fields) {
  for (const auto& [name, text] : kTexts)
    if (key == name) envelope.*text = scalar_text(value, key, fields);
  for (const auto& [name, object] : kObjects)
    if (key == name) fields.*object = object_text(value, key, fields);
  for (const auto& [name, time] : kTimes)
    if (key == name && (recorded || key != "receivedAt"))
      fields.*time = instant(value, key, fields);
  if (key == "name") fields.name = scalar_text(value, key, fields);
  if (key == "type" && value.get_string().get(fields.type)) fields.type = {};
  Fields ignored;  // of these two, what cannot be read is as good as absent
  if (key == "writeKey") fields.write_key = scalar_text(value, key, ignored);
  if (key == "sentAt") fields.sent_at = instant(value, key, ignored);
}

std::optional<EnvelopeKind> kind_of(SegmentCall call, std::string_view type) {
  constexpr std::array<std::pair<std::string_view, EnvelopeKind>, 6> kTypes{
      {{"track", EnvelopeKind::kTrack},
       {"identify", EnvelopeKind::kIdentify},
       {"page", EnvelopeKind::kPage},
       {"screen", EnvelopeKind::kScreen},
       {"group", EnvelopeKind::kGroup},
       {"alias", EnvelopeKind::kAlias}}};
  switch (call) {
    case SegmentCall::kTrack: return EnvelopeKind::kTrack;
    case SegmentCall::kIdentify: return EnvelopeKind::kIdentify;
    case SegmentCall::kPage: return EnvelopeKind::kPage;
    case SegmentCall::kScreen: return EnvelopeKind::kScreen;
    case SegmentCall::kGroup: return EnvelopeKind::kGroup;
    case SegmentCall::kAlias: return EnvelopeKind::kAlias;
    case SegmentCall::kBatch: break;
  }
  for (const auto& [name, kind] : kTypes)
    if (name == type) return kind;
  return std::nullopt;
}

Instant occurrence(const Fields& fields, const BodyContext& body) {
  const auto stamped = fields.original_timestamp ? fields.original_timestamp : fields.timestamp;
  if (!stamped) return body.received_at;
  const auto sent = fields.sent_at ? fields.sent_at : body.sent_at;
  const Instant corrected = sent ? body.received_at - (*sent - *stamped) : *stamped;
  return std::min(corrected, body.received_at);
}

// Of a recorded event. `timestamp` is what the server that received it made of the client's clocks.
void read_times(Envelope& envelope, Fields& fields) {
  const auto occurred = fields.timestamp ? fields.timestamp : fields.original_timestamp;
  if (!occurred && !fields.received_at) fields.note("the event has no time");
  envelope.received_at = fields.received_at.value_or(occurred.value_or(Instant()));
  envelope.occurred_at = std::min(occurred.value_or(envelope.received_at), envelope.received_at);
}

// What each kind must have beyond an id.
void check_kind(const Envelope& envelope, Fields& fields) {
  switch (envelope.kind) {
    case EnvelopeKind::kTrack:
      if (envelope.event.empty()) fields.note("a track call has no event name");
      break;
    case EnvelopeKind::kGroup:
      if (envelope.group_id.empty()) fields.note("a group call has no groupId");
      break;
    case EnvelopeKind::kAlias:
      if (envelope.user_id.empty()) fields.note("an alias call has no userId");
      if (envelope.previous_id.empty()) fields.note("an alias call has no previousId");
      break;
    case EnvelopeKind::kIdentify:
    case EnvelopeKind::kPage:
    case EnvelopeKind::kScreen: break;
  }
  // What happened to a mail belongs to who got it: the engine finds out.
  const bool track = envelope.kind == EnvelopeKind::kTrack;
  if (!track && envelope.user_id.empty() && envelope.anonymous_id.empty())
    fields.note("no userId and no anonymousId");
}

// Faults that leave the structure of the text intact.
bool is_structural(simdjson::error_code error) {
  return error != simdjson::DEPTH_ERROR && error != simdjson::NUMBER_ERROR &&
         error != simdjson::STRING_ERROR;
}

std::string fault_text(simdjson::error_code error) {
  switch (error) {
    case simdjson::DEPTH_ERROR: return fmt::format("nested deeper than {}", kMaxJsonDepth);
    case simdjson::NUMBER_ERROR: return "a number is out of range or not well formed";
    case simdjson::STRING_ERROR: return "a string has an invalid escape";
    default: return "not well-formed JSON";
  }
}

}  // namespace

void mark_malformed(Envelope& envelope, std::string_view raw, std::string why) {
  envelope.malformed = std::move(why);
  envelope.payload = utf8_prefix(raw, kMaxEventBytes);
  envelope.context.clear();
}

EventReader::EventReader() {
  TRIG_CHECK(!proof_.allocate(kMaxBatchBytes, kMaxJsonDepth), "no memory for the JSON parser");
  TRIG_CHECK(!parser_.allocate(kMaxBatchBytes, kMaxJsonDepth), "no memory for the JSON parser");
}

ReadEvent EventReader::read(std::string_view text, const BodyContext& body) {
  if (body.proven) return read_valid(text, body);
  simdjson::dom::element root;
  auto error = proof_.parse(text.data(), text.size(), false).get(root);
  if (error == simdjson::STRING_ERROR) {
    const simdjson::padded_string repaired(replace_lone_surrogates(text));
    if (!proof_.parse(repaired).get(root)) return read_valid(repaired, body);
  }
  if (!error) return read_valid(text, body);
  ReadEvent failed;
  failed.is_json = !is_structural(error);
  failed.envelope.received_at = failed.envelope.occurred_at = body.received_at;
  mark_malformed(failed.envelope, text, fault_text(error));
  return failed;
}

ReadEvent EventReader::read_valid(std::string_view text, const BodyContext& body) {
  ReadEvent result;
  Envelope& envelope = result.envelope;
  envelope.received_at = envelope.occurred_at = body.received_at;
  ondemand::document document;
  ondemand::object object;
  const simdjson::padded_string_view padded(text.data(), text.size(),
                                            text.size() + simdjson::SIMDJSON_PADDING);
  if (parser_.iterate(padded).get(document) || document.get_object().get(object)) {
    mark_malformed(envelope, text, "the event is not an object");
    return result;
  }
  Fields fields;
  for (auto field : object) {
    std::string_view key;
    ondemand::value value;
    if (field.unescaped_key().get(key) || field.value().get(value)) break;
    read_field(key, value, body.recorded, envelope, fields);
  }
  result.write_key = std::move(fields.write_key);
  if (body.recorded)
    read_times(envelope, fields);
  else
    envelope.occurred_at = occurrence(fields, body);
  if (text.size() > kMaxEventBytes)
    fields.note(fmt::format("the event is larger than {} bytes", kMaxEventBytes));
  if (const auto kind = kind_of(body.call, fields.type)) {
    envelope.kind = *kind;
    check_kind(envelope, fields);
  } else {
    fields.note(fields.type.empty()
                    ? std::string("the event has no type")
                    : fmt::format("unknown type `{}`", utf8_prefix(fields.type, 64)));
  }
  if (!fields.fault.empty()) {
    mark_malformed(envelope, text, std::move(fields.fault));
    return result;
  }
  const bool has_traits =
      envelope.kind == EnvelopeKind::kIdentify || envelope.kind == EnvelopeKind::kGroup;
  const bool is_view =
      envelope.kind == EnvelopeKind::kPage || envelope.kind == EnvelopeKind::kScreen;
  if (is_view) envelope.event = std::move(fields.name);
  const std::string_view payload = has_traits ? fields.traits : fields.properties;
  envelope.payload = payload.empty() ? "{}" : payload;
  envelope.context = fields.context.empty() ? body.context : fields.context;
  return result;
}

}  // namespace trig::ingest
