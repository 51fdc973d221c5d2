#include "compiler/exec/late_watches.h"

#include <algorithm>

#include "compiler/exec/campaign_numbers.h"

namespace trig::exec {
namespace {

std::uint64_t microseconds(Instant instant) {
  return static_cast<std::uint64_t>(instant.time_since_epoch().count());
}

// Cuts the first entry off `rest`: what follows its size, or nothing where there is none.
std::string_view next_entry(std::string_view& rest) {
  ByteReader reader(rest);
  const std::string_view entry = reader.text_view();
  rest = reader.ok() ? reader.rest() : std::string_view();
  return entry;
}

Instant begun_at(std::string_view entry) { return ByteReader(entry).instant(); }

}  // namespace

void LateWatches::add(const LateWatch& watch) {
  auto campaign = std::find(campaigns_.begin(), campaigns_.end(), watch.campaign);
  if (campaign == campaigns_.end()) campaign = campaigns_.insert(campaign, watch.campaign);
  ByteWriter entry;
  entry.instant(watch.begun_at);
  entry.varint(static_cast<std::uint64_t>(campaign - campaigns_.begin()));
  entry.varint(raw(watch.journey));
  entry.varint(watch.watch);
  entry.varint(microseconds(watch.begun_at) - microseconds(watch.trigger.occurred_at));
  entry.varint(raw(watch.trigger.sequence));
  entry.varint(watch.slots.size());
  for (const ir::Value& slot : watch.slots) ir::encode(slot, entry);
  if (empty()) oldest_ = watch.begun_at;
  newest_ = std::max(newest_, watch.begun_at);
  ByteWriter size;
  size.varint(entry.bytes().size());
  bytes_ += size.bytes();
  bytes_ += entry.bytes();
}

LateWatch LateWatches::read(std::string_view entry) const {
  ByteReader reader(entry);
  LateWatch watch;
  watch.begun_at = reader.instant();
  watch.campaign = campaigns_[reader.varint()];  // `decode` has looked at it
  watch.journey = JourneyId{reader.varint()};
  watch.watch = static_cast<std::uint32_t>(reader.varint());
  watch.trigger.occurred_at =
      Instant(Duration(static_cast<std::int64_t>(microseconds(watch.begun_at) - reader.varint())));
  watch.trigger.sequence = Sequence{reader.varint()};
  for (std::uint64_t slots = reader.varint(); slots > 0 && reader.ok(); --slots)
    watch.slots.push_back(ir::decode_value(reader));
  return watch;
}

std::vector<LateWatch> LateWatches::from(Instant instant) const {
  std::vector<LateWatch> found;
  for (std::string_view rest = bytes_; !rest.empty();)
    if (const std::string_view entry = next_entry(rest); begun_at(entry) >= instant)
      found.push_back(read(entry));
  return found;
}

void LateWatches::drop_first_before(Instant instant) {
  std::string_view rest = bytes_;
  std::size_t dropped = 0;
  while (!rest.empty() && begun_at(next_entry(rest)) < instant)
    dropped = bytes_.size() - rest.size();
  bytes_.erase(0, dropped);
  note_ends();
}

void LateWatches::note_ends() {
  oldest_ = Instant::max();
  newest_ = Instant::min();
  if (bytes_.empty()) campaigns_.clear();
  for (std::string_view rest = bytes_; !rest.empty();) {
    const Instant at = begun_at(next_entry(rest));
    if (oldest_ == Instant::max()) oldest_ = at;
    newest_ = std::max(newest_, at);
  }
}

void LateWatches::unite(const LateWatches& other) {
  std::vector<LateWatch> all = from(Instant::min());
  std::vector<LateWatch> theirs = other.from(Instant::min());
  all.insert(all.end(), std::make_move_iterator(theirs.begin()),
             std::make_move_iterator(theirs.end()));
  std::stable_sort(all.begin(), all.end(),
                   [](const LateWatch& a, const LateWatch& b) { return a.begun_at < b.begun_at; });
  *this = {};
  for (const LateWatch& watch : all) add(watch);
}

void LateWatches::encode(CampaignNumbers& numbers, ByteWriter& writer) const {
  writer.text(bytes_);
  if (empty()) return;
  writer.varint(campaigns_.size());
  for (const CampaignRef& campaign : campaigns_) writer.varint(numbers.of(campaign));
}

LateWatches LateWatches::decode(ByteReader& reader, const CampaignNumbers& numbers) {
  LateWatches watches;
  watches.bytes_ = reader.text();
  if (watches.empty()) return watches;
  for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const CampaignRef* campaign = numbers.find(reader.varint());
    if (campaign == nullptr)
      reader.mark_bad();
    else
      watches.campaigns_.push_back(*campaign);
  }
  for (std::string_view rest = watches.bytes_; !rest.empty() && reader.ok();) {
    ByteReader entry(next_entry(rest));
    entry.instant();
    if (entry.varint() >= watches.campaigns_.size() || !entry.ok()) reader.mark_bad();
  }
  if (reader.ok()) watches.note_ends();
  return watches;
}

}  // namespace trig::exec
