#include "compiler/check/symbols.h"

#include <algorithm>

#include "stdlib/stdlib.h"

namespace trig::check {
namespace {

constexpr std::size_t kMaxNamesInHint = 6;

// Kinds that share a space of names have the same number.
int space_of(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::kEvent:
    case SymbolKind::kRecord:
    case SymbolKind::kList:
    case SymbolKind::kCatalog: return 0;
    case SymbolKind::kTopic:
    case SymbolKind::kCoupons:
    case SymbolKind::kSegment:
    case SymbolKind::kTemplate:
    case SymbolKind::kPolicy:
    case SymbolKind::kCampaign: return 1 + static_cast<int>(kind);
  }
  return 0;
}

}  // namespace

std::string_view noun_of(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::kEvent: return "event";
    case SymbolKind::kRecord: return "record";
    case SymbolKind::kList: return "list";
    case SymbolKind::kCatalog: return "catalog";
    case SymbolKind::kTopic: return "topic";
    case SymbolKind::kCoupons: return "coupons";
    case SymbolKind::kSegment: return "segment";
    case SymbolKind::kTemplate: return "template";
    case SymbolKind::kPolicy: return "policy";
    case SymbolKind::kCampaign: return "campaign";
  }
  return "name";
}

const Symbol* Symbols::add(SymbolKind kind, const ast::Name& name, std::uint32_t index, bool own,
                           Diagnostics& diagnostics) {
  const auto number = static_cast<std::uint32_t>(symbols_.size());
  auto [place, inserted] = by_name_->try_emplace({space_of(kind), name.text}, number);
  if (!inserted) {
    diagnostics.report(Code::kDuplicateName, name.range, {noun_of(kind), name.text})
        .label(symbols_[place->second].range, "the first is here")
        .hint("give one of them another name");
    return nullptr;
  }
  symbols_.push_back({kind, name.text, name.range, index, own, number});
  return &symbols_.back();
}

const Symbol* Symbols::find(SymbolKind kind, std::string_view name) const {
  auto place = by_name_->find(std::pair(space_of(kind), std::string(name)));
  if (place == by_name_->end() || symbols_[place->second].kind != kind) return nullptr;
  return &symbols_[place->second];
}

std::vector<std::uint32_t> Symbols::take_uses() {
  std::vector<std::uint32_t> uses = std::exchange(uses_, {});
  std::sort(uses.begin(), uses.end());
  uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
  return uses;
}

const Symbol* Symbols::resolve(SymbolKind kind, const ast::Name& name, Diagnostics& diagnostics) {
  if (const Symbol* symbol = find(kind, name.text)) {
    use(*symbol);
    return symbol;
  }
  if (is_unread(name.text)) return nullptr;
  Diagnostic& unknown =
      diagnostics.report(Code::kUnknownName, name.range, {noun_of(kind), name.text});
  std::string_view module =
      kind == SymbolKind::kEvent ? stdlib::module_of_event(name.text) : std::string_view();
  if (!module.empty())
    unknown.hint("it is part of `{0}`: add `use {0}`", module)
        .replace({name.range.source, 0, 0}, fmt::format("use {}\n", module));
  else
    suggest(unknown, name, names_of(kind));
  return nullptr;
}

std::vector<std::string> Symbols::names_of(SymbolKind kind) const {
  std::vector<std::string> names;
  for (const Symbol& symbol : symbols_)
    if (symbol.kind == kind) names.push_back(symbol.name);
  return names;
}

void suggest(Diagnostic& diagnostic, const ast::Name& name,
             const std::vector<std::string>& candidates) {
  std::string best = closest(name.text, candidates);
  if (!best.empty()) {
    diagnostic.hint("did you mean `{}`?", best).replace(name.range, best);
    return;
  }
  if (candidates.empty() || candidates.size() > kMaxNamesInHint) return;
  std::string known;
  for (const std::string& candidate : candidates)
    known += (known.empty() ? "`" : ", `") + candidate + "`";
  diagnostic.hint("there is {}", known);
}

}  // namespace trig::check
