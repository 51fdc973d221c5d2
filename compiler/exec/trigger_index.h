// Which campaigns start without an event of their own, and which events they read all the same: so
// that a step touches only what can match.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "compiler/base/hash.h"
#include "compiler/ir/program.h"

namespace trig::exec {

struct TriggerIndex {
  struct Part {
    std::uint32_t campaign = 0;
    std::uint32_t part = 0;  // of its sequence
  };
  // By event. Of one campaign the later parts stand first.
  std::vector<std::vector<Part>> sequences;
  std::vector<std::vector<std::uint32_t>> silences;  // by event: campaigns
  std::vector<std::vector<std::uint32_t>> segments;  // by event: watched segments that read it
  std::vector<std::uint32_t> planned;                // campaigns whose instants are planned
  std::vector<std::uint32_t> watched;                // segments
  // By segment: of its text and of the rows it reads. Another one is taken stock of anew.
  std::vector<Hash128> versions;
  std::vector<std::vector<std::uint32_t>> entering;  // by segment: campaigns
  std::vector<std::vector<std::uint32_t>> leaving;

  // By name: their places in the program. What Program::find_campaign and find_segment look for
  // from the first to the last.
  std::unordered_map<NameHash, std::uint32_t> campaign_places;
  std::unordered_map<NameHash, std::uint32_t> segment_places;
  int find_campaign(NameHash hash) const;  // -1: there is none
  int find_segment(NameHash hash) const;

  std::vector<NameHash> person_fields;  // names of the fields of the person record

  // What has to be prepared for each person: another value asks for a sweep over all of them.
  Hash128 hash;
  bool empty() const { return planned.empty() && watched.empty(); }
};

TriggerIndex index_triggers(const ir::Program& program);

}  // namespace trig::exec
