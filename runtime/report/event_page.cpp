#include "runtime/report/event_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/exec/payload.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"
#include "runtime/report/events.h"

namespace trig::report {
namespace {

void add_text(std::string& line, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  fmt::format_to(std::back_inserter(line), "\"{}\":", name);
  exec::write_json(text, line);
  line += ',';
}

// A line end in JSON stands between two of its words.
std::string on_one_line(std::string json) {
  std::replace_if(
      json.begin(), json.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return json;
}

void add_line(std::string& lines, const engine::EventRow& row) {
  const Envelope& envelope = row.envelope;
  const EnvelopeKind kind = envelope.kind;
  const bool traits = kind == EnvelopeKind::kIdentify || kind == EnvelopeKind::kGroup;
  const bool viewed = kind == EnvelopeKind::kPage || kind == EnvelopeKind::kScreen;
  fmt::format_to(std::back_inserter(lines), "{{\"person\":{},", raw(row.person));
  add_text(lines, "userId", envelope.user_id);
  add_text(lines, "anonymousId", envelope.anonymous_id);
  add_text(lines, "type", kind_text(kind));
  add_text(lines, viewed ? "name" : "event", envelope.event);
  add_text(lines, "messageId", envelope.message_id);
  add_text(lines, "previousId", envelope.previous_id);
  add_text(lines, "groupId", envelope.group_id);
  fmt::format_to(std::back_inserter(lines), "\"{}\":{},", traits ? "traits" : "properties",
                 envelope.payload.empty() ? "{}" : on_one_line(envelope.payload));
  if (!envelope.context.empty())
    fmt::format_to(std::back_inserter(lines), "\"context\":{},", on_one_line(envelope.context));
  fmt::format_to(std::back_inserter(lines), "\"timestamp\":\"{}\",\"receivedAt\":\"{}\"}}\n",
                 to_string(envelope.occurred_at), to_string(envelope.received_at));
}

// The first stored event at or after a number: its number, and when it was received.
Result<std::optional<std::pair<std::uint64_t, Instant>>> first_at(const Store& store,
                                                                  std::uint64_t number) {
  std::optional<std::pair<std::uint64_t, Instant>> found;
  bool damaged = false;
  Status done = store.scan(Space::kEvents, engine::event_key(Sequence{number}), {},
                           [&](std::string_view key, std::string_view value) {
                             auto row = engine::decode_event_row(value);
                             damaged = !row;
                             if (row)
                               found = {ByteReader(key).fixed64(), row->envelope.received_at};
                             return false;
                           });
  if (!done) return tl::unexpected(done.error());
  if (damaged) return fail("an event row is damaged");
  return found;
}

// Events are numbered as they are received.
Result<std::uint64_t> first_received(const Store& store, Instant from) {
  std::uint64_t low = 0;
  std::uint64_t high = std::uint64_t{1} << 62;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    auto found = first_at(store, middle);
    if (!found) return tl::unexpected(found.error());
    if (*found && (*found)->second < from)
      low = (*found)->first + 1;
    else
      high = middle;
  }
  return low;
}

}  // namespace

Result<EventPage> event_page(const Store& store, const EventPageQuestion& question) {
  std::uint64_t begin = question.begin;
  if (begin == 0 && question.from) {
    auto first = first_received(store, *question.from);
    if (!first) return tl::unexpected(first.error());
    begin = *first;
  }
  EventPage page;
  std::size_t bytes = 0;
  bool damaged = false;
  Status done =
      store.scan(Space::kEvents, engine::event_key(Sequence{begin}), {},
                 [&](std::string_view key, std::string_view value) {
                   if (bytes >= kMaxEventPageBytes) {
                     page.next = ByteReader(key).fixed64();
                     return false;
                   }
                   bytes += value.size();
                   auto row = engine::decode_event_row(value);
                   damaged = !row;
                   if (damaged || (question.to && row->envelope.received_at >= *question.to))
                     return false;
                   if (row->fate != engine::EventFate::kEmitted && row->envelope.malformed.empty())
                     add_line(page.lines, *row);
                   return true;
                 });
  if (!done) return tl::unexpected(done.error());
  if (damaged) return fail("an event row is damaged");
  return page;
}

}  // namespace trig::report
