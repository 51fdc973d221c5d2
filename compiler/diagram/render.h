// A flow as SVG (a picture of its own layout), as Mermaid's flowchart, as Graphviz's DOT.
//
//   std::string picture = svg_of(flow);
#pragma once

#include <string>

#include "compiler/diagram/flow.h"
#include "compiler/diagram/layout.h"

namespace trig::diagram {

// One file without scripts and outside fonts, in light or dark as its reader prefers, with a title
// and a description for who hears it.
std::string svg_of(const Flow& flow);

std::string mermaid_of(const Flow& flow);
std::string dot_of(const Flow& flow);

}  // namespace trig::diagram
