#include "compiler/exec/predicate_index.h"

#include <algorithm>
#include <bit>

#include "compiler/base/check.h"
#include "compiler/exec/trigger_slots.h"

namespace trig::exec {
namespace {

bool by_rule(const PredicateIndex::Entry& entry, const Rule& rule) { return entry.rule < rule; }

bool has_lower_bound(const RangeBounds& range) { return range.low != RangeBounds().low; }

// Rules of one interval stand in one order, whenever they came.
auto from_order(const PredicateIndex::Interval& interval) {
  return std::pair(interval.low, interval.high);
}

// From the one that came or followed the one that went, until nothing changes.
void find_reaches(std::vector<PredicateIndex::Interval>& intervals, std::size_t from) {
  for (std::size_t i = from; i < intervals.size(); ++i) {
    std::int64_t reach = intervals[i].high;
    if (i > 0) reach = std::max(reach, intervals[i - 1].reach);
    if (i > from && intervals[i].reach == reach) return;
    intervals[i].reach = reach;
  }
}

}  // namespace

PredicateIndex::PredicateIndex(const ir::Program& program, std::uint32_t event) : PredicateIndex() {
  for (std::uint32_t c = 0; c < program.campaigns.size(); ++c) {
    const ir::StartTrigger& trigger = program.campaigns[c].trigger;
    if (std::holds_alternative<ir::OnSequence>(trigger.kind)) continue;
    for (std::uint32_t a = 0; a < trigger.alternatives.size(); ++a) {
      if (trigger.alternatives[a].event != event) continue;
      ir::NodeId where = trigger.alternatives[a].where;
      Filed& filed = filed_[{c, a}];
      filed = {split_conjuncts(program, where), reads_slots(program, where)};
      count_keys(filed, 1);
    }
  }
  file_all();
}

void PredicateIndex::add(const ir::Program& program, Rule rule) {
  ir::NodeId where = program.campaigns[rule.campaign].trigger.alternatives[rule.alternative].where;
  auto [place, added] = filed_.try_emplace(rule);
  TRIG_CHECK(added, "a rule was added to an index twice");
  place->second = {split_conjuncts(program, where), reads_slots(program, where)};
  std::vector<int> before;
  for (const Predicate& predicate : place->second.predicates) before.push_back(rank(predicate));
  count_keys(place->second, 1);
  std::vector<int> after;
  for (const Predicate& predicate : place->second.predicates) after.push_back(rank(predicate));
  before == after ? file(rule, place->second) : file_all();
}

void PredicateIndex::remove(Rule rule) {
  auto place = filed_.find(rule);
  TRIG_CHECK(place != filed_.end(), "a rule to be removed is not in the index");
  Filed filed = std::move(place->second);
  std::vector<int> before;
  for (const Predicate& predicate : filed.predicates) before.push_back(rank(predicate));
  unfile(rule, filed);
  filed_.erase(place);
  count_keys(filed, -1);
  std::vector<int> after;
  for (const Predicate& predicate : filed.predicates) after.push_back(rank(predicate));
  if (before != after) file_all();
}

void PredicateIndex::count_keys(const Filed& filed, int by) {
  for (const Predicate& predicate : filed.predicates) {
    if (predicate.kind != PredicateKind::kEquality) continue;
    auto& counts = key_counts_[predicate.field];
    for (const EqualityKey& key : predicate.keys) {
      auto count = counts.try_emplace(key, 0).first;
      count->second += static_cast<std::size_t>(by);
      if (count->second == 0) counts.erase(count);
    }
  }
}

// How well the field partitions, in powers of two: small changes move nothing.
int PredicateIndex::rank(const Predicate& predicate) const {
  if (predicate.kind != PredicateKind::kEquality) return 0;
  auto counts = key_counts_.find(predicate.field);
  std::size_t values = counts == key_counts_.end() ? 0 : counts->second.size();
  return static_cast<int>(std::bit_width(values)) -
         static_cast<int>(std::bit_width(predicate.keys.size()));
}

// The predicate a rule is filed by; null: it is always asked.
const Predicate* PredicateIndex::place_of(const Filed& filed) const {
  const Predicate* best = nullptr;
  auto better = [&](const Predicate& a, const Predicate& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    if (a.kind == PredicateKind::kEquality && rank(a) != rank(b)) return rank(a) > rank(b);
    return a.field < b.field;
  };
  for (const Predicate& predicate : filed.predicates)
    if (predicate.kind != PredicateKind::kResidual && (best == nullptr || better(predicate, *best)))
      best = &predicate;
  return best;
}

void PredicateIndex::file(Rule rule, const Filed& filed) {
  const Predicate* place = place_of(filed);
  Entry entry{rule, {}, filed.reads_slots, 0, 0};
  // A key says all there is to say; ranges and prefixes only narrow down.
  for (const Predicate& predicate : filed.predicates) {
    if (&predicate == place && place->kind == PredicateKind::kEquality) continue;
    entry.rest.push_back(predicate.node);
    if (predicate.kind != PredicateKind::kEquality || predicate.keys.size() != 1) continue;
    entry.guard_field = predicate.field;
    entry.guard = hash_of(predicate.keys.front());
  }
  if (place == nullptr) return insert(kAlways, std::move(entry));
  FieldIndex& index = fields_[place->field];
  if (place->kind == PredicateKind::kRange) return file_range(index, *place, entry);
  if (place->kind == PredicateKind::kPrefix) {
    bool first = !index.prefixes.contains(place->prefix);
    insert_at(index.prefixes, place->prefix, entry);
    if (first) ++index.prefix_lengths[place->prefix.size()];
    return;
  }
  for (const EqualityKey& key : place->keys) {
    if (key.scalar.kind == KeyKind::kText)
      insert_at(index.texts, key.text, entry);
    else
      insert_at(index.scalars, key.scalar, entry);
  }
}

void PredicateIndex::unfile(Rule rule, const Filed& filed) {
  const Predicate* place = place_of(filed);
  if (place == nullptr) return erase(kAlways, rule);
  FieldIndex& index = fields_[place->field];
  if (place->kind == PredicateKind::kRange) {
    unfile_range(index, *place, rule);
  } else if (place->kind == PredicateKind::kPrefix) {
    auto length = index.prefix_lengths.find(place->prefix.size());
    if (erase_at(index.prefixes, place->prefix, rule) && --length->second == 0)
      index.prefix_lengths.erase(length);
  } else {
    for (const EqualityKey& key : place->keys) {
      if (key.scalar.kind == KeyKind::kText)
        erase_at(index.texts, key.text, rule);
      else
        erase_at(index.scalars, key.scalar, rule);
    }
  }
  if (index.texts.empty() && index.scalars.empty() && index.ranges.empty() &&
      index.prefixes.empty())
    fields_.erase(place->field);
}

void PredicateIndex::file_all() {
  fields_.clear();
  free_.clear();
  buckets_.assign(1, {});
  for (const auto& [rule, filed] : filed_) file(rule, filed);
}

void PredicateIndex::file_range(FieldIndex& index, const Predicate& predicate, const Entry& entry) {
  const RangeBounds& range = predicate.range;
  auto group = std::find_if(index.ranges.begin(), index.ranges.end(), [&](const RangeGroup& known) {
    return known.kind == range.kind && known.currency == range.currency;
  });
  if (group == index.ranges.end())
    group = index.ranges.insert(group, {range.kind, range.currency, {}, {}});
  Interval interval{range.low, range.high, 0, 0};
  auto& intervals = has_lower_bound(range) ? group->from : group->up_to;
  auto place = std::lower_bound(
      intervals.begin(), intervals.end(), interval,
      [](const Interval& a, const Interval& b) { return from_order(a) < from_order(b); });
  if (place == intervals.end() || from_order(*place) != from_order(interval)) {
    interval.bucket = new_bucket();
    place = intervals.insert(place, interval);
    find_reaches(intervals, static_cast<std::size_t>(place - intervals.begin()));
  }
  insert(place->bucket, entry);
}

void PredicateIndex::unfile_range(FieldIndex& index, const Predicate& predicate, Rule rule) {
  const RangeBounds& range = predicate.range;
  auto group = std::find_if(index.ranges.begin(), index.ranges.end(), [&](const RangeGroup& known) {
    return known.kind == range.kind && known.currency == range.currency;
  });
  auto& intervals = has_lower_bound(range) ? group->from : group->up_to;
  auto place = std::find_if(intervals.begin(), intervals.end(), [&](const Interval& interval) {
    return interval.low == range.low && interval.high == range.high;
  });
  erase(place->bucket, rule);
  if (buckets_[place->bucket].entries.empty()) {
    place = intervals.erase(place);
    find_reaches(intervals, static_cast<std::size_t>(place - intervals.begin()));
  }
  if (group->from.empty() && group->up_to.empty()) index.ranges.erase(group);
}

PredicateIndex::BucketId PredicateIndex::new_bucket() {
  if (free_.empty()) {
    buckets_.emplace_back();
    return static_cast<BucketId>(buckets_.size() - 1);
  }
  BucketId id = free_.back();
  free_.pop_back();
  return id;
}

void PredicateIndex::insert(BucketId bucket, Entry entry) {
  std::vector<Entry>& entries = buckets_[bucket].entries;
  auto place = std::lower_bound(entries.begin(), entries.end(), entry.rule, by_rule);
  entries.insert(place, std::move(entry));
}

void PredicateIndex::erase(BucketId bucket, Rule rule) {
  std::vector<Entry>& entries = buckets_[bucket].entries;
  auto place = std::lower_bound(entries.begin(), entries.end(), rule, by_rule);
  TRIG_CHECK(place != entries.end() && place->rule == rule, "a rule is not where it was filed");
  entries.erase(place);
  if (entries.empty() && bucket != kAlways) free_.push_back(bucket);
}

template <typename Map, typename Key>
void PredicateIndex::insert_at(Map& map, const Key& key, const Entry& entry) {
  auto [place, added] = map.try_emplace(key, 0);
  if (added) place->second = new_bucket();
  insert(place->second, entry);
}

template <typename Map, typename Key>
bool PredicateIndex::erase_at(Map& map, const Key& key, Rule rule) {
  auto place = map.find(key);
  TRIG_CHECK(place != map.end(), "a rule is not where it was filed");
  erase(place->second, rule);
  if (!buckets_[place->second].entries.empty()) return false;
  map.erase(place);
  return true;
}

}  // namespace trig::exec
