// W0101: a declaration of the project that nothing refers to. Campaigns are there for themselves.
#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

bool is_linted(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::kEvent:
    case SymbolKind::kRecord:
    case SymbolKind::kTopic:
    case SymbolKind::kTemplate:
    case SymbolKind::kSegment:
    case SymbolKind::kPolicy:
    case SymbolKind::kList:
    case SymbolKind::kCatalog:
    case SymbolKind::kCoupons: return true;
    case SymbolKind::kCampaign: return false;
  }
  return false;
}

}  // namespace

void lint_unused(Context& context) {
  for (const Symbol& symbol : context.symbols.all()) {
    if (!symbol.own || context.kept.uses[symbol.number] > 0 || !is_linted(symbol.kind)) continue;
    context.report(Code::kUnused, symbol.range, {noun_of(symbol.kind), symbol.name})
        .hint("remove it, or use it");
  }
}

}  // namespace trig::check
