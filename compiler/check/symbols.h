// Symbols: what the files of a project declare, by kind and name. Kinds that can stand as a type
// (events, records, lists, catalogs) share one space of names; every other kind has its own.
//
//   Symbol* event = symbols.resolve(SymbolKind::kEvent, name, context);   // null: reported
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.h"
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
  TextRange range;          // of the name where it is declared
  std::uint32_t index = 0;  // in the vector of the program that holds its kind
  bool own = true;          // of the project, not of the standard library
  bool used = false;
};

class Symbols {
 public:
  // Null if the name is taken: reported, with a label at the first.
  Symbol* add(SymbolKind kind, const ast::Name& name, std::uint32_t index, bool own,
              Diagnostics& diagnostics);
  Symbol* find(SymbolKind kind, std::string_view name);
  // Finds and marks as used; an unknown name is reported with the closest one as a hint.
  Symbol* resolve(SymbolKind kind, const ast::Name& name, Diagnostics& diagnostics);

  // A name that a source with syntax errors declares: not being known says nothing.
  void note_unread(std::string_view name) { unread_.emplace(name); }
  bool is_unread(std::string_view name) const { return unread_.contains(name); }

  std::vector<std::string> names_of(SymbolKind kind) const;
  const std::deque<Symbol>& all() const { return symbols_; }  // in order of declaration

 private:
  std::deque<Symbol> symbols_;
  std::map<std::pair<int, std::string>, Symbol*, std::less<>> by_name_;
  std::set<std::string, std::less<>> unread_;
};

// The hint of an unknown name: the closest candidate as an edit, or else what there is.
void suggest(Diagnostic& diagnostic, const ast::Name& name,
             const std::vector<std::string>& candidates);

}  // namespace trig::check
