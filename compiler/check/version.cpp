// Versions: a hash of what decides how a campaign behaves for someone inside it. Comments and
// layout do not count.
#include <map>
#include <set>

#include "compiler/ast/printer.h"
#include "compiler/base/hash.h"
#include "compiler/base/language_version.h"
#include "compiler/check/context.h"

namespace trig::check {
namespace {

// What the same text means may change with the language; then every version does.
std::string language_text() { return "trig " + std::to_string(kLanguageVersion); }

class Stamper {
 public:
  explicit Stamper(Context& context) : context_(context) {
    for (const Declared& declared : context.declarations) remember(declared);
  }

  void run() {
    for (std::size_t i = 0; i < context_.program.campaigns.size(); ++i)
      context_.program.campaigns.edit(i).version = hash128(campaign_text(i));
    std::string all = language_text();
    for (const Declared& declared : context_.declarations) append(all, canonical(declared));
    for (const std::string& text : context_.template_texts) append(all, text);
    context_.program.hash = hash128(all);
  }

 private:
  // A length before each part: no two lists of parts give the same text.
  static void append(std::string& text, std::string_view part) {
    text += '\n' + std::to_string(part.size()) + ' ';
    text += part;
  }

  std::string canonical(const Declared& declared) const {
    SourceId source = declared.declaration->range.source;
    return ast::print_canonical(*declared.file, declared.index, context_.sources[source]);
  }

  void remember(const Declared& declared) {
    if (const auto* event = std::get_if<ast::EventDecl>(&declared.declaration->node))
      types_[event->name.text] = &declared;
    if (const auto* record = std::get_if<ast::RecordDecl>(&declared.declaration->node))
      types_[record->name.text] = &declared;
    if (const auto* list = std::get_if<ast::ListDecl>(&declared.declaration->node))
      types_[list->name.text] = &declared;
    if (const auto* catalog = std::get_if<ast::CatalogDecl>(&declared.declaration->node))
      types_[catalog->name.text] = &declared;
    if (const auto* campaign = std::get_if<ast::CampaignDecl>(&declared.declaration->node))
      campaigns_[campaign->name.text] = &declared;
  }

  // The declarations of records a record is made of, itself first.
  void collect_records(ir::Type type, std::set<std::string>& names) const {
    if (type.kind == ir::Kind::kList) collect_records(context_.program.types.element(type), names);
    if (type.kind != ir::Kind::kRecord) return;
    const ir::RecordType& record = context_.record(type);
    if (!names.insert(record.name).second) return;
    for (const ir::Field& field : record.fields) collect_records(field.type, names);
  }

  std::string campaign_text(std::size_t index) const {
    const ir::Campaign& campaign = context_.program.campaigns[index];
    std::string text = language_text();
    append(text, canonical(*campaigns_.at(campaign.name)));
    std::set<std::string> records;
    for (std::uint32_t event : context_.reached_events[index])
      collect_records(context_.program.events[event].record, records);
    std::set<std::uint32_t> templates;
    for (const ir::Step& step : campaign.steps)
      if (const auto* send = std::get_if<ir::Send>(&step.node))
        templates.insert(send->mail_template);
    // Arguments are kept for retries, so the shape of what a template takes counts too.
    for (std::uint32_t mail : templates)
      for (const ir::Field& parameter : context_.program.templates[mail].parameters)
        collect_records(parameter.type, records);
    for (const std::string& name : records)
      if (auto place = types_.find(name); place != types_.end())
        append(text, canonical(*place->second));
    for (std::uint32_t mail : templates) {
      append(text, context_.program.templates[mail].name);
      append(text, context_.template_texts[mail]);
    }
    return text;
  }

  Context& context_;
  std::map<std::string, const Declared*> types_;
  std::map<std::string, const Declared*> campaigns_;
};

}  // namespace

void stamp_versions(Context& context) { Stamper(context).run(); }

}  // namespace trig::check
