// The formatter: a tree back to text, in the one format there is. Comments are kept where they
// stood; blank lines inside blocks are kept, at most one; print(parse(print(t))) == print(t).
#pragma once

#include <string>

#include "compiler/ast/ast.h"
#include "compiler/base/source.h"

namespace trig::ast {

// `source` is the text the tree was parsed from (its comments are taken from there).
std::string print(const File& file, const Source& source);

// One declaration of a file without comments and line ends: equal for two texts that say the same
// in other layout. Hashes of campaigns are over it.
std::string print_canonical(const File& file, std::size_t index, const Source& source);

// One expression on one line, as messages and `why` quote it.
std::string print(const Expr& expr);

// The tree as indented text with node kinds, for `trig dump --stage ast`.
std::string dump(const File& file);

}  // namespace trig::ast
