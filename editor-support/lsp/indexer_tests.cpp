#include "editor-support/lsp/indexer.h"

namespace trig::lsp {

void Indexer::actor(const ast::Name& name, bool definition) {
  add(NameKind::kActor, name, definition, unit_);
}

void Indexer::test(const ast::TestDecl& test) {
  unit_ = path_ + " " + std::to_string(test.title.range.begin);
  locals_.clear();
  for (const ast::TestStep& step : test.steps) test_step(step);
}

void Indexer::expected_mail(const std::optional<ast::Name>& name, const ast::RecordLiteral* with) {
  if (!name) return;
  add(NameKind::kTemplate, *name);
  if (with == nullptr) return;
  const int index = program_.find_template(name->text);
  for (const ast::FieldValue& value : with->fields) {
    ir::Type expected;
    if (index >= 0)
      for (const ir::Field& known : program_.templates[static_cast<std::size_t>(index)].parameters)
        if (known.name == value.name.text) expected = known.type;
    add(NameKind::kParameter, value.name, false, name->text,
        expected.valid() ? program_.types.name(expected) : "");
    expression(value.value.get(), expected);
  }
}

void Indexer::test_step(const ast::TestStep& step) {
  ast::visit(
      step.node,
      [&](const ast::TestPerson& person) {
        actor(person.name, true);
        record(person.fields, program_.person);
      },
      [&](const ast::TestAnonymous& anonymous) { actor(anonymous.name, true); },
      [](const ast::TestAt&) {}, [](const ast::TestAfter&) {},
      [&](const ast::TestEvent& happens) {
        actor(happens.actor, false);
        event(happens.event);
        const ir::Type known = record_of(happens.event.text);
        if (!known.valid()) return record(happens.fields, known);
        for (const ast::FieldValue& value : happens.fields.fields) {
          field(known, value.name);
          const ir::RecordType& type = program_.types.record_at(known);
          const int at = type.find(value.name.text);
          const ir::Type expected =
              at < 0 ? ir::Type() : type.fields[static_cast<std::size_t>(at)].type;
          const auto* name = std::get_if<ast::Path>(&value.value->node);
          const bool mail = expected.kind == ir::Kind::kMessage && name != nullptr &&
                            name->names.size() == 1 &&
                            program_.find_template(name->names[0].text) < 0;
          if (mail)
            add(NameKind::kMail, name->names[0], false, {}, "message");
          else
            expression(value.value.get(), expected);
        }
      },
      [&](const ast::TestIdentifies& one) {
        actor(one.actor, false);
        actor(one.as, false);
      },
      [&](const ast::TestSubscription& one) {
        actor(one.actor, false);
        if (one.topic) add(NameKind::kTopic, *one.topic);
      },
      [&](const ast::ExpectNoSend& one) {
        expected_mail(one.template_name, nullptr);
        actor(one.to, false);
      },
      [&](const ast::ExpectSend& one) {
        expected_mail(one.template_name, one.with ? &*one.with : nullptr);
        actor(one.to, false);
      },
      [&](const ast::ExpectJourney& one) {
        add(NameKind::kCampaign, one.campaign);
        actor(one.of, false);
      });
}

}  // namespace trig::lsp
