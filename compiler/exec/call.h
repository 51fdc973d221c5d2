// Built-in functions and lists, asked of the program that is deployed now: lists and catalogs are
// always the current ones (semantics 8). What they give comes back in the shape the asking program
// knows.
#pragma once

#include <string>

#include "compiler/exec/executor.h"

namespace trig::exec {

// A node of kind kCall with its operands. `why`, if given, takes what the function says of itself.
ir::Value call(const ir::Program& own, const ir::Node& node, const ir::Items& operands,
               const Frame& frame, std::string* why = nullptr);

// A node of kind kInTable. A list that is no longer there has nobody in it.
bool in_table(const ir::Program& own, const ir::Node& node, const ir::Value& key,
              const Frame& frame);
// "vip 3f2a1b9c": the list as it is now.
std::string table_name_now(const ir::Program& own, std::uint32_t table, const Frame& frame);

// Every field `index` that is present in the records of a list, or of lists inside it.
ir::Value pluck(const ir::Value& list, std::uint32_t index);

// What the functions in an expression say of themselves, for `why` of a mail; empty: there are
// none.
std::string explain_calls(const Executor& executor, ir::NodeId node, const Frame& frame);

}  // namespace trig::exec
