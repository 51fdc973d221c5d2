// Outlines: the symbols of a file and of the workspace, and what can be folded.
#include <algorithm>

#include "compiler/ast/visit.h"
#include "editor-support/lsp/features.h"
#include "editor-support/lsp/limits.h"

namespace trig::lsp {
namespace {

// SymbolKind of the protocol.
enum class SymbolKind : int {
  kModule = 2,
  kClass = 5,
  kMethod = 6,
  kField = 8,
  kEnum = 10,
  kFunction = 12,
  kArray = 18,
  kObject = 19,
  kKey = 20,
  kStruct = 23,
  kEvent = 24,
};

struct Outline {
  std::string name;
  std::string detail;
  SymbolKind kind = SymbolKind::kModule;
  TextRange range;
  TextRange selection;
  std::vector<Outline> children;
};

void add_fields(Outline& outline, const std::vector<ast::FieldDecl>& fields) {
  for (const ast::FieldDecl& field : fields)
    outline.children.push_back(
        {field.name.text, "", SymbolKind::kField, field.range, field.name.range, {}});
}

void add_steps(Outline& outline, const ast::Block& block) {
  const ast::Name* named = nullptr;
  for (const ast::Step& step : block) {
    const ast::Name* name = std::exchange(named, nullptr);
    const std::string detail = name == nullptr ? "" : name->text;
    if (const auto* one = std::get_if<ast::StepName>(&step.node)) named = &one->name;
    if (const auto* send = std::get_if<ast::Send>(&step.node))
      outline.children.push_back({"send " + send->template_name.text,
                                  detail,
                                  SymbolKind::kMethod,
                                  step.range,
                                  send->template_name.range,
                                  {}});
    if (const auto* when = std::get_if<ast::When>(&step.node)) {
      for (const ast::When::Branch& branch : when->branches) add_steps(outline, branch.block);
      if (when->otherwise) add_steps(outline, *when->otherwise);
    }
    if (const auto* wait = std::get_if<ast::WaitForEvent>(&step.node)) {
      add_steps(outline, wait->arrived);
      if (wait->otherwise) add_steps(outline, *wait->otherwise);
    }
    if (const auto* split = std::get_if<ast::Split>(&step.node)) {
      Outline arms{"split " + split->title.value,
                   detail,
                   SymbolKind::kEnum,
                   step.range,
                   split->title.range,
                   {}};
      for (const ast::Split::Arm& arm : split->arms) {
        const TextRange place = arm.name.range.valid() ? arm.name.range : arm.range;
        Outline one{arm.holdout ? "holdout" : arm.name.text,
                    arm.percent + " %",
                    SymbolKind::kKey,
                    arm.range,
                    place,
                    {}};
        add_steps(one, arm.block);
        arms.children.push_back(std::move(one));
      }
      outline.children.push_back(std::move(arms));
    }
  }
}

std::optional<Outline> outline_of(const ast::Declaration& declaration) {
  auto made = [&](const ast::Name& name, const char* detail, SymbolKind kind) {
    return Outline{name.text, detail, kind, declaration.range, name.range, {}};
  };
  using Made = std::optional<Outline>;
  return ast::visit(
      declaration.node, [](const ast::UseDecl&) { return Made(); },
      [&](const ast::EventDecl& one) {
        Outline outline = made(one.name, "event", SymbolKind::kEvent);
        add_fields(outline, one.fields);
        return Made(std::move(outline));
      },
      [&](const ast::RecordDecl& one) {
        Outline outline = made(one.name, "record", SymbolKind::kStruct);
        add_fields(outline, one.fields);
        return Made(std::move(outline));
      },
      [&](const ast::PersonDecl& one) {
        Outline outline{"person", "", SymbolKind::kClass, declaration.range, one.keyword, {}};
        add_fields(outline, one.fields);
        return Made(std::move(outline));
      },
      [&](const ast::ListDecl& one) {
        Outline outline = made(one.name, "list", SymbolKind::kArray);
        add_fields(outline, one.fields);
        return Made(std::move(outline));
      },
      [&](const ast::CatalogDecl& one) {
        Outline outline = made(one.name, "catalog", SymbolKind::kArray);
        add_fields(outline, one.fields);
        return Made(std::move(outline));
      },
      [&](const ast::TopicDecl& one) { return Made(made(one.name, "topic", SymbolKind::kKey)); },
      [&](const ast::CouponsDecl& one) {
        return Made(made(one.name, "coupons", SymbolKind::kKey));
      },
      [&](const ast::SegmentDecl& one) {
        return Made(made(one.name, "segment", SymbolKind::kClass));
      },
      [&](const ast::TemplateDecl& one) {
        return Made(made(one.name, "template", SymbolKind::kFunction));
      },
      [&](const ast::PolicyDecl& one) {
        return Made(made(one.name, "policy", SymbolKind::kObject));
      },
      [&](const ast::CampaignDecl& one) {
        Outline outline = made(one.name, "campaign", SymbolKind::kModule);
        add_steps(outline, one.steps);
        return Made(std::move(outline));
      },
      [&](const ast::TestDecl& one) {
        return Made(Outline{"test \"" + one.title.value + "\"",
                            "",
                            SymbolKind::kMethod,
                            declaration.range,
                            one.title.range,
                            {}});
      });
}

json::object outline_json(const Outline& outline, const Lines& lines, Encoding encoding) {
  json::array children;
  for (const Outline& child : outline.children)
    children.push_back(outline_json(child, lines, encoding));
  return {{"name", outline.name},
          {"detail", outline.detail},
          {"kind", static_cast<int>(outline.kind)},
          {"range", range_json(lines, outline.range.begin, outline.range.end, encoding)},
          {"selectionRange",
           range_json(lines, outline.selection.begin, outline.selection.end, encoding)},
          {"children", std::move(children)}};
}

// The letters of the query in their order: "ac" finds abandoned_cart.
bool matches_query(std::string_view name, std::string_view query) {
  std::size_t at = 0;
  for (char c : name)
    if (at < query.size() && (c | 0x20) == (query[at] | 0x20)) ++at;
  return at == query.size();
}

}  // namespace

Answer document_symbols(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  const FileTree* file = spot ? spot->project->tree_of(spot->path) : nullptr;
  if (file == nullptr) return json::value(json::array());
  const Lines lines(file->source->text());
  json::array symbols;
  for (const ast::Declaration& declaration : file->tree.declarations)
    if (const auto outline = outline_of(declaration))
      symbols.push_back(outline_json(*outline, lines, session.encoding));
  return json::value(std::move(symbols));
}

Answer workspace_symbols(Session& session, const json::value& params) {
  const std::string query = text_in(params, "query").value_or("");
  json::array symbols;
  std::vector<LiveProject*> projects;
  for (const auto& project : session.workspace.projects()) projects.push_back(project.get());
  for (LiveProject* project : projects)
    for (const std::string& path : project->paths(".trig")) {
      const FileTree* file = project->tree_of(path);
      if (file == nullptr) continue;
      const Lines lines(file->source->text());
      for (const ast::Declaration& declaration : file->tree.declarations) {
        const auto outline = outline_of(declaration);
        if (!outline || !matches_query(outline->name, query)) continue;
        if (symbols.size() == kMaxWorkspaceSymbols) return json::value(std::move(symbols));
        symbols.push_back(json::object{
            {"name", outline->name},
            {"kind", static_cast<int>(outline->kind)},
            {"containerName", path},
            {"location",
             json::object{{"uri", session.workspace.uri_of(full_path_of(*project, path))},
                          {"range", range_json(lines, outline->selection.begin,
                                               outline->selection.end, session.encoding)}}}});
      }
    }
  return json::value(std::move(symbols));
}

Answer folding(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  json::array folds;
  if (!spot || !spot->path.ends_with(".trig")) return json::value(std::move(folds));
  const Lines lines(spot->text);
  std::vector<std::uint32_t> open;
  auto fold = [&](std::uint32_t first, std::uint32_t last, const char* kind) {
    if (last > first)
      folds.push_back(json::object{{"startLine", first}, {"endLine", last}, {"kind", kind}});
  };
  std::uint32_t comments = 0;  // lines of them just before
  for (std::uint32_t line = 0; line < lines.count(); ++line) {
    const std::string_view text = lines.text_of(line);
    const std::size_t first = text.find_first_not_of(" \t");
    if (first != text.npos && text[first] == '#') {
      ++comments;
      continue;
    }
    if (comments > 0) fold(line - comments, line - 1, "comment");
    comments = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && in_text)
        ++i;
      else if (text[i] == '"')
        in_text = !in_text;
      else if (!in_text && text[i] == '#')
        break;
      else if (!in_text && text[i] == '{')
        open.push_back(line);
      else if (!in_text && text[i] == '}' && !open.empty()) {
        if (line > 0) fold(open.back(), line - 1, "region");
        open.pop_back();
      }
    }
  }
  return json::value(std::move(folds));
}

}  // namespace trig::lsp
