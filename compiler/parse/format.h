// The one format of .trig files, from text to text.
//
//   if (auto better = parse::formatted("shop.trig", text, sources, diagnostics)) write(*better);
#pragma once

#include <optional>
#include <string>

#include "compiler/base/source.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig::parse {

// Nothing after a syntax error: it is reported, at its place in `sources`.
std::optional<std::string> formatted(const std::string& path, std::string text, SourceMap& sources,
                                     Diagnostics& diagnostics);

}  // namespace trig::parse
