// Hover: what a name is, its type, what is said of it where it is declared, and what a campaign
// does.
#include "compiler/ir/program.h"
#include "compiler/liquid/filters.h"
#include "editor-support/lsp/definitions.h"
#include "editor-support/lsp/features.h"
#include "editor-support/lsp/meaning.h"
#include "stdlib/builtins.h"

namespace trig::lsp {
namespace {

bool is_name_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

struct Word {
  std::string text;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};
Word word_at(const Spot& spot) {
  std::uint32_t begin = spot.offset;
  std::uint32_t end = spot.offset;
  while (begin > 0 && is_name_byte(spot.text[begin - 1])) --begin;
  while (end < spot.text.size() && is_name_byte(spot.text[end])) ++end;
  return {spot.text.substr(begin, end - begin), begin, end};
}

std::string code_block(const std::string& text) { return "```trig\n" + text + "\n```\n"; }

std::string of_name(LiveProject& project, const NameUse& use) {
  const NamesByPath names = index_of_all(project);
  const auto place = definition_of(names, use.id);
  std::string shown;
  const std::string text = place ? text_of_path(project, place->path) : std::string();
  const bool typed = !use.type.empty() && use.id.kind != NameKind::kMail;
  if (typed && (use.id.kind != NameKind::kBinding))
    shown = code_block(use.id.name + ": " + use.type);
  else if (typed)
    shown = code_block(use.type + " as " + use.id.name);
  else if (place)
    shown = code_block(declaration_text(text, place->use.begin));
  if (use.id.kind == NameKind::kField)
    shown += use.id.owner == "person" ? "field of the person\n"
                                      : fmt::format("field of `{}`\n", use.id.owner);
  if (use.id.kind == NameKind::kParameter)
    shown += fmt::format("parameter of the template `{}`\n", use.id.owner);
  if (place && use.id.kind != NameKind::kBinding && use.id.kind != NameKind::kActor)
    if (const std::string said = doc_comment(text, place->use.begin); !said.empty())
      shown += "\n" + said + "\n";
  const ir::Program& program = project.checked().program;
  if (use.id.kind == NameKind::kCampaign)
    if (const int index = program.find_campaign(name_hash(use.id.name)); index >= 0)
      shown += "\n" + what_it_does(program, program.campaigns[static_cast<std::size_t>(index)]);
  if (place && of_standard_library(project, place->path))
    shown += fmt::format("\nof the standard library, `{}`\n", place->path);
  return shown;
}

std::string of_word(const Spot& spot, const Word& word) {
  const bool template_text = !spot.path.ends_with(".trig");
  if (template_text) {
    const auto* filter = liquid::find_filter(word.text);
    const std::size_t bar = spot.text.find_last_not_of(' ', word.begin == 0 ? 0 : word.begin - 1);
    if (filter != nullptr && bar != std::string::npos && spot.text[bar] == '|')
      return filter_text(*filter);
    return {};
  }
  const std::size_t next = spot.text.find_first_not_of(' ', word.end);
  const bool called = next != std::string::npos && spot.text[next] == '(';
  if (const auto* builtin = stdlib::find_builtin(word.text); builtin != nullptr && called)
    return code_block(stdlib::signature(*builtin)) + std::string(builtin->documentation);
  return std::string(doc_of_word(word.text));
}

}  // namespace

std::string filter_text(const liquid::FilterInfo& filter) {
  const std::string arguments =
      filter.most == 0 ? "no arguments"
      : filter.least == filter.most
          ? fmt::format("{} argument{}", filter.most, filter.most == 1 ? "" : "s")
          : fmt::format("{} to {} arguments", filter.least, filter.most);
  std::string_view gives;
  switch (filter.result) {
    case liquid::FilterResult::kText: gives = "text"; break;
    case liquid::FilterResult::kNumber: gives = "a number"; break;
    case liquid::FilterResult::kInteger: gives = "a whole number"; break;
    case liquid::FilterResult::kBoolean: gives = "true or false"; break;
    case liquid::FilterResult::kSame: gives = "what it is given, of the same type"; break;
    case liquid::FilterResult::kItem: gives = "an item of the list"; break;
    case liquid::FilterResult::kItems: gives = "items of the list"; break;
    case liquid::FilterResult::kTexts: gives = "a list of text"; break;
    case liquid::FilterResult::kAny: gives = "a value"; break;
  }
  return fmt::format("filter `{}`: {}; gives {}", filter.name, arguments, gives);
}

Answer hover(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  if (!spot) return json::value();
  std::string shown;
  Word word = word_at(*spot);
  for (const NameUse& use : names_at(*spot->project, spot->path, spot->offset)) {
    shown += (shown.empty() ? "" : "\n---\n") + of_name(*spot->project, use);
    word = {use.id.name, use.begin, use.end};
  }
  if (shown.empty()) shown = of_word(*spot, word);
  if (shown.empty()) return json::value();
  return json::value(json::object{
      {"contents", json::object{{"kind", "markdown"}, {"value", std::move(shown)}}},
      {"range", range_json(Lines(spot->text), word.begin, word.end, session.encoding)}});
}

}  // namespace trig::lsp
