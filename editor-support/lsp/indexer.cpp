#include "editor-support/lsp/indexer.h"

namespace trig::lsp {

std::vector<NameUse> index_tree(const ast::File& tree, const std::string& path,
                                const ir::Program& program) {
  return Indexer(path, program).run(tree);
}

std::vector<NameUse> Indexer::run(const ast::File& file) {
  for (const ast::Declaration& one : file.declarations) declaration(one);
  return std::move(uses_);
}

void Indexer::add(NameKind kind, const ast::Name& name, bool definition, std::string owner,
                  std::string type) {
  uses_.push_back({name.range.begin,
                   name.range.end,
                   {kind, std::move(owner), name.text},
                   definition,
                   std::move(type)});
}

void Indexer::events(const std::vector<ast::Name>& names) {
  for (const ast::Name& name : names) event(name);
}

void Indexer::audience(const ast::Name& name) {
  if (name.text != "everyone") add(NameKind::kSegment, name);
}

ir::Type Indexer::record_of(const std::string& name) const { return program_.types.record(name); }

Indexer::Records Indexer::records_of(const std::vector<ast::Name>& events) const {
  Records records;
  for (const ast::Name& name : events)
    if (ir::Type record = record_of(name.text); record.valid()) records.push_back(record);
  return records;
}

std::string Indexer::type_text(const Records& records) const {
  std::string text;
  for (ir::Type record : records)
    text += (text.empty() ? "" : " or ") + program_.types.name(record);
  return text;
}

void Indexer::field(ir::Type record, const ast::Name& name) {
  if (record.kind != ir::Kind::kRecord) return;
  const ir::RecordType& known = program_.types.record_at(record);
  const int index = known.find(name.text);
  if (index >= 0)
    add(NameKind::kField, name, false, known.name, program_.types.name(known.fields[index].type));
}

void Indexer::bind(const std::optional<ast::Name>& name, Records records) {
  if (!name) return;
  add(NameKind::kBinding, *name, true, unit_, type_text(records));
  locals_.push_back(
      {name->text, std::move(records), NameId{NameKind::kBinding, unit_, name->text}});
}

// ------------------------------------------------------------------------------------ declarations

void Indexer::type(const ast::TypeExpr& type) {
  ast::visit(
      type.node,
      [&](const ast::TypeExpr::Named& named) {
        const std::string& name = named.name.text;
        if (program_.find_event(name) >= 0) return event(named.name);
        for (const ir::TableType& table : program_.tables)
          if (table.name == name)
            return add(table.catalog ? NameKind::kCatalog : NameKind::kList, named.name);
        if (name != "person" && record_of(name).valid()) add(NameKind::kRecord, named.name);
      },
      [&](const ast::TypeExpr::ListOf& list) { this->type(*list.element); },
      [](const ast::TypeExpr::OneOf&) {});
}

void Indexer::fields(const std::string& owner, const std::vector<ast::FieldDecl>& fields) {
  for (const ast::FieldDecl& field : fields) {
    const ir::Type record = owner == "person" ? program_.person : record_of(owner);
    std::string written;
    if (record.valid()) {
      const ir::RecordType& known = program_.types.record_at(record);
      if (const int at = known.find(field.name.text); at >= 0)
        written = program_.types.name(known.fields[static_cast<std::size_t>(at)].type);
    }
    add(NameKind::kField, field.name, true, owner, std::move(written));
    type(field.type);
  }
}

void Indexer::policy_rule(const ast::PolicyRule& rule) {
  if (const auto* consent = std::get_if<ast::ConsentRule>(&rule.node))
    if (consent->topic) add(NameKind::kTopic, *consent->topic);
}

void Indexer::declaration(const ast::Declaration& declaration) {
  ast::visit(
      declaration.node, [](const ast::UseDecl&) {},
      [&](const ast::EventDecl& event) {
        add(NameKind::kEvent, event.name, true);
        fields(event.name.text, event.fields);
      },
      [&](const ast::RecordDecl& record) {
        add(NameKind::kRecord, record.name, true);
        fields(record.name.text, record.fields);
      },
      [&](const ast::PersonDecl& person) { fields("person", person.fields); },
      [&](const ast::ListDecl& list) {
        add(NameKind::kList, list.name, true);
        field(program_.person, list.by);
        fields(list.name.text, list.fields);
      },
      [&](const ast::CatalogDecl& catalog) {
        add(NameKind::kCatalog, catalog.name, true);
        field(record_of(catalog.name.text), catalog.key);
        fields(catalog.name.text, catalog.fields);
      },
      [&](const ast::TopicDecl& topic) { add(NameKind::kTopic, topic.name, true); },
      [&](const ast::CouponsDecl& coupons) { add(NameKind::kCoupons, coupons.name, true); },
      [&](const ast::SegmentDecl& segment) {
        add(NameKind::kSegment, segment.name, true);
        expression(segment.condition.get());
      },
      [&](const ast::TemplateDecl& mail) {
        add(NameKind::kTemplate, mail.name, true);
        const int index = program_.find_template(mail.name.text);
        for (const ast::ParameterDecl& parameter : mail.parameters) {
          std::string written;
          if (index >= 0)
            for (const ir::Field& known :
                 program_.templates[static_cast<std::size_t>(index)].parameters)
              if (known.name == parameter.name.text) written = program_.types.name(known.type);
          add(NameKind::kParameter, parameter.name, true, mail.name.text, std::move(written));
          type(parameter.type);
        }
      },
      [&](const ast::PolicyDecl& policy) {
        add(NameKind::kPolicy, policy.name, true);
        for (const ast::PolicyRule& rule : policy.rules) policy_rule(rule);
      },
      [&](const ast::CampaignDecl& campaign) { declare(campaign); },
      [&](const ast::TestDecl& written) { test(written); });
}

// --------------------------------------------------------------------------------------- campaigns

void Indexer::declare(const ast::CampaignDecl& campaign) {
  add(NameKind::kCampaign, campaign.name, true);
  unit_ = path_ + " " + campaign.name.text;
  locals_.clear();
  if (campaign.policy) add(NameKind::kPolicy, *campaign.policy);
  if (campaign.trigger) trigger(*campaign.trigger);
  block(campaign.steps);
  watches(campaign.exits);
  for (const ast::Goal& one : campaign.goals) goal(one);
  locals_.clear();
}

void Indexer::trigger(const ast::Trigger& trigger) {
  Records records;
  auto starts = [&](const std::vector<ast::Name>& names, const std::optional<ast::Name>& as) {
    events(names);
    records = records_of(names);
    bind(as, records);
  };
  ast::visit(
      trigger.node, [&](const ast::EventTrigger& on) { starts(on.events, on.as); },
      [&](const ast::CountTrigger& on) { starts(on.events, on.as); },
      [&](const ast::SequenceTrigger& on) {
        for (const ast::SequenceTrigger::Part& part : on.parts) starts({part.event}, part.as);
      },
      [&](const ast::SilenceTrigger& on) { events(on.events); },
      [&](const ast::DateTrigger& on) {
        const ast::Name& first = on.date.names[0];
        if (first.text != "person") {
          add(NameKind::kList, first);
          if (ir::Type row = record_of(first.text); row.valid()) records = {row};
          follow(records, on.date.names, 1);
        } else {
          follow({program_.person}, on.date.names, 1);
        }
        bind(on.as, records);
      },
      [&](const ast::SegmentTrigger& on) { add(NameKind::kSegment, on.segment); },
      [&](const ast::RecurringTrigger& on) { audience(on.audience); },
      [&](const ast::OnceTrigger& on) { audience(on.audience); });
  if (!records.empty()) locals_.push_back({"trigger", records, std::nullopt});
  condition(trigger.where.get(), records);
  if (trigger.per) {
    tested_ = records;
    path(*trigger.per);
    tested_.clear();
  }
}

void Indexer::occurrence(const ast::Occurrence& occurrence) {
  events(occurrence.events);
  condition(occurrence.where.get(), records_of(occurrence.events));
  bind(occurrence.as, records_of(occurrence.events));
}

void Indexer::watches(const std::vector<ast::Occurrence>& watches) {
  for (const ast::Occurrence& one : watches) occurrence(one);
}

void Indexer::goal(const ast::Goal& goal) {
  occurrence(goal.event);
  if (goal.value)
    for (ir::Type record : records_of(goal.event.events)) field(record, *goal.value);
}

void Indexer::block(const ast::Block& block) {
  for (const ast::Step& one : block) step(one);
}

void Indexer::send(const ast::Send& send) {
  add(NameKind::kTemplate, send.template_name);
  const int index = program_.find_template(send.template_name.text);
  for (const ast::Argument& argument : send.arguments) {
    ir::Type expected;
    if (argument.label) {
      std::string written;
      if (index >= 0)
        for (const ir::Field& known :
             program_.templates[static_cast<std::size_t>(index)].parameters)
          if (known.name == argument.label->text) {
            expected = known.type;
            written = program_.types.name(known.type);
          }
      add(NameKind::kParameter, *argument.label, false, send.template_name.text,
          std::move(written));
    }
    expression(argument.value.get(), expected);
  }
  if (!send.as) return;
  add(NameKind::kMail, *send.as, true, {}, "message");
  locals_.push_back({send.as->text, {}, NameId{NameKind::kMail, {}, send.as->text}});
}

void Indexer::step(const ast::Step& step) {
  ast::visit(
      step.node, [&](const ast::StepName& named) { add(NameKind::kStep, named.name, true, unit_); },
      [&](const ast::WaitSpan& wait) { watches(wait.unless); },
      [&](const ast::WaitUntil& wait) {
        expression(wait.moment.base.get());
        watches(wait.unless);
      },
      [&](const ast::WaitForEvent& wait) {
        occurrence(wait.event);
        block(wait.arrived);
        if (wait.otherwise) block(*wait.otherwise);
      },
      [&](const ast::WaitForSilence& wait) { watches(wait.unless); },
      [&](const ast::When& when) {
        for (const ast::When::Branch& branch : when.branches) {
          expression(branch.condition.get());
          block(branch.block);
        }
        if (when.otherwise) block(*when.otherwise);
      },
      [](const ast::Stop&) {},
      [&](const ast::Split& split) {
        for (const ast::Split::Arm& arm : split.arms) block(arm.block);
      },
      [&](const ast::Send& one) { send(one); },
      [&](const ast::Subscribe& one) { add(NameKind::kTopic, one.topic); },
      [&](const ast::Unsubscribe& one) { add(NameKind::kTopic, one.topic); },
      [&](const ast::Post& post) { record(post.body, {}); },
      [&](const ast::SetField& set) {
        field(program_.person, set.field);
        expression(set.value.get());
      },
      [&](const ast::Emit& emit) {
        event(emit.event);
        record(emit.fields, record_of(emit.event.text));
      });
}

}  // namespace trig::lsp
