#include "runtime/admin/texts.h"

#include <fmt/format.h>

#include "runtime/engine/programs.h"

namespace trig::admin {
namespace {

constexpr std::size_t kMaxStepTextBytes = 80;

Text text_in(const project::Project& project, const exec::CampaignRef& ref) {
  const int index = project.program.find_campaign(ref.campaign);
  if (index < 0) return {};
  const ir::Campaign& campaign = project.program.campaigns[static_cast<std::size_t>(index)];
  return campaign.version == ref.version ? Text{&project, &campaign} : Text{};
}

}  // namespace

Result<Text> Texts::find(const exec::CampaignRef& ref) {
  if (Text text = text_in(current_, ref); text.project != nullptr) return text;
  auto key = engine::stored_program_key(store_, ref);
  if (!key) return tl::unexpected(key.error());
  if (!*key) return Text{};
  auto known = older_.find(**key);
  if (known == older_.end()) {
    auto files = engine::stored_program_files(store_, **key);
    if (!files) return tl::unexpected(files.error());
    known = older_.emplace(**key, project::compile_stored(std::move(*files))).first;
  }
  if (known->second->diagnostics.has_errors()) return Text{};
  return text_in(*known->second, ref);
}

std::string step_text(const Text& text, std::uint32_t step) {
  if (text.project == nullptr || step >= text.campaign->steps.size())
    return fmt::format("step {}", step + 1);
  const ir::Step& at = text.campaign->steps[step];
  std::string line = fmt::format("step {}", step + 1);
  if (at.range.valid()) {
    const std::string& source = text.project->sources[at.range.source].text();
    std::size_t end = source.find('\n', at.range.begin);
    line = source.substr(at.range.begin,
                         std::min(end, at.range.begin + kMaxStepTextBytes) - at.range.begin);
  }
  return at.name.empty() ? line : fmt::format("{}: {}", at.name, line);
}

}  // namespace trig::admin
