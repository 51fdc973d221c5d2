// The clauses of a file's campaigns and policies that can be taken out alone: `where` and its
// halves, `per`, `again`, `unless`, a wait, a cap, the hours of quiet … Left alone is what no test
// of the language can notice: names of steps, posts, goals, `edits`, `send … within`, `rate`.
#pragma once

#include <optional>
#include <string>

#include "compiler/ast/ast.h"
#include "compiler/base/source.h"

namespace trig::golden {

// Takes out the clause of that number, counted from 0, and says which it was; absent: there are
// fewer. `source` is the text of the file.
std::optional<std::string> take_out_clause(ast::File& file, std::size_t number,
                                           const Source& source);

}  // namespace trig::golden
