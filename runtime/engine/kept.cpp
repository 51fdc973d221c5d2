#include "runtime/engine/kept.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/codec.h"

namespace trig::engine {
namespace {

constexpr std::uint8_t kKeptForm = 1;
constexpr std::uint8_t kFillingForm = 1;

std::string minute_text(Instant instant, Zone zone) {
  LocalTime local = zone.to_local(instant);
  local.since_epoch = std::chrono::ceil<std::chrono::minutes>(local.since_epoch);
  return trig::to_string(local) + " " + zone.name();
}

}  // namespace

std::string encode(const KeptSince& kept) {
  ByteWriter w;
  w.u8(kKeptForm);
  w.fixed64(static_cast<std::uint64_t>(kept.event));
  w.zigzag(kept.window ? kept.window->count() : -1);
  w.instant(kept.rows);
  w.varint(kept.fields.size());
  for (const auto& [field, since] : kept.fields) {
    w.fixed64(static_cast<std::uint64_t>(field));
    w.instant(since);
  }
  return w.take();
}

std::optional<KeptSince> decode_kept(std::string_view bytes) {
  ByteReader r(bytes);
  if (r.u8() != kKeptForm) return std::nullopt;
  KeptSince kept;
  kept.event = NameHash{r.fixed64()};
  std::int64_t window = r.zigzag();
  if (window >= 0) kept.window = Duration(window);
  kept.rows = r.instant();
  std::uint64_t fields = r.varint();
  for (std::uint64_t i = 0; i < fields && r.ok(); ++i) {
    NameHash field{r.fixed64()};
    kept.fields.emplace_back(field, r.instant());
  }
  if (!r.ok() || !r.at_end()) return std::nullopt;
  return kept;
}

NameHash kept_field(const ir::Program& program, const ir::EventType& event, std::size_t index) {
  const ir::Field& field = program.types.record_at(event.record).fields[index];
  return name_hash(field.name + ": " + program.types.name(field.type.required()));
}

KeptSince keep_from(const ir::Program& program, const ir::EventType& event, const KeptSince* before,
                    Instant now) {
  KeptSince kept;
  kept.event = event.hash;
  kept.window = event.history_window;
  bool longer = before != nullptr && before->window &&
                (!event.history_window || *event.history_window > *before->window);
  auto since = [&](Instant known) {
    return longer ? std::max(known, now - *before->window) : known;
  };
  kept.rows = before == nullptr ? now : since(before->rows);
  for (std::size_t i = 0; i < event.history_fields.size(); ++i) {
    if (!event.history_fields[i]) continue;
    NameHash name = kept_field(program, event, i);
    Instant field_since = now;
    if (before != nullptr)
      for (const auto& [known, at] : before->fields)
        if (known == name) field_since = since(at);
    kept.fields.emplace_back(name, field_since);
  }
  return kept;
}

Instant whole_since(const KeptSince& kept) {
  Instant since = kept.rows;
  for (const auto& [field, at] : kept.fields) since = std::max(since, at);
  return since;
}

std::string encode(const Filling& filling) {
  ByteWriter w;
  w.u8(kFillingForm);
  w.fixed64(filling.wanted.high);
  w.fixed64(filling.wanted.low);
  w.instant(filling.reach);
  w.varint(raw(filling.done));
  w.varint(raw(filling.until));
  w.varint(filling.events.size());
  for (NameHash event : filling.events) w.fixed64(static_cast<std::uint64_t>(event));
  return w.take();
}

std::optional<Filling> decode_filling(std::string_view bytes) {
  ByteReader r(bytes);
  if (r.u8() != kFillingForm) return std::nullopt;
  Filling filling;
  filling.wanted.high = r.fixed64();
  filling.wanted.low = r.fixed64();
  filling.reach = r.instant();
  filling.done = Sequence{r.varint()};
  filling.until = Sequence{r.varint()};
  std::uint64_t events = r.varint();
  for (std::uint64_t i = 0; i < events && r.ok(); ++i)
    filling.events.push_back(NameHash{r.fixed64()});
  if (!r.ok() || !r.at_end()) return std::nullopt;
  return filling;
}

std::string to_string(const Completeness& one, Zone zone) {
  std::string since = minute_text(one.kept_since, zone);
  std::string text = one.complete_from
                         ? fmt::format("{} is complete from {} on (events are kept since {})",
                                       one.aggregate, minute_text(*one.complete_from, zone), since)
                         : fmt::format("{} holds what occurred from {} on", one.aggregate, since);
  return text + (one.filling ? ", once the stored events have been gone through" : "");
}

}  // namespace trig::engine
