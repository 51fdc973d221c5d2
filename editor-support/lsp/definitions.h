// Where a name is declared and what is said there.
#pragma once

#include <optional>
#include <string>

#include "editor-support/lsp/index.h"
#include "editor-support/lsp/session.h"

namespace trig::lsp {

struct Definition {
  std::string path;
  NameUse use;
};
// The first there is; the standard library's are in "std/…".
std::optional<Definition> definition_of(const NamesByPath& names, const NameId& id);

// The comment lines right above a place of a .trig text, and what stands behind it on its line.
std::string doc_comment(std::string_view text, std::uint32_t offset);
// The lines of the declaration or field that begins at a place; of a long one the first.
std::string declaration_text(std::string_view text, std::uint32_t offset);

// The text of a file of the project or of a module.
std::string text_of_path(LiveProject& project, const std::string& path);
// Where an editor finds it: modules are put into a file of the user's cache. Empty: nowhere.
std::string uri_of(Session& session, LiveProject& project, const std::string& path);

std::string_view doc_of_word(std::string_view word);  // empty: none

}  // namespace trig::lsp
