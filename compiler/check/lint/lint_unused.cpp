// W0101: an event, template, topic, policy, segment or record of the project that nothing refers
// to.
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
    case SymbolKind::kPolicy: return true;
    case SymbolKind::kList:
    case SymbolKind::kCatalog:
    case SymbolKind::kCoupons:
    case SymbolKind::kCampaign: return false;
  }
  return false;
}

}  // namespace

void lint_unused(Context& context) {
  for (const Symbol& symbol : context.symbols.all()) {
    if (!symbol.own || symbol.used || !is_linted(symbol.kind)) continue;
    context.report(Code::kUnused, symbol.range, {noun_of(symbol.kind), symbol.name})
        .hint("remove it, or use it");
  }
}

}  // namespace trig::check
