// What parts of a program mean, in sentences: for hover and inlay hints.
#pragma once

#include <string>

#include "compiler/ast/ast.h"
#include "compiler/ir/program.h"
#include "compiler/liquid/filters.h"

namespace trig::lsp {

// A list of what starts it, what it sends and how it ends, as Markdown.
std::string what_it_does(const ir::Program& program, const ir::Campaign& campaign);
std::string filter_text(const liquid::FilterInfo& filter);

// "order_completed with the same cart_id", "order_completed where total > 5 EUR".
std::string occurrence_text(const ast::Occurrence& occurrence);

}  // namespace trig::lsp
