// Which triggers an event can start at all: the conditions of all campaigns on one event type,
// turned into tables over the event's fields, so that an event touches only campaigns that can
// match. Its work grows with those, not with the number of campaigns.
//
// A rule (an alternative of a campaign's trigger) stands in one place: at the values of the field
// that partitions best among its equalities; else in the ranges of a field; else at a prefix; else
// among those that are always asked. Rules of one value share a bucket.
//
//   PredicateIndex index(program, event);
//   index.find(fields, [](const PredicateIndex::Bucket& bucket) { … });
//
// A rule is added or removed in place. The outcome is that of an index built of the same rules anew
// (its dump says so): where the figures that choose a field have changed enough, all rules of
// the event are filed again, which happens as often as a field's number of values doubles.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/base/text_hash.h"
#include "compiler/exec/predicate.h"

namespace trig::exec {

struct Rule {
  std::uint32_t campaign = 0;
  std::uint32_t alternative = 0;  // of its trigger
  friend auto operator<=>(const Rule&, const Rule&) = default;
};

class PredicateIndex {
 public:
  struct Entry {
    Rule rule;
    std::vector<ir::NodeId> rest;  // conjuncts that are still to be evaluated
    bool reads_slots = false;      // one of them names the event by its binding
    // A field that the rest compares with one value, and that value's equality_hash: most rules of
    // a bucket are turned down by it, without a look at their conditions. 0: there is none.
    std::uint32_t guard_field = 0;
    std::uint64_t guard = 0;

    bool may_match(const ir::Items& fields) const {
      return guard == 0 || equality_hash(fields[guard_field]) == guard;
    }
  };
  struct Bucket {
    std::vector<Entry> entries;  // by rule
  };
  using BucketId = std::uint32_t;
  static constexpr BucketId kAlways = 0;

  struct Interval {
    std::int64_t low = 0;
    std::int64_t high = 0;
    BucketId bucket = 0;
    std::int64_t reach = 0;  // the highest of those up to this one
  };
  struct RangeGroup {
    KeyKind kind = KeyKind::kWhole;
    std::uint32_t currency = 0;
    std::vector<Interval> from;   // with a lower bound, by it
    std::vector<Interval> up_to;  // without, by the upper one
  };
  struct ScalarHash {
    std::size_t operator()(const ScalarKey& key) const {
      return (static_cast<std::size_t>(key.at) * 31 + static_cast<std::size_t>(key.detail)) * 31 +
             static_cast<std::size_t>(key.kind);
    }
  };
  struct FieldIndex {
    std::unordered_map<std::string, BucketId, TextHash, std::equal_to<>> texts;
    std::unordered_map<ScalarKey, BucketId, ScalarHash> scalars;
    std::vector<RangeGroup> ranges;
    std::unordered_map<std::string, BucketId, TextHash, std::equal_to<>> prefixes;
    std::map<std::size_t, std::size_t> prefix_lengths;  // length → how many prefixes have it
  };

  PredicateIndex() : buckets_(1) {}
  // Of the triggers that take this event; a sequence is matched against what came before, so it is
  // not among them.
  PredicateIndex(const ir::Program& program, std::uint32_t event);

  void add(const ir::Program& program, Rule rule);
  void remove(Rule rule);  // which must be there

  // Each bucket that the event falls into, once. Rules that are in none do not match.
  template <typename Visit>
  void find(const ir::Items& fields, Visit&& visit) const {
    if (!buckets_[kAlways].entries.empty()) visit(buckets_[kAlways]);
    auto visit_id = [&](BucketId id) { visit(buckets_[id]); };
    for (const auto& [field, index] : fields_) {
      const ir::Value& value = fields[field];
      if (const std::string* text = value.get<std::string>()) {
        if (auto found = index.texts.find(*text); found != index.texts.end())
          visit_id(found->second);
        find_prefixes(index, *text, visit_id);
      } else if (auto key = scalar_key(value)) {
        find_scalar(index, *key, visit_id);
      }
    }
  }

  // The buckets of one field, for those who hold its value in another form.
  template <typename Visit>
  static void find_prefixes(const FieldIndex& index, std::string_view text, Visit&& visit) {
    for (const auto& [length, count] : index.prefix_lengths) {
      if (length > text.size()) break;
      auto found = index.prefixes.find(text.substr(0, length));
      if (found != index.prefixes.end()) visit(found->second);
    }
  }
  template <typename Visit>
  static void find_scalar(const FieldIndex& index, const ScalarKey& key, Visit&& visit) {
    if (!index.scalars.empty())
      if (auto found = index.scalars.find(key); found != index.scalars.end()) visit(found->second);
    if (index.ranges.empty()) return;
    auto place = order_place(key);
    if (!place) return;
    for (const RangeGroup& group : index.ranges) {
      if (!compares(group, *place)) continue;
      auto interval =
          std::upper_bound(group.from.begin(), group.from.end(), place->at,
                           [](std::int64_t at, const Interval& above) { return at < above.low; });
      while (interval != group.from.begin() && (--interval)->reach >= place->at)
        if (place->at <= interval->high) visit(interval->bucket);
      for (auto up_to = group.up_to.rbegin(); up_to != group.up_to.rend(); ++up_to) {
        if (up_to->high < place->at) break;
        visit(up_to->bucket);
      }
    }
  }

  std::size_t size() const { return filed_.size(); }
  const std::map<std::uint32_t, FieldIndex>& fields() const { return fields_; }
  const std::vector<Bucket>& buckets() const { return buckets_; }

  // Amounts of one currency compare, and nothing compares with every amount.
  static bool compares(const RangeGroup& group, const OrderPlace& place) {
    return group.kind == place.kind && (group.currency == place.currency || group.currency == 0 ||
                                        (place.kind == KeyKind::kMoney && place.at == 0));
  }

  // One line a value, range or prefix, with the campaigns that stand there.
  std::string dump(const ir::Program& program, std::uint32_t event) const;

 private:
  struct Filed {
    std::vector<Predicate> predicates;
    bool reads_slots = false;
  };

  void count_keys(const Filed& filed, int by);
  int rank(const Predicate& predicate) const;
  const Predicate* place_of(const Filed& filed) const;
  void file(Rule rule, const Filed& filed);
  void unfile(Rule rule, const Filed& filed);
  void file_all();
  void file_range(FieldIndex& index, const Predicate& predicate, const Entry& entry);
  void unfile_range(FieldIndex& index, const Predicate& predicate, Rule rule);
  BucketId new_bucket();
  void insert(BucketId bucket, Entry entry);
  void erase(BucketId bucket, Rule rule);  // gives an empty one back
  template <typename Map, typename Key>
  void insert_at(Map& map, const Key& key, const Entry& entry);
  template <typename Map, typename Key>
  bool erase_at(Map& map, const Key& key, Rule rule);  // true: nothing is left there

  std::map<Rule, Filed> filed_;
  std::map<std::uint32_t, std::map<EqualityKey, std::size_t>> key_counts_;  // by field
  std::map<std::uint32_t, FieldIndex> fields_;
  std::vector<Bucket> buckets_;
  std::vector<BucketId> free_;
};

// The indexes of all event types that start campaigns, for `trig dump --stage index`.
std::string dump_indexes(const ir::Program& program);

}  // namespace trig::exec
