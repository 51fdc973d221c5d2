#include "runtime/ingest/envelope_parser.h"

#include "compiler/base/check.h"
#include "runtime/ingest/event_reader.h"
#include "runtime/ingest/json_repair.h"
#include "runtime/ports/limits.h"

namespace trig::ingest {

namespace ondemand = simdjson::ondemand;

namespace {

// The parts of {"batch": […], "sentAt": …, "context": …, "writeKey": …}, as text.
struct BatchParts {
  std::vector<std::string_view> events;
  std::optional<Instant> sent_at;
  std::string_view context;
  std::string write_key;
  bool is_object = false;
  bool has_batch = false;
};

// The text of any value; moves past it.
simdjson::error_code raw_text(ondemand::value value, std::string_view& text) {
  ondemand::json_type type;
  if (auto error = value.type().get(type)) return error;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    if (auto error = value.get_object().get(object)) return error;
    return object.raw_json().get(text);
  }
  if (type == ondemand::json_type::array) {
    ondemand::array array;
    if (auto error = value.get_array().get(array)) return error;
    return array.raw_json().get(text);
  }
  text = value.raw_json_token();
  return simdjson::SUCCESS;
}

simdjson::error_code split_events(ondemand::value value, BatchParts& parts) {
  ondemand::array array;
  if (auto error = value.get_array().get(array)) return error;
  parts.has_batch = true;
  for (auto element : array) {
    ondemand::value event;
    std::string_view text;
    if (auto error = element.get(event)) return error;
    if (auto error = raw_text(event, text)) return error;
    if (parts.events.size() <= kMaxEventsPerBatch) parts.events.push_back(text);
  }
  return simdjson::SUCCESS;
}

simdjson::error_code read_part(std::string_view key, ondemand::value value, BatchParts& parts) {
  ondemand::json_type type;
  if (auto error = value.type().get(type)) return error;
  std::string_view text;
  if (key == "batch" && type == ondemand::json_type::array) return split_events(value, parts);
  if (type == ondemand::json_type::string && (key == "sentAt" || key == "writeKey")) {
    if (value.get_string().get(text)) return simdjson::SUCCESS;  // an odd escape: as if not there
    if (key == "sentAt")
      parts.sent_at = parse_instant(text);
    else
      parts.write_key = text;
    return simdjson::SUCCESS;
  }
  if (auto error = raw_text(value, text)) return error;
  if (key == "context" && type == ondemand::json_type::object) parts.context = text;
  return simdjson::SUCCESS;
}

// Finds where the events are without looking into them, so that what is wrong with one stays there.
simdjson::error_code split_body(ondemand::document& document, BatchParts& parts) {
  ondemand::json_type type;
  if (auto error = document.type().get(type)) return error;
  if (type != ondemand::json_type::object) return simdjson::SUCCESS;
  parts.is_object = true;
  ondemand::object object;
  if (auto error = document.get_object().get(object)) return error;
  for (auto field : object) {
    std::string_view key;
    ondemand::value value;
    if (auto error = field.unescaped_key().get(key)) return error;
    if (auto error = field.value().get(value)) return error;
    if (auto error = read_part(key, value, parts)) return error;
  }
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

}  // namespace

struct EnvelopeParser::Impl {
  Impl() { TRIG_CHECK(!proof.allocate(kMaxEventBytes, kMaxJsonDepth), "no memory for a parser"); }
  tl::expected<ParsedBody, BodyError> parse_batch(std::string_view text, BodyContext context);
  tl::expected<ParsedBody, BodyError> parse_single(std::string_view text,
                                                   const BodyContext& context);
  bool proves(std::string_view context);

  ondemand::parser splitter;
  simdjson::dom::parser proof;
  EventReader reader;
};

EnvelopeParser::EnvelopeParser() : impl_(std::make_unique<Impl>()) {}
EnvelopeParser::~EnvelopeParser() = default;

tl::expected<ParsedBody, BodyError> EnvelopeParser::parse(std::string body, SegmentCall call,
                                                          Instant received_at) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.starts_with(kByteOrderMark)) body.erase(0, kByteOrderMark.size());
  if (!simdjson::validate_utf8(body)) body = replace_invalid_utf8(body);
  const std::size_t size = body.size();
  body.append(simdjson::SIMDJSON_PADDING, '\0');
  const std::string_view text(body.data(), size);
  BodyContext context{.call = call, .received_at = received_at, .sent_at = {}, .context = {}};
  return call == SegmentCall::kBatch ? impl_->parse_batch(text, context)
                                     : impl_->parse_single(text, context);
}

tl::expected<ParsedBody, BodyError> EnvelopeParser::Impl::parse_single(std::string_view text,
                                                                       const BodyContext& context) {
  ReadEvent event = reader.read(text, context);
  if (!event.is_json) return tl::unexpected(BodyError::kNotJson);
  ParsedBody parsed;
  parsed.write_key = std::move(event.write_key);
  parsed.envelopes.push_back(std::move(event.envelope));
  return parsed;
}

tl::expected<ParsedBody, BodyError> EnvelopeParser::Impl::parse_batch(std::string_view text,
                                                                      BodyContext context) {
  ondemand::document document;
  BatchParts parts;
  const simdjson::padded_string_view padded(text.data(), text.size(),
                                            text.size() + simdjson::SIMDJSON_PADDING);
  if (splitter.iterate(padded).get(document) || split_body(document, parts))
    return tl::unexpected(BodyError::kNotJson);
  if (parts.events.size() > kMaxEventsPerBatch) return tl::unexpected(BodyError::kTooManyEvents);
  ParsedBody parsed;
  parsed.write_key = std::move(parts.write_key);
  if (!parts.has_batch) {  // JSON, but not a batch: kept and shown like any other malformed event
    ReadEvent event = reader.read(text, context);
    if (!event.is_json) return tl::unexpected(BodyError::kNotJson);
    mark_malformed(event.envelope, text,
                   parts.is_object ? "the body has no batch array" : "the body is not an object");
    parsed.envelopes.push_back(std::move(event.envelope));
    return parsed;
  }
  context.sent_at = parts.sent_at;
  if (proves(parts.context)) context.context = parts.context;
  parsed.envelopes.reserve(parts.events.size());
  for (const std::string_view event : parts.events)
    parsed.envelopes.push_back(reader.read(event, context).envelope);
  return parsed;
}

// The split does not look inside the context; no event gets one that is not JSON.
bool EnvelopeParser::Impl::proves(std::string_view context) {
  simdjson::dom::element root;
  return !context.empty() && context.size() <= kMaxEventBytes &&
         !proof.parse(context.data(), context.size(), false).get(root);
}

}  // namespace trig::ingest
