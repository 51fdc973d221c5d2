// What lints share. A lint looks at a whole project that has no errors and warns about what is
// allowed and yet unlikely to be meant. It never warns on a guess: where it cannot know, it is
// silent. Internal to compiler/check.
//
//   void lint_past(Context& context) {
//     for (const CampaignPair& pair : own_campaigns(context)) …
//   }
#pragma once

#include <functional>
#include <vector>

#include "compiler/check/context.h"

namespace trig::check {

#define TRIG_LINT(name, scope) void lint_##name(Context& context);
#include "compiler/check/lint/lints.def"
#undef TRIG_LINT

enum class LintScope : std::uint8_t { kCampaign, kCircles, kProject };

// `circles`: whether campaigns may start each other in another way than before.
void run_lints(Context& context, bool circles);

// `# trig: allow W0101 because …` on the line of a finding, or on a line of its own above it, takes
// the finding away. What is wrong with such a note is a finding itself.
// What is written in a file; and the applying of all notes of a project to what was found. Gives
// what notes allow that only a run of the tests can find. notes.cpp
FileNotes read_notes(const ast::File& file, const SourceMap& sources);
std::set<Allowance> apply_notes(const std::vector<FileNotes>& notes, const SourceMap& sources,
                                Diagnostics& diagnostics);

// A campaign of the project, as written and as checked.
struct CampaignPair {
  const ast::CampaignDecl* written;
  const ir::Campaign* campaign;
};
std::vector<CampaignPair> own_campaigns(Context& context);

// Every step of a block and of the blocks in it, in the order of the text.
void for_each_step(const ast::Block& block, const std::function<void(const ast::Step& step)>& use);

// Every expression of a campaign: conditions, arguments, values; operands before what they are
// part of.
void for_each_expression(const ast::CampaignDecl& campaign,
                         const std::function<void(const ast::Expr& expr)>& use);
void for_each_expression(const ast::Expr& expr, const std::function<void(const ast::Expr&)>& use);

}  // namespace trig::check
