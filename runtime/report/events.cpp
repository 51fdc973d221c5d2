#include "runtime/report/events.h"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace trig::report {
namespace {

std::string_view fate_text(engine::EventFate fate) {
  switch (fate) {
    case engine::EventFate::kApplied: return "applied";
    case engine::EventFate::kRejected: return "rejected";
    case engine::EventFate::kOnlyIds: return "ids only";
    case engine::EventFate::kEmitted: return "emitted";
  }
  return "unknown";
}

std::string who(const engine::EventRow& row) {
  const Envelope& envelope = row.envelope;
  if (row.fate == engine::EventFate::kEmitted) return fmt::format("#{}", raw(row.person));
  if (!envelope.user_id.empty()) return envelope.user_id;
  return envelope.anonymous_id.empty() ? "nobody" : envelope.anonymous_id;
}

bool list_row(std::string_view key, std::string_view value, bool& damaged,
              const std::function<bool(const ListedEvent&)>& visit) {
  ByteReader reader(key);
  ListedEvent event;
  event.sequence = Sequence{reader.fixed64()};
  auto row = engine::decode_event_row(value);
  damaged = !row || !reader.ok();
  if (damaged) return false;
  event.row = std::move(*row);
  return visit(event);
}

}  // namespace

std::string_view kind_text(EnvelopeKind kind) {
  switch (kind) {
    case EnvelopeKind::kTrack: return "track";
    case EnvelopeKind::kIdentify: return "identify";
    case EnvelopeKind::kPage: return "page";
    case EnvelopeKind::kScreen: return "screen";
    case EnvelopeKind::kGroup: return "group";
    case EnvelopeKind::kAlias: return "alias";
  }
  return "unknown";
}

Status list_events(const Store& store, bool rejected_only,
                   const std::function<bool(const ListedEvent&)>& visit) {
  bool damaged = false;
  Status done;
  if (!rejected_only) {
    done = store.scan(Space::kEvents, {}, {}, [&](std::string_view key, std::string_view value) {
      return list_row(key, value, damaged, visit);
    });
  } else {
    Status inner;
    done = store.scan(Space::kRejected, {}, {}, [&](std::string_view key, std::string_view) {
      auto stored = store.get(Space::kEvents, key);
      if (!stored) inner = tl::unexpected(stored.error());
      if (!stored) return false;
      return !*stored || list_row(key, **stored, damaged, visit);  // its row may have expired
    });
    if (done) done = inner;
  }
  if (done && damaged) return fail("an event row is damaged");
  return done;
}

std::string event_text(const ListedEvent& event, Zone zone) {
  const Envelope& e = event.row.envelope;
  LocalTime local = zone.to_local(e.received_at);
  local.since_epoch = std::chrono::floor<std::chrono::seconds>(local.since_epoch);
  std::string name = e.event.empty() ? std::string(kind_text(e.kind))
                                     : fmt::format("{} {}", kind_text(e.kind), e.event);
  std::string text = fmt::format("{:<8} {:<20} {:<9} {:<32} {}", raw(event.sequence),
                                 to_string(local), fate_text(event.row.fate), name, who(event.row));
  if (!event.row.reason.empty()) text += "\n         " + event.row.reason;
  return text + "\n";
}

std::string event_json(const ListedEvent& event) {
  const Envelope& e = event.row.envelope;
  boost::json::object row{{"sequence", raw(event.sequence)},
                          {"received_at", to_string(e.received_at)},
                          {"occurred_at", to_string(e.occurred_at)},
                          {"kind", kind_text(e.kind)},
                          {"event", e.event},
                          {"source", e.source},
                          {"message_id", e.message_id},
                          {"user_id", e.user_id},
                          {"anonymous_id", e.anonymous_id},
                          {"person", raw(event.row.person)},
                          {"fate", fate_text(event.row.fate)},
                          {"reason", event.row.reason},
                          {"payload", e.payload}};
  return boost::json::serialize(row) + "\n";
}

}  // namespace trig::report
