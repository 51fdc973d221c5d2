// The index of names: what each name in a text stands for, with its place. It is made of trees and
// the types of the newest checked project, one file at a time and only when somebody asks, and
// serves hover, definition, references, renaming and completion.
//
//   for (const NameUse& use : index_of(project, "campaigns/cart.trig")) …
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/ir/program.h"
#include "editor-support/lsp/live_project.h"

namespace trig::lsp {

enum class NameKind : std::uint8_t {
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
  kField,      // owner: the record: an event, a record, a list, a catalog or `person`
  kParameter,  // owner: the template
  kBinding,    // owner: file and campaign
  kMail,       // `send … as NAME`; known to all tests
  kStep,       // owner: the campaign
  kActor,      // a person of a test; owner: file and test
};
std::string_view noun_of(NameKind kind);

struct NameId {
  NameKind kind = NameKind::kEvent;
  std::string owner;
  std::string name;
  friend auto operator<=>(const NameId&, const NameId&) = default;
};

struct NameUse {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  NameId id;
  bool definition = false;
  std::string type;  // of a field, parameter or binding, as a user writes it
};

// Of a .trig file, in no order.
std::vector<NameUse> index_tree(const ast::File& tree, const std::string& path,
                                const ir::Program& program);

// By path: what a template and the partials it renders name. A file for another language counts as
// the template's own.
using NamesByPath = std::map<std::string, std::vector<NameUse>>;
void index_template(LiveProject& project, std::uint32_t index, NamesByPath& names);
std::vector<std::string> files_of_template(LiveProject& project, std::uint32_t index);

// Of one file, a .trig file or a template or partial.
std::vector<NameUse> index_of(LiveProject& project, const std::string& path);
// Of all there are, modules of the standard library that are in use among them ("std/…").
NamesByPath index_of_all(LiveProject& project);
// What stands at a place; several where one word reads several records.
std::vector<NameUse> names_at(LiveProject& project, const std::string& path, std::uint32_t offset);

bool of_standard_library(const LiveProject& project, const std::string& path);

}  // namespace trig::lsp
