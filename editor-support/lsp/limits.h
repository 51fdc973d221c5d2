// Bounds of the language server: what an editor may send it, and how much it answers.
#pragma once

#include <cstddef>

namespace trig::lsp {

// A message of the editor
constexpr std::size_t kMaxMessageBytes = 64 * 1024 * 1024;  // all of it
constexpr std::size_t kMaxMessageHeaderBytes = 4 * 1024;    // what stands before a message
constexpr std::size_t kMaxMessageDepth = 64;                // nesting of its JSON

// Answers
constexpr std::size_t kMaxOpenProjects = 16;       // the one not used longest is let go of
constexpr std::size_t kMaxCompletions = 500;       // of one list
constexpr std::size_t kMaxWorkspaceSymbols = 500;  // of one answer
constexpr std::size_t kMaxCheckedTableBytes = 8 * 1024 * 1024;  // of all lists and catalogs

}  // namespace trig::lsp
