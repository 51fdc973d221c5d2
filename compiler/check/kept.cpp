#include "compiler/check/kept.h"

#include "compiler/check/context.h"

namespace trig::check {

void count_uses(Context& context, const std::vector<std::uint32_t>& symbols, int by) {
  for (std::uint32_t symbol : symbols)
    context.kept.uses.edit(symbol) += static_cast<std::uint32_t>(by);
}

FileOutline outline_of(const ast::File& file) {
  FileOutline outline;
  outline.source = file.source;
  for (const ast::Declaration& declaration : file.declarations) {
    const auto* campaign = std::get_if<ast::CampaignDecl>(&declaration.node);
    outline.declarations.push_back({declaration.node.index(),
                                    campaign == nullptr ? "" : campaign->name.text,
                                    declaration.range});
  }
  return outline;
}

void outline_files(Context& context, const std::vector<ast::File>& files) {
  std::uint32_t declarations = 0;
  std::uint32_t tests = 0;
  for (const Declared& declared : context.declarations) {
    if (declared.own) continue;
    ++declarations;
    if (std::holds_alternative<ast::TestDecl>(declared.declaration->node)) ++tests;
  }
  for (const ast::File& file : files) {
    FileOutline& outline = context.kept.files.emplace_back();
    outline = outline_of(file);
    outline.first_declaration = declarations;
    outline.first_test = tests;
    declarations += static_cast<std::uint32_t>(file.declarations.size());
    for (const ast::Declaration& declaration : file.declarations)
      if (std::holds_alternative<ast::TestDecl>(declaration.node)) ++tests;
  }
}

}  // namespace trig::check
