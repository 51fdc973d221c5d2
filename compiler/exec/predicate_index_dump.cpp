#include <fmt/format.h>

#include <algorithm>

#include "compiler/exec/predicate_index.h"

namespace trig::exec {
namespace {

constexpr std::int64_t kNoLow = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kNoHigh = std::numeric_limits<std::int64_t>::max();

std::string place_text(KeyKind kind, std::uint32_t currency, std::int64_t at) {
  switch (kind) {
    case KeyKind::kText: return {};
    case KeyKind::kBoolean: return at != 0 ? "true" : "false";
    case KeyKind::kWhole: return std::to_string(at);
    case KeyKind::kFraction: return Decimal::from_millionths(at).to_string();
    case KeyKind::kMoney: {
      std::string amount = Decimal::from_millionths(at).to_string();
      return currency == 0 ? amount : amount + " " + ir::Currency{currency}.to_string();
    }
    case KeyKind::kDate: return trig::to_string(Date(std::chrono::days(at)));
    case KeyKind::kTime: return trig::to_string(TimeOfDay{static_cast<std::int16_t>(at)});
    case KeyKind::kInstant: return trig::to_string(Instant(Duration(at)));
    case KeyKind::kDuration: return duration_text(Duration(at));
  }
  return {};
}

std::string bound_text(const PredicateIndex::RangeGroup& group, std::int64_t at) {
  // Places of numbers count millionths, fractions or not.
  KeyKind kind = group.kind == KeyKind::kWhole ? KeyKind::kFraction : group.kind;
  return place_text(kind, group.currency, at);
}

std::string range_text(const PredicateIndex::RangeGroup& group,
                       const PredicateIndex::Interval& range) {
  if (range.low == kNoLow) return "up to " + bound_text(group, range.high);
  if (range.high == kNoHigh) return "from " + bound_text(group, range.low);
  return fmt::format("from {} to {}", bound_text(group, range.low), bound_text(group, range.high));
}

std::string bucket_text(const ir::Program& program, const PredicateIndex::Bucket& bucket) {
  std::string text;
  for (const PredicateIndex::Entry& entry : bucket.entries) {
    text += (text.empty() ? "" : ", ") + program.campaigns[entry.rule.campaign].name;
    if (!entry.rest.empty()) text += fmt::format(" ({} more)", entry.rest.size());
  }
  return text;
}

template <typename Map>
auto sorted_keys(const Map& map) {
  std::vector<typename Map::key_type> keys;
  for (const auto& [key, bucket] : map) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

class IndexDump {
 public:
  explicit IndexDump(const ir::Program& program, const PredicateIndex& index)
      : program_(program), index_(index) {}

  void line(std::string_view field, std::string_view place, PredicateIndex::BucketId bucket) {
    out +=
        fmt::format("  {} {}: {}\n", field, place, bucket_text(program_, index_.buckets()[bucket]));
  }

  void field(const std::string& name, const PredicateIndex::FieldIndex& field) {
    for (const std::string& text : sorted_keys(field.texts))
      line(name, "== " + ir::to_string(ir::Value(text)), field.texts.at(text));
    for (const ScalarKey& key : sorted_keys(field.scalars))
      line(name, "== " + place_text(key.kind, key.detail, key.at), field.scalars.at(key));
    std::vector<PredicateIndex::RangeGroup> groups = field.ranges;
    std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
      return std::pair(a.kind, a.currency) < std::pair(b.kind, b.currency);
    });
    for (const PredicateIndex::RangeGroup& group : groups) {
      for (const auto& range : group.from) line(name, range_text(group, range), range.bucket);
      for (const auto& range : group.up_to) line(name, range_text(group, range), range.bucket);
    }
    for (const std::string& text : sorted_keys(field.prefixes))
      line(name, "starts with " + ir::to_string(ir::Value(text)), field.prefixes.at(text));
  }

  std::string out;

 private:
  const ir::Program& program_;
  const PredicateIndex& index_;
};

}  // namespace

std::string PredicateIndex::dump(const ir::Program& program, std::uint32_t event) const {
  const ir::EventType& type = program.events[event];
  const ir::RecordType& record = program.types.record_at(type.record);
  IndexDump dump(program, *this);
  dump.out = fmt::format("index {}: {}\n", type.name, filed_.size());
  for (const auto& [field, index] : fields_) dump.field(record.fields[field].name, index);
  if (!buckets_[kAlways].entries.empty())
    dump.out += fmt::format("  always: {}\n", bucket_text(program, buckets_[kAlways]));
  return dump.out;
}

std::string dump_indexes(const ir::Program& program) {
  std::string text;
  for (std::uint32_t event = 0; event < program.events.size(); ++event) {
    PredicateIndex index(program, event);
    if (index.size() > 0) text += index.dump(program, event);
  }
  return text;
}

}  // namespace trig::exec
