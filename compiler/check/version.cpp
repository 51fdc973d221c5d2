// Versions: a hash of what decides how a campaign behaves for someone inside it. Comments and
// layout do not count.
#include <map>
#include <set>

#include "compiler/ast/printer.h"
#include "compiler/base/codec.h"
#include "compiler/base/hash.h"
#include "compiler/base/language_version.h"
#include "compiler/check/context.h"

namespace trig::check {
namespace {

// What the same text means may change with the language; then every version does.
std::string language_text() { return "trig " + std::to_string(kLanguageVersion); }

// A length before each part: no two lists of parts give the same text.
void append(std::string& text, std::string_view part) {
  text += '\n' + std::to_string(part.size()) + ' ';
  text += part;
}

std::string canonical(const Context& context, const Declared& declared) {
  SourceId source = declared.declaration->range.source;
  return ast::print_canonical(*declared.file, declared.index, context.sources[source]);
}

// The name by which records refer to it, or nothing.
const ast::Name* type_name(const ast::Declaration& declaration) {
  if (const auto* event = std::get_if<ast::EventDecl>(&declaration.node)) return &event->name;
  if (const auto* record = std::get_if<ast::RecordDecl>(&declaration.node)) return &record->name;
  if (const auto* list = std::get_if<ast::ListDecl>(&declaration.node)) return &list->name;
  if (const auto* catalog = std::get_if<ast::CatalogDecl>(&declaration.node)) return &catalog->name;
  return nullptr;
}

// The declarations of records a record is made of, itself first.
void collect_records(const Context& context, ir::Type type, std::set<std::string>& names) {
  if (type.kind == ir::Kind::kList)
    collect_records(context, context.program.types.element(type), names);
  if (type.kind != ir::Kind::kRecord) return;
  const ir::RecordType& record = context.record(type);
  if (!names.insert(record.name).second) return;
  for (const ir::Field& field : record.fields) collect_records(context, field.type, names);
}

Hash128 version_of(const Context& context, std::uint32_t index, const std::string& own_text) {
  const VersionTexts& texts = *context.kept.texts;
  const ir::Campaign& campaign = context.program.campaigns[index];
  std::string text = language_text();
  append(text, own_text);
  std::set<std::string> records;
  for (std::uint32_t event : context.reached_events[index])
    collect_records(context, context.program.events[event].record, records);
  std::set<std::uint32_t> templates;
  for (const ir::Step& step : campaign.steps)
    if (const auto* send = std::get_if<ir::Send>(&step.node)) templates.insert(send->mail_template);
  // Arguments are kept for retries, so the shape of what a template takes counts too.
  for (std::uint32_t mail : templates)
    for (const ir::Field& parameter : context.program.templates[mail].parameters)
      collect_records(context, parameter.type, records);
  for (const std::string& name : records)
    if (auto place = texts.types.find(name); place != texts.types.end())
      append(text, place->second);
  for (std::uint32_t mail : templates) {
    append(text, context.program.templates[mail].name);
    append(text, texts.templates[mail]);
  }
  return hash128(text);
}

}  // namespace

void stamp_declaration(Context& context, const Declared& declared, std::uint32_t index) {
  const std::string text = canonical(context, declared);
  context.kept.declarations.edit(index) = hash128(text);
  const auto* campaign = std::get_if<ast::CampaignDecl>(&declared.declaration->node);
  if (campaign == nullptr) return;
  const std::uint32_t number = context.declared(SymbolKind::kCampaign, campaign->name)->index;
  context.program.campaigns.edit(number).version = version_of(context, number, text);
}

// Of the hashes of the declarations: what did not change is not read again.
void stamp_program(Context& context) {
  ByteWriter all;
  all.text(language_text());
  auto write = [&](const Hash128& hash) {
    all.fixed64(hash.high);
    all.fixed64(hash.low);
  };
  write(context.kept.texts->all_templates);
  for (const Hash128& declaration : context.kept.declarations) write(declaration);
  context.program.hash = hash128(all.bytes());
}

void stamp_versions(Context& context) {
  auto texts = std::make_shared<VersionTexts>();
  std::vector<std::pair<const ast::CampaignDecl*, std::string>> campaigns;
  for (const Declared& declared : context.declarations) {
    std::string text = canonical(context, declared);
    context.kept.declarations.push_back(hash128(text));
    if (const ast::Name* name = type_name(*declared.declaration))
      texts->types[name->text] = std::move(text);
    else if (const auto* campaign = std::get_if<ast::CampaignDecl>(&declared.declaration->node))
      campaigns.emplace_back(campaign, std::move(text));
  }
  texts->templates = std::move(context.template_texts);
  std::string all;
  for (const std::string& text : texts->templates) append(all, text);
  texts->all_templates = hash128(all);
  context.kept.texts = std::move(texts);
  for (const auto& [campaign, text] : campaigns) {
    const std::uint32_t index = context.declared(SymbolKind::kCampaign, campaign->name)->index;
    context.program.campaigns.edit(index).version = version_of(context, index, text);
  }
  stamp_program(context);
  context.program.identity = context.program.hash;
}

}  // namespace trig::check
