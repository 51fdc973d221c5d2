// Completion in .trig files. The grammar says which words and what kind of name can stand at the
// place; the words before it say of which event, template or record.
#include <algorithm>

#include "editor-support/lsp/completion.h"
#include "editor-support/lsp/definitions.h"
#include "stdlib/builtins.h"
#include "stdlib/stdlib.h"

namespace trig::lsp {
namespace {

using Records = std::vector<ir::Type>;

class Completer {
 public:
  Completer(LiveProject& project, const parse::Upcoming& here, Items& items)
      : program_(project.checked().program), here_(here), items_(items) {}

  void run() {
    read_bindings();
    for (const std::vector<std::string>& site : here_.names) name_at(site);
    for (const std::string& word : here_.words)
      items_.add({word, is_unit(word) ? ItemKind::kUnit : ItemKind::kKeyword, "", "",
                  std::string(doc_of_word(word)), 5});
  }

 private:
  struct Bound {
    std::string name;
    Records records;
  };
  using Token = parse::Upcoming::Token;

  static bool is_unit(std::string_view word) {
    constexpr std::string_view kUnits[] = {"seconds", "minutes", "hours", "days",
                                           "weeks",   "months",  "years"};
    return std::any_of(std::begin(kUnits), std::end(kUnits), [&](std::string_view unit) {
      return word == unit || word == unit.substr(0, unit.size() - 1);
    });
  }

  const std::string& back(std::size_t by) const {
    static const std::string none;
    return by < here_.before.size() ? here_.before[here_.before.size() - 1 - by].text : none;
  }

  // ------------------------------------------------------------------------- what stands before

  // Event names before a token, up to the word that begins the phrase.
  Records events_before(std::size_t token) const {
    static const std::set<std::string, std::less<>> kBegins = {
        "on", "unless", "for", "goal", "then", "(", "{", "}", "emit", "no"};
    Records records;
    for (std::size_t i = token; i-- > 0;) {
      const std::string& text = here_.before[i].text;
      const bool binding = i > 0 && here_.before[i - 1].text == "as";
      if (!binding && program_.find_event(text) >= 0) {
        records.push_back(program_.types.record(text));
        continue;
      }
      if (!binding && program_.types.record(text).valid() && text != "person" && i + 1 < token &&
          here_.before[i + 1].text == ".")
        records.push_back(program_.types.record(text));  // a list's rows
      if (kBegins.contains(text)) break;
    }
    return records;
  }

  void read_bindings() {
    for (std::size_t i = 0; i + 1 < here_.before.size(); ++i) {
      const std::string& text = here_.before[i].text;
      if (text == "as") {
        const bool mail = i > 0 && here_.before[i - 1].text == ")";
        bound_.push_back({here_.before[i + 1].text, mail ? Records() : events_before(i)});
      }
      const bool begins = text == "on" && (i == 0 || here_.before[i - 1].text != "exit");
      if (begins && here_.before[0].text == "campaign") {
        std::size_t end = i + 1;
        while (end < here_.before.size() && here_.before[end].text != "where" &&
               here_.before[end].text != "per" && here_.before[end].text != "wait" &&
               here_.before[end].text != "send")
          ++end;
        bound_.push_back({"trigger", events_before(end)});
      }
    }
  }

  // What a bare name reads at this site: the events of the innermost condition.
  Records tested(const std::vector<std::string>& site) const {
    const bool conditional = std::any_of(site.begin(), site.end(), [](const std::string& rule) {
      return rule == "occurrence" || rule == "trigger" || rule == "aggregate";
    });
    if (!conditional) return {};
    for (std::size_t i = here_.before.size(); i-- > 0;)
      if (here_.before[i].text == "where" || here_.before[i].text == "per") return events_before(i);
    return {};
  }

  Records field_of(const Records& records, const std::string& name) const {
    Records next;
    for (ir::Type type : records) {
      while (type.kind == ir::Kind::kList) type = program_.types.element(type);
      if (type.kind != ir::Kind::kRecord) continue;
      const ir::RecordType& record = program_.types.record_at(type);
      if (const int at = record.find(name); at >= 0)
        next.push_back(record.fields[static_cast<std::size_t>(at)].type);
    }
    return next;
  }

  // The type of `cart.items` before a dot.
  Records before_dot(const std::vector<std::string>& site) const {
    std::vector<std::string> names;
    for (std::size_t i = 1; i < here_.before.size(); i += 2) {
      names.insert(names.begin(), back(i));
      if (back(i + 1) != ".") break;
    }
    if (names.empty()) return {};
    Records types = field_of(tested(site), names[0]);
    if (types.empty() && names[0] == "person" && program_.person.valid()) types = {program_.person};
    for (auto bound = bound_.rbegin(); types.empty() && bound != bound_.rend(); ++bound)
      if (bound->name == names[0]) types = bound->records;
    if (types.empty())
      if (ir::Type record = program_.types.record(names[0]); record.valid()) types = {record};
    for (std::size_t i = 1; i < names.size(); ++i) types = field_of(types, names[i]);
    return types;
  }

  // ------------------------------------------------------------------------------ what can stand

  void name_at(const std::vector<std::string>& site) {
    for (const std::string& rule : site) {
      if (rule == "path" || rule == "function") return expression(site);
      if (rule == "argument") return argument();
      if (rule == "fieldValue") return record_field(site);
      if (rule == "typeName") return types();
      if (rule == "actor") return actors();
      if (rule == "binding" || rule == "stepName" || rule.ends_with("Decl")) {
        if (rule == "useDecl") modules();
        if (rule == "listDecl" && back(0) == "by") fields({program_.person}, 0, "");
        return;
      }
      if (declared_at(rule, site)) return;
    }
  }

  // Names of declarations, by the statement they stand in.
  bool declared_at(const std::string& rule, const std::vector<std::string>& site) {
    if (rule == "events" || rule == "sequenceTrigger" || rule == "sequencePart" ||
        rule == "testEvent" || rule == "emit")
      return events(), true;
    if (rule == "aggregate")
      return back(0) == "." ? fields(before_dot(site), 0, "") : events(), true;
    if (rule == "send" || rule == "expectNoSend" || rule == "expectSend") return templates(), true;
    if (rule == "policyRef") return policies(), true;
    if (rule == "consentRule" || rule == "subscribe" || rule == "unsubscribe" ||
        rule == "testSubscription")
      return topics(), true;
    if (rule == "segmentTrigger" || rule == "comparison") return segments(false), true;
    if (rule == "recurringTrigger") return back(0) == "every" ? days() : segments(true), true;
    if (rule == "onceTrigger") return segments(true), true;
    if (rule == "dateTrigger")
      return back(0) == "." ? fields(before_dot(site), 0, "") : date_owners(), true;
    if (rule == "expectJourney") return campaigns(), true;
    if (rule == "goal") return fields(goal_events(), 0, ""), true;
    if (rule == "setField") return fields({program_.person}, 0, ""), true;
    return false;
  }

  Records goal_events() const {
    for (std::size_t i = here_.before.size(); i-- > 0;)
      if (here_.before[i].text == "within") return events_before(i);
    return {};
  }

  void expression(const std::vector<std::string>& site) {
    if (back(0) == ".") return fields(before_dot(site), 0, "");
    fields(tested(site), 0, "");
    for (const Bound& bound : bound_) {
      std::string of;
      for (ir::Type record : bound.records)
        of += (of.empty() ? "" : " or ") + program_.types.name(record);
      items_.add({bound.name, ItemKind::kVariable, of.empty() ? "message" : of, "", "", 1});
    }
    items_.add({"person", ItemKind::kVariable, "the person's fields", "",
                std::string(doc_of_word("person")), 1});
    for (const stdlib::BuiltinInfo& one : stdlib::builtins())
      items_.add({std::string(one.name), ItemKind::kFunction, stdlib::signature(one), "",
                  std::string(one.documentation), 3});
    const bool in_call = std::find(site.begin(), site.end(), "call") != site.end();
    for (const ir::TableType& table : program_.tables)
      if (in_call || (back(0) == "in" && !table.catalog))
        items_.add({table.name, ItemKind::kClass, table.catalog ? "catalog" : "list", "", "", 2});
    if (in_call)
      for (const ir::CouponPool& pool : program_.coupons)
        items_.add({pool.name, ItemKind::kValue, "coupons", "", "", 2});
  }

  // The parameters of `send cart_reminder(`, without those that are given.
  void argument() {
    std::size_t depth = 1;
    std::set<std::string> given;
    for (std::size_t i = here_.before.size(); i-- > 0;) {
      const std::string& text = here_.before[i].text;
      if (text == ")" || text == "]" || text == "}") ++depth;
      if (text == ":" && depth == 1 && i > 0) given.insert(here_.before[i - 1].text);
      if ((text == "(" || text == "[" || text == "{") && --depth == 0) {
        if (i > 0)
          parameters(here_.before[i - 1].text, given, i > 1 && here_.before[i - 2].text == "send");
        break;
      }
    }
  }

  void parameters(const std::string& name, const std::set<std::string>& given, bool of_send) {
    const int index = of_send ? program_.find_template(name) : -1;
    if (index >= 0) {
      for (const ir::Field& one : program_.templates[static_cast<std::size_t>(index)].parameters)
        if (!given.contains(one.name))
          items_.add(
              {one.name, ItemKind::kField, program_.types.name(one.type), one.name + ": ", "", 0});
      return;
    }
    if (const stdlib::BuiltinInfo* builtin = stdlib::find_builtin(name))
      for (const stdlib::Parameter& one : builtin->parameters)
        if (stdlib::is_optional(one.takes) && !given.contains(std::string(one.name)))
          items_.add(
              {std::string(one.name), ItemKind::kField, "", std::string(one.name) + ": ", "", 1});
  }

  // `{ … }` of an event, a person or what a mail is expected with.
  void record_field(const std::vector<std::string>& site) {
    std::size_t depth = 1;
    for (std::size_t i = here_.before.size(); i-- > 0;) {
      const std::string& text = here_.before[i].text;
      if (text == ")" || text == "]" || text == "}") ++depth;
      if (text != "(" && text != "[" && text != "{") continue;
      if (--depth > 0) continue;
      if (i == 0 || text != "{") return;
      const std::string& owner = here_.before[i - 1].text;
      auto in = [&](const char* rule) {
        return std::find(site.begin(), site.end(), rule) != site.end();
      };
      if (program_.find_event(owner) >= 0) return fields({program_.types.record(owner)}, 0, ": ");
      if (in("testPerson")) {
        fields({program_.person}, 0, ": ");
        items_.add({"subscribed", ItemKind::kField, "list of topics", "subscribed: ", "", 1});
      }
      if (in("couponsDecl")) items_.add({"prefix", ItemKind::kField, "text", "prefix: ", "", 0});
      if (in("expectSend") && owner == "with")
        for (std::size_t k = i; k-- > 0;)
          if (here_.before[k].text == "send") {
            const int index = program_.find_template(here_.before[k + 1].text);
            if (index >= 0) parameters(here_.before[k + 1].text, {}, true);
            return;
          }
      return;
    }
  }

  void fields(const Records& records, int order, const std::string& behind) {
    for (ir::Type type : records) {
      while (type.kind == ir::Kind::kList) type = program_.types.element(type);
      if (type.kind != ir::Kind::kRecord) continue;
      const ir::RecordType& record = program_.types.record_at(type);
      for (const ir::Field& field : record.fields)
        items_.add({field.name, ItemKind::kField, program_.types.name(field.type),
                    behind.empty() ? "" : field.name + behind, "field of `" + record.name + "`",
                    order});
    }
  }

  void events() {
    for (const ir::EventType& event : program_.events) {
      std::string fields;
      for (const ir::Field& field : program_.types.record_at(event.record).fields)
        fields +=
            (fields.empty() ? "" : ", ") + field.name + ": " + program_.types.name(field.type);
      items_.add({event.name, ItemKind::kEvent, "event", "", fields, 1});
    }
  }
  void templates() {
    for (const ir::MailTemplate& mail : program_.templates) {
      std::string parameters;
      for (const ir::Field& one : mail.parameters)
        parameters +=
            (parameters.empty() ? "" : ", ") + one.name + ": " + program_.types.name(one.type);
      items_.add({mail.name, ItemKind::kFunction, "(" + parameters + ")", "", "", 0});
    }
  }
  void policies() {
    for (const ir::Policy& one : program_.policies)
      items_.add({one.name, ItemKind::kValue, "policy", "", "", 0});
  }
  void topics() {
    for (const ir::Topic& one : program_.topics)
      items_.add({one.name, ItemKind::kValue, one.title, "", "", 0});
  }
  void segments(bool everyone) {
    for (const ir::Segment& one : program_.segments)
      items_.add({one.name, ItemKind::kClass, "segment", "", "", 0});
    if (everyone) items_.add({"everyone", ItemKind::kClass, "all people", "", "", 1});
  }
  void campaigns() {
    for (const ir::Campaign& one : program_.campaigns)
      items_.add({one.name, ItemKind::kModule, one.title, "", "", 0});
  }
  void days() {
    for (const char* day :
         {"day", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
      items_.add({day, ItemKind::kUnit, "", "", "", 0});
  }
  void date_owners() {
    items_.add({"person", ItemKind::kVariable, "a date of the person", "", "", 0});
    for (const ir::TableType& table : program_.tables)
      if (!table.catalog && table.record.valid())
        items_.add({table.name, ItemKind::kClass, "list", "", "", 0});
  }
  void actors() {
    for (std::size_t i = 0; i + 1 < here_.before.size(); ++i)
      if (here_.before[i].text == "person" || here_.before[i].text == "anonymous")
        items_.add(
            {here_.before[i + 1].text, ItemKind::kVariable, "person of this test", "", "", 0});
  }
  void modules() {
    if (back(0) == ".")
      for (const std::string& module : stdlib::modules())
        items_.add({module.substr(module.find('.') + 1), ItemKind::kModule, module, "", "", 0});
    else
      items_.add({"std", ItemKind::kModule, "the standard library", "", "", 0});
  }
  void types() {
    for (const char* type : {"text", "integer", "number", "money", "percent", "boolean", "date",
                             "time", "datetime", "duration", "email", "url", "country", "language",
                             "timezone", "campaign", "template", "message"})
      items_.add({type, ItemKind::kClass, "type", "", "", 1});
    for (const ir::TableType& table : program_.tables)
      if (table.record.valid()) items_.add({table.name, ItemKind::kClass, "rows", "", "", 2});
    for (const ir::EventType& event : program_.events)
      for (const ir::Field& field : program_.types.record_at(event.record).fields) {
        ir::Type type = field.type;
        while (type.kind == ir::Kind::kList) type = program_.types.element(type);
        if (type.kind == ir::Kind::kRecord)
          items_.add({program_.types.record_at(type).name, ItemKind::kClass, "record", "", "", 2});
      }
  }

  const ir::Program& program_;
  const parse::Upcoming& here_;
  Items& items_;
  std::vector<Bound> bound_;
};

}  // namespace

void complete_trig(LiveProject& project, const parse::Upcoming& here, Items& items) {
  Completer(project, here, items).run();
}

}  // namespace trig::lsp
