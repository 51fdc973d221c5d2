// Records, events and the person: fields with their types, places in a payload and defaults.
#include <map>
#include <optional>
#include <set>

#include "compiler/base/hash.h"
#include "compiler/check/context.h"
#include "compiler/check/literal.h"

namespace trig::check {
namespace {

class RecordChecker {
 public:
  RecordChecker(Context& context, ir::Type record) : context_(context), record_(record) {}

  void check(const std::vector<ast::FieldDecl>& fields) {
    for (const ast::FieldDecl& field : fields) check_field(field);
  }

 private:
  void check_field(const ast::FieldDecl& field) {
    if (int first = context_.record(record_).find(field.name.text); first >= 0) {
      TextRange place = context_.record(record_).fields[first].range;
      context_.report(Code::kDuplicateName, field.name.range, {"field", field.name.text})
          .label(place, "the first is here")
          .hint("give one of them another name");
      return;
    }
    ir::Type type = resolve_type(context_, field.type);
    if (type.optional && field.default_value != nullptr) type = type.required();
    ir::FieldSource source;
    for (const ast::TextLiteral& name : field.from) source.names.push_back(name.value);
    if (source.names.empty()) source.names.push_back(field.name.text);
    check_currency_place(field, type, source);
    ir::Value value = check_default(field, type);

    ir::RecordSource& sources = context_.program.sources[record_.detail];
    sources.fields.push_back(std::move(source));
    sources.defaults.push_back(std::move(value));
    context_.program.types.record_at(record_).fields.push_back(
        {field.name.text, type, field.name.range});
  }

  void check_currency_place(const ast::FieldDecl& field, ir::Type type, ir::FieldSource& source) {
    if (!field.in) return;
    source.currency = field.in->value;
    if (type.kind == ir::Kind::kMoney || !type.valid()) return;
    context_
        .report(Code::kMisplacedFieldOption, field.in->range,
                {"in", "only money has a currency beside it"})
        .hint("leave out `in`, or make the field `money`");
  }

  ir::Value check_default(const ast::FieldDecl& field, ir::Type type) {
    if (field.default_value == nullptr) return ir::Missing{};
    return constant(context_, *field.default_value, type).value_or(ir::Missing{});
  }

  Context& context_;
  ir::Type record_;
};

void refuse_key(Context& context, const std::vector<ast::FieldDecl>& fields) {
  for (const ast::FieldDecl& field : fields)
    if (field.key)
      context
          .report(Code::kMisplacedFieldOption, field.name.range,
                  {"key", "only a field of `person` finds people"})
          .hint("leave out `key`");
}

// In `where` a bare name is a field, so a field must not be called like the two ways out of it.
void refuse_reserved(Context& context, const std::vector<ast::FieldDecl>& fields) {
  for (const ast::FieldDecl& field : fields)
    if (field.name.text == "trigger" || field.name.text == "person")
      context
          .report(
              Code::kReservedName, field.name.range,
              {field.name.text, field.name.text == "person" ? "how conditions reach the person"
                                                            : "how conditions reach the journey"})
          .hint("call it `{0}_name: …  from \"{0}\"`", field.name.text);
}

// ------------------------------------------------------------------------------------- the person

class PersonChecker {
 public:
  explicit PersonChecker(Context& context) : context_(context) {}

  void check(const ast::PersonDecl& person) {
    if (first_.valid()) {
      context_.report(Code::kDuplicateName, person.keyword, {"the", "person"})
          .label(first_, "the first is here")
          .hint("put all fields into one `person`");
      return;
    }
    first_ = person.keyword;
    RecordChecker(context_, context_.program.person).check(person.fields);
    for (const ast::FieldDecl& field : person.fields) check_field(field);
    if (context_.program.person_keys.empty())
      context_.report(Code::kPersonWithoutKey, person.keyword)
          .hint("mark the field that finds a person: `email: email key`");
    if (context_.program.person_email < 0)
      context_.report(Code::kPersonWithoutEmail, person.keyword).hint("add `email: email key`");
  }

 private:
  void check_field(const ast::FieldDecl& field) {
    ir::RecordType& record = context_.program.types.record_at(context_.program.person);
    int index = record.find(field.name.text);
    if (index < 0 || record.fields[index].range != field.name.range) return;
    ir::Type& type = record.fields[index].type;
    bool is_email = type.kind == ir::Kind::kEmail && context_.program.person_email < 0;
    if (is_email) context_.program.person_email = index;
    if (field.key) add_key(field, index, type);
    bool is_zone = type.kind == ir::Kind::kTimezone && context_.program.person_timezone < 0;
    if (is_zone) context_.program.person_timezone = index;
    bool is_language = type.kind == ir::Kind::kLanguage && context_.program.person_language < 0;
    if (is_language) context_.program.person_language = index;
    if (field.key && !is_email) type = type.or_missing();  // someone anonymous has none yet
    if (!type.valid() || type.optional || field.key || is_email || field.default_value) return;
    context_
        .report(Code::kPersonFieldMayBeMissing, field.type.range,
                {field.name.text, context_.type_name(type)})
        .hint("write `{}?`, or give it a default", context_.type_name(type))
        .replace({field.type.range.source, field.type.range.end, field.type.range.end}, "?");
  }

  void add_key(const ast::FieldDecl& field, int index, ir::Type type) {
    bool fit = !type.valid() || ir::is_textual(type.kind) || type.kind == ir::Kind::kInteger;
    if (fit)
      context_.program.person_keys.push_back({static_cast<std::uint32_t>(index)});
    else
      context_
          .report(Code::kKeyType, field.name.range,
                  {field.name.text, context_.type_name(type.required())})
          .hint("keys are text or integers");
  }

  Context& context_;
  TextRange first_;
};

// What a project that declares no person has.
void make_default_person(Context& context) {
  ir::Program& program = context.program;
  program.types.record_at(program.person)
      .fields.push_back({"email", {ir::Kind::kEmail, false, 0}, {}});
  program.sources[program.person.detail].fields.push_back({{"email"}, ""});
  program.sources[program.person.detail].defaults.emplace_back();
  program.person_keys.push_back({0});
  program.person_email = 0;
}

// --------------------------------------------------------------------------------- across records

// A record that holds itself could never be written down.
class CycleFinder {
 public:
  explicit CycleFinder(Context& context) : context_(context) {}

  void check(const Symbol& symbol) {
    std::uint32_t index = symbol.kind == SymbolKind::kRecord
                              ? symbol.index
                              : context_.program.events[symbol.index].record.detail;
    ir::Type record{ir::Kind::kRecord, false, index};
    if (told_.contains(index)) return;
    for (const ir::Field& field : context_.record(record).fields) {
      std::vector<std::uint32_t> seen;
      if (!reaches(field.type, index, seen)) continue;
      told_.insert(seen.begin(), seen.end());
      context_.report(Code::kRecursiveRecord, field.range, {symbol.name})
          .label(symbol.range, "the record is declared here")
          .hint("refer to it by a key instead");
      return;
    }
  }

 private:
  bool reaches(ir::Type type, std::uint32_t target, std::vector<std::uint32_t>& seen) {
    if (type.kind == ir::Kind::kList)
      return reaches(context_.program.types.element(type), target, seen);
    if (type.kind != ir::Kind::kRecord) return false;
    if (type.detail == target) return true;
    if (std::find(seen.begin(), seen.end(), type.detail) != seen.end()) return false;
    seen.push_back(type.detail);
    for (const ir::Field& field : context_.record(type).fields)
      if (reaches(field.type, target, seen)) return true;
    return false;
  }

  Context& context_;
  std::set<std::uint32_t> told_;  // records on a circle that was reported
};

// Fields of a person are stored by the hash of their name.
void refuse_colliding_fields(Context& context) {
  std::map<NameHash, const ir::Field*> seen;
  for (const ir::Field& field : context.record(context.program.person).fields) {
    auto [place, inserted] = seen.try_emplace(name_hash(field.name), &field);
    if (!inserted)
      context.report(Code::kNameCollision, field.range, {field.name, place->second->name})
          .label(place->second->range, "this name has the same hash")
          .hint("rename one of them");
  }
}

void check_event(Context& context, ir::EventType& event, const ast::EventDecl& written) {
  check_record_fields(context, event.record, written.fields);
  for (const ir::Field& field : context.record(event.record).fields)
    if (field.type.kind == ir::Kind::kMessage) event.about_mail = true;
}

// A name as received leads to one event type; an event's own name is one of them.
void refuse_shared_received_names(Context& context) {
  std::map<std::string, std::string> owner;
  for (const ir::EventType& event : context.program.events) owner.emplace(event.name, event.name);
  for (const Declared& declared : context.declarations) {
    const auto* event = std::get_if<ast::EventDecl>(&declared.declaration->node);
    if (event == nullptr || context.declared(SymbolKind::kEvent, event->name) == nullptr) continue;
    for (const ast::TextLiteral& name : event->from) {
      auto [place, inserted] = owner.try_emplace(name.value, event->name.text);
      if (inserted || place->second == event->name.text) continue;
      const Symbol* other = context.symbols.find(SymbolKind::kEvent, place->second);
      Diagnostic& taken =
          context.report(Code::kReceivedNameTaken, name.range, {name.value, place->second});
      if (other != nullptr) taken.label(other->range, "this event receives it");
      taken.hint("use `{}`, or receive it there under another name", place->second);
    }
  }
}

}  // namespace

void check_record_fields(Context& context, ir::Type record,
                         const std::vector<ast::FieldDecl>& fields) {
  refuse_key(context, fields);
  RecordChecker(context, record).check(fields);
}

void check_records(Context& context) {
  context.program.sources.emplace_back();
  context.program.person = context.program.types.add_record({"person", {}, {}});
  PersonChecker person(context);
  bool has_person = false;
  for (const Declared& declared : context.declarations) {
    const ast::Declaration& declaration = *declared.declaration;
    if (const auto* record = std::get_if<ast::RecordDecl>(&declaration.node)) {
      if (const Symbol* symbol = context.declared(SymbolKind::kRecord, record->name))
        check_record_fields(context, {ir::Kind::kRecord, false, symbol->index}, record->fields);
    } else if (const auto* event = std::get_if<ast::EventDecl>(&declaration.node)) {
      refuse_reserved(context, event->fields);
      if (const Symbol* symbol = context.declared(SymbolKind::kEvent, event->name))
        check_event(context, context.program.events[symbol->index], *event);
    } else if (const auto* found = std::get_if<ast::PersonDecl>(&declaration.node)) {
      has_person = true;
      person.check(*found);
    }
  }
  if (!has_person) make_default_person(context);
  CycleFinder cycles(context);
  for (const Symbol& symbol : context.symbols.all())
    if (symbol.kind == SymbolKind::kRecord || symbol.kind == SymbolKind::kEvent)
      cycles.check(symbol);
  refuse_colliding_fields(context);
  refuse_shared_received_names(context);
}

}  // namespace trig::check
