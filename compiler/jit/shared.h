// Subexpressions that several conditions on one event type have in common, and that cost a call:
// the same division, the same `matches`, the same `count`. Each has a place in the MatchCall, so
// that it is computed once an event, by whoever asks first.
//
// Two are the same where all that they are made of is: places and names in the source do not
// count, nor which aggregate of the program it is.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/exec/predicate_index.h"
#include "compiler/ir/program.h"

namespace trig::jit {

class SharedExpressions {
 public:
  SharedExpressions(const ir::Program& program, const exec::PredicateIndex& index);

  static constexpr int kNone = -1;
  // Of a node that gives a condition or a number; kNone: it is computed where it is asked for.
  int place_of(ir::NodeId node) const {
    auto found = places_.find(node);
    return found == places_.end() ? kNone : found->second;
  }
  std::size_t size() const { return size_; }

 private:
  struct Tree {
    std::uint32_t uses = 0;  // in different surroundings
    bool calls = false;      // it costs one
    bool result = false;     // a condition or a number
    std::vector<ir::NodeId> nodes;
  };
  static constexpr std::uint32_t kUnlike = 0xffffffff;  // nothing is the same as this

  std::uint32_t add(ir::NodeId node);
  bool describe(const ir::Node& node, ByteWriter& writer, bool& calls);
  void count(ir::NodeId node);

  const ir::Program& program_;
  std::map<std::string, std::uint32_t> numbers_;  // by what it is made of
  std::unordered_map<ir::NodeId, std::uint32_t> number_of_;
  std::vector<Tree> trees_;
  std::unordered_map<ir::NodeId, int> places_;
  std::size_t size_ = 0;
};

}  // namespace trig::jit
