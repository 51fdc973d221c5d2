// Diagnostics for people and programs. Each renderer takes the same records.
#pragma once

#include <string>

#include "compiler/diagnostics/diagnostic.h"

namespace trig {

struct TextStyle {
  bool color = false;
};

//   error[E0101]: no event is called `order_complete`
//     --> campaigns/cart.trig:12:30
//      |
//   12 |   wait 30 minutes unless order_complete where cart_id == cart.cart_id
//      |                          ^^^^^^^^^^^^^^
//      = hint: did you mean `order_completed`?
std::string render_text(const Diagnostics& diagnostics, const SourceMap& sources, TextStyle style);

// {"version":1,"diagnostics":[{"code","severity","message","path","range":{...},"labels","hint",
//  "edits"}]}
std::string render_json(const Diagnostics& diagnostics, const SourceMap& sources);

// The long text of a code for `trig explain`, in Markdown; empty if the page is missing.
std::string_view explain_page(Code code);

}  // namespace trig
