// Symbols: what the files of a project declare, by kind and name. Kinds that can stand as a type
// (events, records, lists, catalogs) share one space of names; every other kind has its own.
//
//   const Symbol* event = symbols.resolve(SymbolKind::kEvent, name, context);   // null: reported
//
// A copy shares the symbols. Who is checked "uses" what is resolved for it; `take_uses` gives what
// was used since it was asked last, so that it is known of each campaign.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/base/chunked.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig::check {

enum class SymbolKind : std::uint8_t {
  kEvent,
  kRecord,
  kList,
  kCatalog,
  kTopic,
  kCoupons,
  kSegment,
  kTemplate,
  kPolicy,
  kCampaign,
};
std::string_view noun_of(SymbolKind kind);  // "event", as messages say it

struct Symbol {
  SymbolKind kind = SymbolKind::kEvent;
  std::string name;
  TextRange range;           // of the name where it is declared
  std::uint32_t index = 0;   // in the vector of the program that holds its kind
  bool own = true;           // of the project, not of the standard library
  std::uint32_t number = 0;  // in order of declaration
};

class Symbols {
 public:
  // Null if the name is taken: reported, with a label at the first.
  const Symbol* add(SymbolKind kind, const ast::Name& name, std::uint32_t index, bool own,
                    Diagnostics& diagnostics);
  const Symbol* find(SymbolKind kind, std::string_view name) const;
  // Finds and marks as used; an unknown name is reported with the closest one as a hint.
  const Symbol* resolve(SymbolKind kind, const ast::Name& name, Diagnostics& diagnostics);
  void use(const Symbol& symbol) { uses_.push_back(symbol.number); }
  std::vector<std::uint32_t> take_uses();  // numbers, ascending, each once
  // Its declaration stands elsewhere in the same file now.
  void move(const Symbol& symbol, TextRange range) { symbols_.edit(symbol.number).range = range; }

  // A name that a source with syntax errors declares: not being known says nothing.
  void note_unread(std::string_view name) { unread_.emplace(name); }
  void forget_unread() { unread_.clear(); }
  bool is_unread(std::string_view name) const { return unread_.contains(name); }

  std::vector<std::string> names_of(SymbolKind kind) const;
  const Chunked<Symbol>& all() const { return symbols_; }  // in order of declaration

 private:
  using Numbers = std::map<std::pair<int, std::string>, std::uint32_t, std::less<>>;

  Chunked<Symbol> symbols_;
  std::shared_ptr<Numbers> by_name_ = std::make_shared<Numbers>();  // names are added before copies
  std::set<std::string, std::less<>> unread_;
  std::vector<std::uint32_t> uses_;
};

// The hint of an unknown name: the closest candidate as an edit, or else what there is.
void suggest(Diagnostic& diagnostic, const ast::Name& name,
             const std::vector<std::string>& candidates);

}  // namespace trig::check
