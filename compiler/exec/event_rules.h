// EventRules: the rules of one event, in an index that is shared from program to program. Rules of
// campaigns that changed since stand beside it in a small index of their own, and what the large
// one still says of these campaigns does not count. So one changed campaign costs what its own
// rules cost, however many there are, and what goes on with the program before finds its index
// untouched.
//
//   EventRules next(before, was, program, event, {7});   // campaign 7 is another
//   next.find(fields, [](const PredicateIndex::Entry& entry) { … });
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "compiler/exec/predicate_index.h"

namespace trig::exec {

class EventRules {
 public:
  EventRules() = default;  // of an event that starts nothing
  EventRules(const ir::Program& program, std::uint32_t event);
  // `before` is of `was`, from which `program` was made; `campaigns` are those that differ and had
  // or have a rule on this event. Made anew after kMaxRulesBesideAnIndex.
  EventRules(const EventRules& before, const ir::Program& was, const ir::Program& program,
             std::uint32_t event, const std::vector<std::uint32_t>& campaigns);

  // Every entry whose bucket the event falls into.
  template <typename Visit>
  void find(const ir::Items& fields, Visit&& visit) const {
    if (index_ == nullptr) return;
    index_->find(fields, [&](const PredicateIndex::Bucket& bucket) {
      for (const PredicateIndex::Entry& entry : bucket.entries)
        if (!is_replaced(entry.rule.campaign)) visit(entry);
    });
    find_changed(fields, visit);
  }
  // Those of campaigns that changed since the index was made.
  template <typename Visit>
  void find_changed(const ir::Items& fields, Visit&& visit) const {
    if (changed_ == nullptr) return;
    changed_->find(fields, [&](const PredicateIndex::Bucket& bucket) {
      for (const PredicateIndex::Entry& entry : bucket.entries) visit(entry);
    });
  }
  // What the index says of the campaign is out of date.
  bool is_replaced(std::uint32_t campaign) const {
    return !replaced_.empty() && replaced_[campaign];
  }
  bool has_changed() const { return !replaced_.empty(); }

  // Null where the event starts nothing.
  const std::shared_ptr<const PredicateIndex>& index() const { return index_; }
  // Rules that were filed to make this.
  std::size_t filed() const { return filed_; }

 private:
  std::shared_ptr<const PredicateIndex> index_;
  std::shared_ptr<const PredicateIndex> changed_;
  std::vector<bool> replaced_;  // by campaign; empty: none
  std::size_t filed_ = 0;
};

// The alternatives of a campaign that take the event; of a sequence none, which is matched against
// what came before.
std::vector<Rule> rules_of(const ir::Program& program, std::uint32_t campaign, std::uint32_t event);

}  // namespace trig::exec
