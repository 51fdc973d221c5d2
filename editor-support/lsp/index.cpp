#include "editor-support/lsp/index.h"

#include <algorithm>
#include <set>

#include "compiler/check/check.h"
#include "compiler/parse/parse.h"
#include "stdlib/stdlib.h"

namespace trig::lsp {
namespace {

constexpr std::string_view kModuleFolder = "std/";

void drop_repeats(std::vector<NameUse>& uses) {
  auto key = [](const NameUse& use) { return std::tie(use.begin, use.end, use.id); };
  std::sort(uses.begin(), uses.end(),
            [&](const NameUse& a, const NameUse& b) { return key(a) < key(b); });
  uses.erase(std::unique(uses.begin(), uses.end(),
                         [&](const NameUse& a, const NameUse& b) { return key(a) == key(b); }),
             uses.end());
}

std::vector<NameUse> index_module(LiveProject& project, const std::string& path) {
  const EmbeddedFile* module = nullptr;
  for (const std::string& name : stdlib::modules())
    if (const EmbeddedFile* one = stdlib::find(name);
        std::string(kModuleFolder) + std::string(one->name) == path)
      module = one;
  if (module == nullptr) return {};
  SourceMap sources;
  Diagnostics none;
  const SourceId id = sources.add(path, std::string(module->text));
  return index_tree(parse::parse(id, sources[id], none), path, project.checked().program);
}

}  // namespace

std::string_view noun_of(NameKind kind) {
  switch (kind) {
    case NameKind::kEvent: return "event";
    case NameKind::kRecord: return "record";
    case NameKind::kList: return "list";
    case NameKind::kCatalog: return "catalog";
    case NameKind::kTopic: return "topic";
    case NameKind::kCoupons: return "coupons";
    case NameKind::kSegment: return "segment";
    case NameKind::kTemplate: return "template";
    case NameKind::kPolicy: return "policy";
    case NameKind::kCampaign: return "campaign";
    case NameKind::kField: return "field";
    case NameKind::kParameter: return "parameter";
    case NameKind::kBinding: return "binding";
    case NameKind::kMail: return "mail";
    case NameKind::kStep: return "step";
    case NameKind::kActor: return "person of this test";
  }
  return "name";
}

bool of_standard_library(const LiveProject& project, const std::string& path) {
  return path.starts_with(kModuleFolder) && project.text_of(path) == nullptr;
}

std::vector<NameUse> index_of(LiveProject& project, const std::string& path) {
  if (of_standard_library(project, path)) return index_module(project, path);
  if (const FileTree* file = project.tree_of(path))
    return index_tree(file->tree, path, project.checked().program);
  NamesByPath names;
  const bool partial = path.starts_with(check::kPartialFolder);
  const std::size_t templates = project.checked().program.templates.size();
  for (std::uint32_t i = 0; i < templates; ++i) {
    const std::vector<std::string> files = files_of_template(project, i);
    if (partial || std::find(files.begin(), files.end(), path) != files.end())
      index_template(project, i, names);
  }
  std::vector<NameUse> uses = std::move(names[path]);
  drop_repeats(uses);
  return uses;
}

NamesByPath index_of_all(LiveProject& project) {
  NamesByPath names;
  const project::Project& checked = project.checked();
  for (std::size_t i = 0; i < checked.sources.size(); ++i) {
    const std::string& path = checked.sources[static_cast<SourceId>(i)].path();
    if (of_standard_library(project, path)) names[path] = index_of(project, path);
  }
  for (const std::string& path : project.paths(".trig")) names[path] = index_of(project, path);
  for (std::uint32_t i = 0; i < checked.program.templates.size(); ++i)
    index_template(project, i, names);
  for (auto& [path, uses] : names) drop_repeats(uses);
  return names;
}

std::vector<NameUse> names_at(LiveProject& project, const std::string& path, std::uint32_t offset) {
  std::vector<NameUse> found;
  for (NameUse& use : index_of(project, path))
    if (use.begin <= offset && offset <= use.end) found.push_back(std::move(use));
  return found;
}

}  // namespace trig::lsp
