// A whole small project in one text, through parse and check: what the golden stages, the explain
// test and the unit tests of the checker run on.
//
//   CheckBench bench("use std.email\n…");
//   bench.diagnostics.all();
//
// Template files are given: any "templates/….html.liquid" is a short marketing mail, one whose name
// begins with `transactional` is of that class, and one with `missing` in it does not exist.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/check/check.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig {

struct CheckBench {
  explicit CheckBench(const std::string& text, const std::string& path = "project.trig",
                      std::map<std::string, std::string> files = {});
  std::vector<std::string> codes() const;  // in the order of the text
  std::string text_at(const Diagnostic& diagnostic) const;

  SourceMap sources;
  Diagnostics diagnostics;
  std::vector<ast::File> trees;
  check::Checked checked;
};

}  // namespace trig
