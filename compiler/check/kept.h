// What the check of a project without errors leaves behind, so that the check of the next one, in
// which a few campaigns or tests are others, need not begin anew (recheck.cpp). Facts of each
// campaign stand by its number in the program; copies share what did not change. Internal to
// compiler/check.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/check/symbols.h"
#include "compiler/ir/program.h"

namespace trig::check {

struct IndexRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// An alternative of a campaign's trigger.
struct Rival {
  std::uint32_t campaign = 0;
  std::uint32_t alternative = 0;
  friend bool operator==(const Rival&, const Rival&) = default;
};
// By event and policy: the first campaigns that compete for a cap without saying which goes first.
using Rivals = std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Rival>>;

struct CampaignFacts {
  std::vector<std::uint32_t> uses;  // symbols, by number
  IndexRange aggregates;            // of the program: its own
  IndexRange silences;
  bool competes = false;         // for the cap of its policy, without a priority of its own
  std::optional<Rival> overlap;  // what W0110 says of it
};

struct DeclarationOutline {
  std::size_t kind = 0;  // of ast::Declaration::node
  std::string name;      // of a campaign
  TextRange range;
};
struct FileOutline {
  SourceId source = SourceId::kNone;
  std::uint32_t first_declaration = 0;  // of all the project has
  std::uint32_t first_test = 0;         // Program::tests
  std::vector<DeclarationOutline> declarations;
};

// `# trig: allow …`, as far as it is about one code.
struct AllowNote {
  Code code;
  std::uint32_t line = 0;  // that it is about, 1-based
  TextRange range;         // of the code in the note
  TextRange comment;       // the whole note
  bool alone = true;       // the only code of its note
};
struct FileNotes {
  SourceId source = SourceId::kNone;
  std::vector<AllowNote> allowed;
  std::vector<Diagnostic> findings;  // what is wrong with the notes
  bool empty() const { return allowed.empty() && findings.empty(); }
};

// Of what versions are made besides the campaigns.
struct VersionTexts {
  std::map<std::string, std::string>
      types;                           // canonical declarations of events and records, by name
  std::vector<std::string> templates;  // parallel to the program's: file and partials
  Hash128 all_templates;
};

struct Kept {
  std::optional<Date> today;
  bool good = false;                 // there were no errors: it can be run
  std::set<SourceId> broken;         // sources with syntax errors
  std::vector<bool> template_read;   // by template: its file could be read
  std::string currency;              // the last one that declarations name
  std::vector<Diagnostic> of_check;  // findings without those of lints
  Symbols symbols;
  Chunked<std::uint32_t, 256> uses;  // by symbol: campaigns, tests and others that use it
  Chunked<CampaignFacts, 32> campaigns;
  Chunked<std::vector<std::uint32_t>, 32> test_uses;  // by test: symbols
  Chunked<Hash128, 256> declarations;                 // of the canonical texts, modules first
  Chunked<FileOutline, 16> files;                     // by source, ascending
  std::shared_ptr<const VersionTexts> texts;
  Rivals rivals;
  std::vector<Diagnostic> findings;  // before notes took some away
  std::vector<FileNotes> notes;      // of files that have any
};

}  // namespace trig::check
