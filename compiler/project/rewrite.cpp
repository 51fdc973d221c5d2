#include "compiler/project/rewrite.h"

#include "compiler/liquid/check.h"
#include "compiler/liquid/mjml.h"
#include "compiler/parse/parse.h"
#include "compiler/project/chain.h"

namespace trig::project {
namespace {

// Templates that changed, read and checked anew by the signatures they had.
class Retemplater {
 public:
  Retemplater(const Project& base, SourceMap& sources, Diagnostics& found)
      : base_(base), sources_(sources), found_(found) {}

  // False where more depends on it than what is told of this file.
  bool retell(const std::string& path, const std::string& text) {
    if (path.starts_with(check::kPartialFolder) || liquid::is_mjml(path)) return false;
    for (std::uint32_t i = 0; i < base_.program.templates.size(); ++i) {
      const liquid::MailTexts& texts = base_.templates[i];
      if (texts.own == nullptr) return false;
      if (!retell(path, text, i, *texts.own)) return false;
      for (const auto& [language, mail] : texts.by_language)
        if (!retell(path, text, i, *mail)) return false;
    }
    return true;
  }

  const std::set<SourceId>& replaced() const { return replaced_; }

 private:
  bool retell(const std::string& path, const std::string& text, std::uint32_t index,
              const liquid::MailTemplate& was) {
    const SourceId source = was.body.range.source;
    if (sources_[source].path() != path) return true;
    sources_.replace(source, text);
    replaced_.insert(source);
    Diagnostics found;
    const liquid::MailTemplate now = liquid::parse_mail_template(sources_, source, found);
    liquid::Signature signature{{}, base_.program.person};
    for (const ir::Field& parameter : base_.program.templates[index].parameters)
      signature.arguments.push_back({parameter.name, parameter.type});
    bool all_known = true;
    liquid::check_mail_template(
        now, signature, base_.program.types,
        [&](std::string_view name) {
          const liquid::Template* partial = base_.partials(name);
          const std::string file = fmt::format("{}{}.liquid", check::kPartialFolder, name);
          all_known = all_known && (partial != nullptr || !base_.files.contains(file));
          return partial;
        },
        found);
    auto is_here = [&](const Diagnostic& one) { return one.range.source == source; };
    const bool here = std::all_of(found.all().begin(), found.all().end(), is_here);
    found_.append(found);
    auto text_of = [](const std::optional<liquid::Setting>& setting) {
      return setting ? setting->text : std::string();
    };
    // Its class decides about campaigns, its sender about the project.
    return all_known && here && now.mail_class == was.mail_class &&
           text_of(now.from) == text_of(was.from);
  }

  const Project& base_;
  SourceMap& sources_;
  Diagnostics& found_;
  std::set<SourceId> replaced_;
};

bool some_in_partials(const Project& project) {
  const std::vector<Diagnostic>& all = project.diagnostics.all();
  return std::any_of(all.begin(), all.end(), [&](const Diagnostic& one) {
    return one.range.valid() &&
           project.sources[one.range.source].path().starts_with(check::kPartialFolder);
  });
}

// The .trig files among those that changed; nothing where one is new.
std::optional<Reparsed> reparse(const Project& previous, const Files& changed) {
  Reparsed parsed;
  parsed.sources = previous.sources;
  std::set<SourceId> replaced;
  for (const auto& [path, text] : changed) {
    if (!is_trig_source(path)) continue;
    const SourceId id = source_of(parsed.sources, path);
    if (id == SourceId::kNone) return std::nullopt;
    parsed.sources.replace(id, text);
    replaced.insert(id);
    Diagnostics& told = parsed.told_of.emplace_back();
    parsed.trees.push_back(parse::parse(id, parsed.sources[id], told));
    parsed.told.append(told);
  }
  for (const Diagnostic& told : previous.told_before)
    if (!replaced.contains(told.range.source)) parsed.told.add(told);
  return parsed;
}

// What is told where no .trig file changed and nothing is wrong, or else what retelling gives.
bool tell(const Project& base, const std::vector<ast::File>& trees,
          const std::set<SourceId>& templates, const LoadOptions& options, SourceMap& sources,
          Diagnostics& told) {
  if (trees.empty() && !told.has_errors() && check::is_good(*base.kept)) {
    for (const Diagnostic& one : base.diagnostics.all())
      if (!templates.contains(one.range.source)) told.add(one);
    return true;
  }
  const check::Settings settings{base.config.name, base.config.zone, {}, options.today};
  const check::Before before{base.program, *base.kept, base.sources};
  if (!check::retell(before, trees, templates, settings, sources, told)) return false;
  for (const Diagnostic& one : base.told_after) told.add(one);
  return true;
}

void put(Reparsed& reparsed, ParsedFiles& parsed) {
  for (std::size_t i = 0; i < reparsed.trees.size(); ++i) {
    ast::File& tree = reparsed.trees[i];
    const Source& source = reparsed.sources[tree.source];
    parsed[source.path()] = {std::make_shared<const Source>(source), std::move(tree),
                             std::move(reparsed.told_of[i])};
  }
}

std::optional<Rewritten> rewritten(const Project& previous, const Files& changed,
                                   const Reparsed& parsed, const LoadOptions& options) {
  Rewritten now;
  Files campaigns;
  for (const auto& [path, text] : changed)
    if (is_trig_source(path)) campaigns.emplace(path, text);
  if (!campaigns.empty()) now.project = recompile_parsed(previous, campaigns, parsed, options);
  const Project& base = now.project ? *now.project : previous;
  now.sources = parsed.sources;
  now.diagnostics = parsed.told;
  if (now.project && campaigns.size() == changed.size()) {
    now.diagnostics = base.diagnostics;
    return now;
  }
  Retemplater templates(base, now.sources, now.diagnostics);
  for (const auto& [path, text] : changed)
    if (!campaigns.contains(path) && (some_in_partials(base) || !templates.retell(path, text)))
      return std::nullopt;
  const std::vector<ast::File> none;
  if (!tell(base, now.project ? none : parsed.trees, templates.replaced(), options, now.sources,
            now.diagnostics))
    return std::nullopt;
  finish_diagnostics(base.config, now.diagnostics);
  return now;
}

}  // namespace

std::optional<Rewritten> rewrite(const Project& previous, const Files& changed, ParsedFiles& parsed,
                                 const LoadOptions& options) {
  if (!previous.kept || previous.with_tables != options.with_tables) return std::nullopt;
  for (const auto& [path, text] : changed)
    if (!previous.files.contains(path) ||
        (!is_trig_source(path) && !path.ends_with(".liquid") && !path.starts_with("templates/")))
      return std::nullopt;
  std::optional<Reparsed> reparsed = reparse(previous, changed);
  if (!reparsed) return std::nullopt;
  std::optional<Rewritten> now = rewritten(previous, changed, *reparsed, options);
  put(*reparsed, parsed);
  return now;
}

}  // namespace trig::project
