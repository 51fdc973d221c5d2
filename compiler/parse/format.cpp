#include "compiler/parse/format.h"

#include "compiler/ast/printer.h"
#include "compiler/parse/parse.h"

namespace trig::parse {

std::optional<std::string> formatted(const std::string& path, std::string text, SourceMap& sources,
                                     Diagnostics& diagnostics) {
  Diagnostics found;
  const SourceId id = sources.add(path, std::move(text));
  const ast::File tree = parse(id, sources[id], found);
  diagnostics.append(found);
  if (found.has_errors()) return std::nullopt;
  return ast::print(tree, sources[id]);
}

}  // namespace trig::parse
