// One renaming in a project. Internal to editor-support/lsp.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "compiler/ast/ast.h"
#include "editor-support/lsp/index.h"
#include "editor-support/lsp/session.h"

namespace trig::lsp {

class Renaming {
 public:
  explicit Renaming(LiveProject& project);

  // What can be renamed at a place, or why it cannot.
  tl::expected<NameUse, Problem> find(const std::string& path, std::uint32_t offset);
  // After `find`.
  tl::expected<FileEdits, Problem> rename(const NameId& id, const std::string& name);

 private:
  std::optional<std::string> shared_word(const std::set<NameId>& ids) const;
  void add_parameters(const NameId& field, std::set<NameId>& ids);
  static void look_at_sends(const ast::Block& block, const std::string& label,
                            const std::set<std::uint32_t>& reads,
                            std::map<std::string, bool>& given);
  std::optional<Problem> keep_payload_name(const NameId& id, FileEdits& edits);
  std::optional<Problem> try_out(const FileEdits& edits);

  LiveProject& project_;
  NamesByPath names_;
};

}  // namespace trig::lsp
