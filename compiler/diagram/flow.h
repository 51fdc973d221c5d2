// Flow: a campaign as somebody tells it: what starts it, its steps in words with the ways that part
// and join again, what ends it early. Made of the syntax tree, whose blocks the program no longer
// has; every renderer (svg.h, graph.h) reads this.
//
//   Flow flow = flow_of(campaign_decl, program, index_of_campaign, facts);
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/ir/program.h"

namespace trig::diagram {

struct Element;
using Sequence = std::vector<Element>;

struct Way {
  std::string label;  // "yes", "45 % short"
  Sequence steps;
  bool ends = false;  // nobody comes out at its end: the hold-out of a split
};

enum class Kind : std::uint8_t { kWait, kSend, kQuestion, kAction, kStop };

// How many people; of a server's data directory, or of a back-test.
struct Counts {
  std::optional<std::uint64_t> waiting;  // are at this step now; a back-test has no now
  std::uint64_t sent = 0;                // mails of this step that were handed over
};

struct Element {
  Kind kind = Kind::kWait;
  std::string name = {};                // from `step NAME`
  std::string title = {};               // "Wait 30 minutes"
  std::vector<std::string> lines = {};  // "“You left something in your cart”"
  std::vector<std::string> exits = {};  // of `unless`: "order completed with same cart id"
  std::vector<Way> ways = {};           // kQuestion: side by side, at least two
  std::optional<Counts> counts = {};
};

struct Section {  // beside the steps: "Leaves at any point" and what it says
  enum class Tone : std::uint8_t { kPlain, kLeaving, kGoal };
  std::string title;
  std::vector<std::string> lines;
  Tone tone = Tone::kPlain;
};

struct Flow {
  std::string name;                        // of the campaign
  std::string title;                       // its title, or its name in words
  std::string trigger;                     // "Cart updated"
  std::vector<std::string> trigger_notes;  // "with total ≥ 20 EUR", "a journey for each cart id"
  Sequence steps;
  std::vector<Section> sections;
};

// What the campaign's own text does not say.
struct Facts {
  std::function<std::string(const ir::Send& send)> subject_of;  // may give ""
  std::map<std::uint32_t, Counts> counts;  // by step of the campaign, for those that have some
  std::uint64_t on_older_versions = 0;     // people, with counts
  std::vector<Section> sections;           // more of them, for the end of the column
};

Flow flow_of(const ast::CampaignDecl& campaign, const ir::Program& program, std::size_t index,
             const Facts& facts);

// Whether anybody comes out at the end of these steps.
bool goes_on(const Sequence& steps);

// The whole flow as sentences, for who cannot see the picture.
std::string told(const Flow& flow);

}  // namespace trig::diagram
