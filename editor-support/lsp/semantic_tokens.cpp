// Semantic tokens: what names are, which no grammar of an editor can tell: an event from a field
// from a binding. Words of the language are left to the editor's own colours.
#include <algorithm>

#include "editor-support/lsp/features.h"
#include "editor-support/lsp/index.h"

namespace trig::lsp {
namespace {

enum TokenType : std::uint32_t {
  kEvent,
  kType,
  kClass,
  kProperty,
  kParameter,
  kVariable,
  kFunction
};
constexpr std::uint32_t kDeclaration = 1;
constexpr std::uint32_t kDefaultLibrary = 2;

TokenType type_of(NameKind kind) {
  switch (kind) {
    case NameKind::kEvent: return TokenType::kEvent;
    case NameKind::kRecord:
    case NameKind::kList:
    case NameKind::kCatalog: return TokenType::kType;
    case NameKind::kTopic:
    case NameKind::kCoupons:
    case NameKind::kSegment:
    case NameKind::kPolicy:
    case NameKind::kCampaign: return TokenType::kClass;
    case NameKind::kTemplate: return TokenType::kFunction;
    case NameKind::kField: return TokenType::kProperty;
    case NameKind::kParameter: return TokenType::kParameter;
    case NameKind::kBinding:
    case NameKind::kMail:
    case NameKind::kStep:
    case NameKind::kActor: return TokenType::kVariable;
  }
  return TokenType::kVariable;
}

}  // namespace

json::object semantic_legend() {
  return {{"tokenTypes",
           json::array{"event", "type", "class", "property", "parameter", "variable", "function"}},
          {"tokenModifiers", json::array{"declaration", "defaultLibrary"}}};
}

Answer semantic_tokens(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  if (!spot) return json::value();
  const Lines lines(spot->text);
  std::vector<NameUse> uses = index_of(*spot->project, spot->path);
  std::stable_sort(uses.begin(), uses.end(), [](const NameUse& a, const NameUse& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  const ir::Program& program = spot->project->checked().program;
  auto of_library = [&](const NameId& id) {
    if (id.kind != NameKind::kEvent) return false;
    const int event = program.find_event(id.name);
    if (event < 0) return false;
    const TextRange range =
        program.types.record_at(program.events[static_cast<std::size_t>(event)].record).range;
    return range.valid() &&
           of_standard_library(*spot->project,
                               spot->project->checked().sources[range.source].path());
  };
  json::array data;
  Position last;
  std::uint32_t covered = 0;
  for (const NameUse& use : uses) {
    if (use.begin < covered || use.end > spot->text.size()) continue;
    covered = use.end;
    const Position at = lines.position(use.begin, session.encoding);
    const std::uint32_t length = units_of(
        std::string_view(spot->text).substr(use.begin, use.end - use.begin), session.encoding);
    data.push_back(at.line - last.line);
    data.push_back(at.line == last.line ? at.character - last.character : at.character);
    data.push_back(length);
    data.push_back(static_cast<std::uint32_t>(type_of(use.id.kind)));
    data.push_back((use.definition ? kDeclaration : 0) |
                   (of_library(use.id) ? kDefaultLibrary : 0));
    last = at;
  }
  return json::value(json::object{{"data", std::move(data)}});
}

}  // namespace trig::lsp
