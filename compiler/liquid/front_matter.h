// The settings at the top of a template file: `name: value` lines between two lines `---`. Not
// YAML: a value is the rest of its line, with quotes around it taken away; lines beginning with #
// and empty lines are skipped.
#pragma once

#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/liquid/scanner.h"

namespace trig::liquid {

struct FrontMatterEntry {
  Fragment name;
  Fragment value;
};

struct FrontMatter {
  std::vector<FrontMatterEntry> entries;
  Fragment body;        // what follows
  TextRange insert_at;  // where a line can be added; empty at the file's beginning without any
  bool present = false;
};

// Reports E0411 and E0412; a file without settings has none, which is no mistake here.
FrontMatter read_front_matter(Fragment file, Diagnostics& diagnostics);

}  // namespace trig::liquid
