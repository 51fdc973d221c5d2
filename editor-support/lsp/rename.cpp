// Renaming, in all .trig files and templates at once. What is outside keeps its names: a renamed
// event or field is still read from payloads under the old one. The outcome is checked before it is
// handed out, and refused with the reason where it would not be right.
#include <algorithm>
#include <set>

#include "compiler/ast/visit.h"
#include "compiler/parse/parse.h"
#include "editor-support/lsp/definitions.h"
#include "editor-support/lsp/features.h"
#include "editor-support/lsp/renaming.h"

namespace trig::lsp {
namespace {

bool is_word(std::string_view name) {
  if (name.empty() || name[0] < 'a' || name[0] > 'z') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string quoted(const NameId& id) { return fmt::format("{} `{}`", noun_of(id.kind), id.name); }

}  // namespace

Renaming::Renaming(LiveProject& project) : project_(project) {}

tl::expected<NameUse, Problem> Renaming::find(const std::string& path, std::uint32_t offset) {
  if (project_.lone())
    return refuse("this file belongs to no project: there is no trig.toml above");
  std::vector<NameUse> found = names_at(project_, path, offset);
  if (found.empty()) return refuse("there is no name here that can be renamed");
  if (found.size() > 1 && found[0].id != found[1].id)
    return refuse(fmt::format("`{}` is read of {} and of {} here: rename it where one declares it",
                              found[0].id.name, found[0].id.owner, found[1].id.owner));
  names_ = index_of_all(project_);
  const auto place = definition_of(names_, found[0].id);
  if (!place) return refuse(fmt::format("the {} is declared nowhere", quoted(found[0].id)));
  if (of_standard_library(project_, place->path))
    return refuse(fmt::format("the {} is of the standard library", quoted(found[0].id)));
  if (found[0].id == NameId{NameKind::kField, "person", "email"})
    return refuse("the person's `email` is where mail goes: it has this name");
  for (const std::string& one : project_.paths(".trig"))
    if (!project_.tree_of(one)->good())
      return refuse(fmt::format("{} has a syntax error: what it names cannot be told", one));
  return found[0];
}

tl::expected<FileEdits, Problem> Renaming::rename(const NameId& id, const std::string& name) {
  if (!is_word(name)) return refuse("names are lower case words joined by underscores");
  const auto& reserved = parse::reserved_words();
  if (std::find(reserved.begin(), reserved.end(), name) != reserved.end())
    return refuse(fmt::format("`{}` is a word of the language", name));
  if (definition_of(names_, {id.kind, id.owner, name}))
    return refuse(fmt::format("there is already a {} `{}`", noun_of(id.kind), name));
  if (name == id.name) return FileEdits();
  std::set<NameId> ids = {id};
  if (id.kind == NameKind::kField) add_parameters(id, ids);
  if (auto shared = shared_word(ids)) return refuse(std::move(*shared));
  FileEdits edits;
  for (const auto& [path, uses] : names_)
    for (const NameUse& use : uses)
      if (ids.contains(use.id) && !of_standard_library(project_, path))
        edits[path].push_back({use.begin, use.end, name});
  if (auto problem = keep_payload_name(id, edits)) return tl::unexpected(*problem);
  if (auto problem = try_out(edits)) return tl::unexpected(*problem);
  return edits;
}

// One word that reads several records at once cannot be renamed for one of them.
std::optional<std::string> Renaming::shared_word(const std::set<NameId>& ids) const {
  for (const auto& [path, uses] : names_)
    for (const NameUse& use : uses) {
      if (!ids.contains(use.id)) continue;
      for (const NameUse& other : uses)
        if (other.begin == use.begin && other.id.kind == use.id.kind && !ids.contains(other.id)) {
          const std::string text = text_of_path(project_, path);
          return fmt::format("{}:{} reads `{}` of {} and of {} with one word", path,
                             Lines(text).line_of(use.begin) + 1, use.id.name, use.id.owner,
                             other.id.owner);
        }
    }
  return std::nullopt;
}

// A template's parameter of the same name that every send gives this very field to.
void Renaming::add_parameters(const NameId& field, std::set<NameId>& ids) {
  std::map<std::string, bool> given;  // by template: always this field
  for (const std::string& path : project_.paths(".trig")) {
    std::set<std::uint32_t> reads;
    for (const NameUse& use : names_[path])
      if (use.id == field) reads.insert(use.begin);
    for (const ast::Declaration& one : project_.tree_of(path)->tree.declarations)
      if (const auto* campaign = std::get_if<ast::CampaignDecl>(&one.node))
        look_at_sends(campaign->steps, field.name, reads, given);
  }
  for (const auto& [name, always] : given)
    if (always) ids.insert({NameKind::kParameter, name, field.name});
}

void Renaming::look_at_sends(const ast::Block& block, const std::string& label,
                             const std::set<std::uint32_t>& reads,
                             std::map<std::string, bool>& given) {
  auto look = [&](const ast::Send& send) {
    for (const ast::Argument& argument : send.arguments) {
      if (!argument.label || argument.label->text != label) continue;
      const ast::Expr* value = argument.value.get();
      while (const auto* either = std::get_if<ast::Binary>(&value->node)) {
        if (either->op != ast::BinaryOp::kOrElse) break;
        value = either->left.get();
      }
      const auto* path = std::get_if<ast::Path>(&value->node);
      const bool same = path != nullptr && reads.contains(path->names.back().range.begin);
      auto [known, inserted] = given.emplace(send.template_name.text, same);
      known->second = known->second && same;
    }
  };
  for (const ast::Step& step : block) {
    if (const auto* send = std::get_if<ast::Send>(&step.node)) look(*send);
    if (const auto* wait = std::get_if<ast::WaitForEvent>(&step.node)) {
      look_at_sends(wait->arrived, label, reads, given);
      if (wait->otherwise) look_at_sends(*wait->otherwise, label, reads, given);
    }
    if (const auto* when = std::get_if<ast::When>(&step.node)) {
      for (const ast::When::Branch& branch : when->branches)
        look_at_sends(branch.block, label, reads, given);
      if (when->otherwise) look_at_sends(*when->otherwise, label, reads, given);
    }
    if (const auto* split = std::get_if<ast::Split>(&step.node))
      for (const ast::Split::Arm& arm : split->arms) look_at_sends(arm.block, label, reads, given);
  }
}

// `total: money` becomes `amount: money from "total"`: whoever sends events knows nothing of this.
std::optional<Problem> Renaming::keep_payload_name(const NameId& id, FileEdits& edits) {
  const auto place = definition_of(names_, id);
  if (id.kind != NameKind::kEvent && id.kind != NameKind::kField) return std::nullopt;
  const FileTree* file = project_.tree_of(place->path);
  auto insert = [&](std::uint32_t at, std::string text) {
    edits[place->path].push_back({at, at, std::move(text)});
  };
  auto keep_field = [&](const std::vector<ast::FieldDecl>& fields) {
    for (const ast::FieldDecl& field : fields) {
      if (field.name.range.begin != place->use.begin || !field.from.empty()) continue;
      std::uint32_t at = field.range.end;
      if (field.in) {  // `from` stands before it
        at = field.in->range.begin;
        const std::string& text = file->source->text();
        at = static_cast<std::uint32_t>(text.rfind("in", at - 1)) - 1;
      }
      insert(at, " from \"" + id.name + "\"");
    }
  };
  bool columns = false;
  for (const ast::Declaration& one : file->tree.declarations)
    ast::visit(
        one.node,
        [&](const ast::EventDecl& event) {
          keep_field(event.fields);
          if (event.name.range.begin != place->use.begin) return;
          if (event.from.empty())
            insert(event.name.range.end, " from \"" + id.name + "\"");
          else
            insert(event.from.back().range.end, " or \"" + id.name + "\"");
        },
        [&](const ast::RecordDecl& record) { keep_field(record.fields); },
        [&](const ast::PersonDecl& person) { keep_field(person.fields); },
        [&](const ast::ListDecl& list) {
          columns = columns || (id.kind == NameKind::kField && list.name.text == id.owner);
        },
        [&](const ast::CatalogDecl& catalog) {
          columns = columns || (id.kind == NameKind::kField && catalog.name.text == id.owner);
        },
        [](const ast::UseDecl&) {}, [](const ast::TopicDecl&) {}, [](const ast::CouponsDecl&) {},
        [](const ast::SegmentDecl&) {}, [](const ast::TemplateDecl&) {},
        [](const ast::PolicyDecl&) {}, [](const ast::CampaignDecl&) {},
        [](const ast::TestDecl&) {});
  if (columns)
    return Problem{kRequestFailed,
                   fmt::format("`{}` is a column of the file of `{}`: rename both by hand", id.name,
                               id.owner)};
  return std::nullopt;
}

// Renamed so, the project has no mistake that it has not now.
std::optional<Problem> Renaming::try_out(const FileEdits& edits) {
  const project::Project& now = project_.checked();
  project::LoadOptions options;
  options.with_tables = false;
  project::Files files = now.files;
  for (const std::string& path : project_.paths(""))
    if (const std::string* text = project_.text_of(path); files.contains(path)) files[path] = *text;
  const auto before = project::compile(files, options);
  for (const auto& [path, unsorted] : edits) {
    std::vector<FileEdit> sorted = unsorted;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    std::string& text = files[path];
    for (auto edit = sorted.rbegin(); edit != sorted.rend(); ++edit)
      text.replace(edit->begin, edit->end - edit->begin, edit->text);
  }
  const auto after = project::compile(files, options);
  if (after->diagnostics.error_count() <= before->diagnostics.error_count()) return std::nullopt;
  for (const Diagnostic& one : after->diagnostics.all())
    if (one.severity == Severity::kError && one.range.valid())
      return Problem{
          kRequestFailed,
          fmt::format("it would break {}:{}: {}", after->sources[one.range.source].path(),
                      after->sources[one.range.source].place_of(one.range.begin).line,
                      one.message)};
  return Problem{kRequestFailed, "it would break the project"};
}

Answer prepare_rename(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  if (!spot) return refuse("there is no such open file");
  const auto use = Renaming(*spot->project).find(spot->path, spot->offset);
  if (!use) return tl::unexpected(use.error());
  return json::value(
      json::object{{"range", range_json(Lines(spot->text), use->begin, use->end, session.encoding)},
                   {"placeholder", use->id.name}});
}

Answer rename(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  const auto name = text_in(params, "newName");
  if (!spot || !name) return refuse("there is no such open file");
  Renaming renaming(*spot->project);
  const auto use = renaming.find(spot->path, spot->offset);
  if (!use) return tl::unexpected(use.error());
  const auto edits = renaming.rename(use->id, *name);
  if (!edits) return tl::unexpected(edits.error());
  return json::value(workspace_edit(session, *spot->project, *edits));
}

}  // namespace trig::lsp
