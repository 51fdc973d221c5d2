// Every name of the project and of the modules it uses, before anything is looked up: so the order
// of declarations and files means nothing.
#include <map>

#include "compiler/base/hash.h"
#include "compiler/check/context.h"

namespace trig::check {
namespace {

class Declarer {
 public:
  Declarer(Context& context, const Declared& declared) : context_(context), declared_(declared) {}

  void operator()(const ast::UseDecl&) {}
  void operator()(const ast::TestDecl&) {}
  void operator()(const ast::PersonDecl&) {}

  void operator()(const ast::RecordDecl& record) {
    if (is_builtin_type(record.name)) return;
    ir::Type type = add_record(record.name);
    add(SymbolKind::kRecord, record.name, type.detail);
  }
  void operator()(const ast::EventDecl& event) {
    if (is_builtin_type(event.name)) return;
    if (!add(SymbolKind::kEvent, event.name, context_.program.events.size())) return;
    ir::EventType type;
    type.name = event.name.text;
    type.hash = name_hash(event.name.text);
    type.record = add_record(event.name);
    for (const ast::TextLiteral& name : event.from) type.received_names.push_back(name.value);
    context_.program.events.push_back(std::move(type));
  }
  void operator()(const ast::TopicDecl& topic) {
    if (!add(SymbolKind::kTopic, topic.name, context_.program.topics.size())) return;
    std::string title = topic.title ? topic.title->value : topic.name.text;
    context_.program.topics.push_back({topic.name.text, name_hash(topic.name.text), title});
  }
  void operator()(const ast::TemplateDecl& mail) {
    if (!add(SymbolKind::kTemplate, mail.name, context_.program.templates.size())) return;
    context_.program.templates.push_back(
        {mail.name.text, name_hash(mail.name.text), {}, mail.file.value, false});
  }
  void operator()(const ast::PolicyDecl& policy) {
    if (!add(SymbolKind::kPolicy, policy.name, context_.program.policies.size())) return;
    ir::Policy& added = context_.program.policies.emplace_back();
    added.name = policy.name.text;
    added.hash = name_hash(policy.name.text);
  }
  void operator()(const ast::CampaignDecl& campaign) {
    if (!add(SymbolKind::kCampaign, campaign.name, context_.program.campaigns.size())) return;
    ir::Campaign& added = context_.program.campaigns.emplace_back();
    added.name = campaign.name.text;
    added.hash = name_hash(campaign.name.text);
    added.range = campaign.name.range;
  }
  void operator()(const ast::ListDecl& list) {
    add_table(SymbolKind::kList, list.name, list.file, !list.fields.empty());
  }
  void operator()(const ast::CatalogDecl& catalog) {
    add_table(SymbolKind::kCatalog, catalog.name, catalog.file, true);
  }
  void operator()(const ast::CouponsDecl& coupons) {
    if (!add(SymbolKind::kCoupons, coupons.name, context_.program.coupons.size())) return;
    context_.program.coupons.push_back(
        {coupons.name.text, name_hash(coupons.name.text), "", coupons.name.range});
  }
  void operator()(const ast::SegmentDecl& segment) {
    if (!add(SymbolKind::kSegment, segment.name, context_.program.segments.size())) return;
    ir::Segment& added = context_.program.segments.emplace_back();
    added.name = segment.name.text;
    added.hash = name_hash(segment.name.text);
  }

 private:
  bool add(SymbolKind kind, const ast::Name& name, std::size_t index) {
    return context_.symbols.add(kind, name, static_cast<std::uint32_t>(index), declared_.own,
                                context_.diagnostics) != nullptr;
  }
  void add_table(SymbolKind kind, const ast::Name& name, const ast::TextLiteral& file,
                 bool has_columns) {
    if (is_builtin_type(name)) return;
    if (!add(kind, name, context_.program.tables.size())) return;
    ir::TableType& table = context_.program.tables.emplace_back();
    table.name = name.text;
    table.hash = name_hash(name.text);
    table.catalog = kind == SymbolKind::kCatalog;
    table.file = file.value;
    table.file_range = file.range;
    if (has_columns) table.record = add_record(name);
  }
  ir::Type add_record(const ast::Name& name) {
    context_.program.sources.emplace_back();
    return context_.program.types.add_record({name.text, {}, name.range});
  }
  bool is_builtin_type(const ast::Name& name) {
    if (builtin_type(name.text) == ir::Kind::kInvalid) return false;
    context_.report(Code::kReservedName, name.range, {name.text, "a type of the language"})
        .hint("choose another name");
    return true;
  }

  Context& context_;
  const Declared& declared_;
};

// Stored data refers to names by their hash, so two names with one hash cannot live in one project.
void refuse_colliding_names(Context& context) {
  std::map<NameHash, const Symbol*> seen;
  for (const Symbol& symbol : context.symbols.all()) {
    auto [place, inserted] = seen.try_emplace(name_hash(symbol.name), &symbol);
    if (inserted || place->second->name == symbol.name) continue;
    context.report(Code::kNameCollision, symbol.range, {symbol.name, place->second->name})
        .label(place->second->range, "this name has the same hash")
        .hint("rename one of them");
  }
}

}  // namespace

void declare_names(Context& context) {
  for (const Declared& declared : context.declarations)
    std::visit(Declarer(context, declared), declared.declaration->node);
  refuse_colliding_names(context);
}

}  // namespace trig::check
