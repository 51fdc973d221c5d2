// `test` blocks: what happens and what is expected, with every value known.
#include <algorithm>

#include "compiler/check/literal.h"

namespace trig::check {
namespace {

class TestChecker {
 public:
  TestChecker(Context& context, ir::Test& test) : context_(context), test_(test) {}

  void check(const ast::TestDecl& written) {
    test_.title = written.title.value;
    test_.range = written.title.range;
    for (const ast::TestStep& step : written.steps) {
      range_ = step.range;
      std::visit([&](const auto& node) { check_step(node); }, step.node);
    }
  }

 private:
  struct Actor {
    std::string name;
    TextRange range;
    bool anonymous = false;
  };

  template <typename Node>
  void add(Node node) {
    test_.steps.push_back({std::move(node), range_});
  }

  void add_actor(const ast::Name& name, bool anonymous) {
    for (const Actor& known : actors_)
      if (known.name == name.text)
        context_.report(Code::kDuplicateName, name.range, {"person", name.text})
            .label(known.range, "the first is here")
            .hint("give one of them another name");
    actors_.push_back({name.text, name.range, anonymous});
  }

  const Actor* actor(const ast::Name& name) {
    std::vector<std::string> known;
    for (const Actor& actor : actors_) {
      if (actor.name == name.text) return &actor;
      known.push_back(actor.name);
    }
    Diagnostic& unknown =
        context_.report(Code::kUnknownName, name.range, {"person of this test", name.text});
    suggest(unknown, name, known);
    if (unknown.hint_text.empty())
      unknown.hint("introduce it: `person {0} {{ email: \"{0}@example.com\" }}`", name.text);
    return nullptr;
  }

  // ------------------------------------------------------------------------------------- people

  void check_step(const ast::TestPerson& person) {
    add_actor(person.name, false);
    ir::TestPerson step;
    step.name = person.name.text;
    ir::Type record = context_.program.person;
    step.fields = context_.program.sources[record.detail].defaults;
    std::vector<bool> given(step.fields.size());
    for (const ast::FieldValue& field : person.fields.fields) {
      int index = context_.record(record).find(field.name.text);
      if (index < 0 && field.name.text == "subscribed") {
        step.topics = topics(*field.value);
      } else if (index < 0) {
        report_unknown_field(context_, field.name, record);
      } else {
        if (given[index])
          context_.report(Code::kRepeated, field.name.range, {"field", field.name.text})
              .hint("remove one of them");
        given[index] = true;
        ir::Type type = context_.record(record).fields[index].type;
        step.fields[index] = constant(context_, *field.value, type).value_or(ir::Missing{});
      }
    }
    add(std::move(step));
  }

  // [offers, news]
  std::vector<std::uint32_t> topics(const ast::Expr& expr) {
    std::vector<std::uint32_t> found;
    const auto* list = std::get_if<ast::ListLiteral>(&expr.node);
    if (list == nullptr) {
      context_.report(Code::kNotConstant, expr.range).hint("write the topics: `[offers]`");
      return found;
    }
    for (const ast::ExprPtr& item : list->items) {
      const auto* path = std::get_if<ast::Path>(&item->node);
      if (path == nullptr || path->names.size() != 1)
        context_.report(Code::kNotConstant, item->range).hint("name a topic: `[offers]`");
      else if (const Symbol* topic = context_.resolve(SymbolKind::kTopic, path->names[0]))
        found.push_back(topic->index);
    }
    return found;
  }

  void check_step(const ast::TestAnonymous& anonymous) {
    add_actor(anonymous.name, true);
    add(ir::TestPerson{anonymous.name.text, true, {}, {}});
  }

  void check_step(const ast::TestIdentifies& identifies) {
    require_time();
    const Actor* who = actor(identifies.actor);
    const Actor* as = actor(identifies.as);
    if (as != nullptr && as->anonymous)
      context_.report(Code::kIdentifiesAsAnonymous, identifies.as.range, {identifies.as.text})
          .label(as->range, "it is introduced as `anonymous`")
          .hint("name a `person` of this test");
    if (who != nullptr && as != nullptr)
      add(ir::TestIdentifies{identifies.actor.text, identifies.as.text});
  }

  void check_step(const ast::TestSubscription& change) {
    require_time();
    const Actor* who = actor(change.actor);
    ir::TestSubscription step{change.actor.text, change.subscribes, {}};
    if (change.topic) {
      const Symbol* topic = context_.resolve(SymbolKind::kTopic, *change.topic);
      if (topic != nullptr) step.topic = topic->index;
    }
    if (who != nullptr) add(std::move(step));
  }

  // --------------------------------------------------------------------------------------- time

  Instant instant_of(const ast::TestAt& at) {
    const Zone& zone = context_.settings.zone;
    LocalTime local = LocalTime::at(at.date, at.time);
    if (!zone.exists(local))
      context_.report(Code::kTimeDoesNotExist, range_, {to_string(local), zone.name()})
          .hint("clocks go forward over it; take a time before or after");
    return zone.to_instant(local);
  }

  void check_step(const ast::TestAt& at) {
    Instant instant = instant_of(at);
    if (now_ && instant < *now_)
      context_
          .report(Code::kTimeGoesBack, range_, {to_string(context_.settings.zone.to_local(*now_))})
          .hint("write the lines in the order of time");
    else
      now_ = instant;
    add(ir::TestAt{instant});
  }

  void check_step(const ast::TestAfter& after) {
    require_time();
    Span span = after.span.span;
    if (now_) now_ = add_span(*now_, span, context_.settings.zone);
    add(ir::TestAfter{span});
  }

  // Everything happens at some time, so the first line says which.
  void require_time() {
    if (now_ || no_time_told_) return;
    no_time_told_ = true;
    context_.report(Code::kTestWithoutTime, range_).hint("begin with `at 2026-01-01 12:00`");
  }

  // ------------------------------------------------------------------------------------- events

  void check_step(const ast::TestEvent& event) {
    require_time();
    const Actor* who = actor(event.actor);
    const Symbol* type = context_.resolve(SymbolKind::kEvent, event.event);
    if (type == nullptr) return;
    ir::TestEvent step{event.actor.text, type->index, {}, Duration{0}, {}};
    ir::Type record = context_.program.events[type->index].record;
    std::optional<ir::Items> fields =
        constant_fields(context_, event.fields, record, event.event.range);
    if (event.late) step.late = event.late->span.exact();
    if (who == nullptr || !fields) return;
    step.fields = std::move(*fields);
    step.mails = named_mails(event.fields, context_.record(record));
    add(std::move(step));
  }

  // A field of type message may name a mail of the project; its name outside is known when it was
  // sent.
  std::vector<std::pair<std::uint32_t, std::string>> named_mails(const ast::RecordLiteral& literal,
                                                                 const ir::RecordType& record) {
    std::vector<std::pair<std::uint32_t, std::string>> mails;
    for (const ast::FieldValue& field : literal.fields) {
      int index = record.find(field.name.text);
      const auto* path = std::get_if<ast::Path>(&field.value->node);
      if (index < 0 || path == nullptr || record.fields[index].type.kind != ir::Kind::kMessage)
        continue;
      const ast::Name& name = path->names[0];
      if (const Symbol* mail = context_.symbols.find(SymbolKind::kTemplate, name.text))
        context_.symbols.use(*mail);
      std::vector<std::string> known = mail_names();
      if (std::find(known.begin(), known.end(), name.text) == known.end())
        suggest(context_.report(Code::kUnknownMail, name.range, {name.text}), name, known);
      mails.emplace_back(static_cast<std::uint32_t>(index), name.text);
    }
    return mails;
  }

  std::vector<std::string> mail_names() const {
    std::vector<std::string> names;
    for (const ir::Campaign& campaign : context_.program.campaigns)
      for (const ir::Slot& slot : campaign.slots)
        if (slot.record.kind == ir::Kind::kMessage) names.push_back(slot.name);
    for (const ir::MailTemplate& mail : context_.program.templates) names.push_back(mail.name);
    return names;
  }

  // ------------------------------------------------------------------------------- expectations

  std::optional<std::uint32_t> mail(const std::optional<ast::Name>& name) {
    if (!name) return std::nullopt;
    const Symbol* symbol = context_.resolve(SymbolKind::kTemplate, *name);
    return symbol == nullptr ? std::nullopt : std::optional(symbol->index);
  }

  void check_step(const ast::ExpectNoSend& expect) {
    ir::ExpectSend step;
    step.none = true;
    step.mail_template = mail(expect.template_name);
    step.to = expect.to.text;
    if (actor(expect.to) != nullptr) add(std::move(step));
  }

  void check_step(const ast::ExpectSend& expect) {
    ir::ExpectSend step;
    if (expect.at) step.at = instant_of(*expect.at);
    step.count = expect.count;
    step.mail_template = mail(expect.template_name);
    step.to = expect.to.text;
    if (expect.with) check_with(expect, step);
    if (actor(expect.to) != nullptr) add(std::move(step));
  }

  void check_with(const ast::ExpectSend& expect, ir::ExpectSend& step) {
    if (!step.mail_template) {
      if (!expect.template_name)
        context_.report(Code::kWithNeedsTemplate, range_).hint("say which: `send TEMPLATE to …`");
      return;
    }
    const ir::MailTemplate& mail = context_.program.templates[*step.mail_template];
    for (const ast::FieldValue& field : expect.with->fields) {
      auto parameter = std::find_if(mail.parameters.begin(), mail.parameters.end(),
                                    [&](const auto& it) { return it.name == field.name.text; });
      if (parameter == mail.parameters.end()) {
        std::vector<std::string> known;
        for (const ir::Field& candidate : mail.parameters) known.push_back(candidate.name);
        suggest(
            context_.report(Code::kUnknownArgument, field.name.range, {mail.name, field.name.text}),
            field.name, known);
        continue;
      }
      std::optional<ir::Value> value = constant(context_, *field.value, parameter->type);
      if (value) step.with.emplace_back(field.name.text, std::move(*value));
    }
  }

  void check_step(const ast::ExpectJourney& expect) {
    const Symbol* campaign = context_.resolve(SymbolKind::kCampaign, expect.campaign);
    const Actor* of = actor(expect.of);
    if (campaign == nullptr || of == nullptr) return;
    ir::ExpectJourney step{campaign->index, expect.of.text, expect.ended, {}};
    if (expect.because) step.because = expect.because->value;
    add(std::move(step));
  }

  Context& context_;
  ir::Test& test_;
  TextRange range_;  // of the step at hand
  std::vector<Actor> actors_;
  std::optional<Instant> now_;
  bool no_time_told_ = false;
};

}  // namespace

void check_test(Context& context, const ast::TestDecl& written, std::uint32_t index) {
  ir::Test& test = context.program.tests.edit(index);
  test = {};
  context.currency = context.kept.currency;
  TestChecker(context, test).check(written);
  std::vector<std::uint32_t>& uses = context.kept.test_uses.edit(index);
  uses = context.symbols.take_uses();
  count_uses(context, uses, 1);
}

void check_tests(Context& context) {
  for (const Declared& declared : context.declarations) {
    const auto* written = std::get_if<ast::TestDecl>(&declared.declaration->node);
    if (written == nullptr) continue;
    context.program.tests.emplace_back();
    context.kept.test_uses.emplace_back();
    check_test(context, *written, static_cast<std::uint32_t>(context.program.tests.size() - 1));
  }
}

}  // namespace trig::check
