#include "compiler/ast/docs.h"
#include "compiler/ast/dumper.h"
#include "compiler/ast/printer.h"
#include "compiler/ast/visit.h"

namespace trig::ast {

std::string with_name(const std::optional<Name>& as) { return as ? " as " + as->text : ""; }

void Dumper::dump(const FieldDecl& field) {
  line("FieldDecl {}: {}", field.name.text, after_colon(field));
}

void Dumper::dump(const PolicyRule& rule) { line("PolicyRule {}", spelling(rule)); }

void Dumper::dump(const Declaration& declaration) {
  auto fields = [&](const std::vector<FieldDecl>& fields) {
    below([&] {
      for (const FieldDecl& field : fields) dump(field);
    });
  };
  visit(
      declaration.node, [&](const UseDecl& d) { line("UseDecl {}", joined(d.path, ".")); },
      [&](const EventDecl& d) {
        std::string from = d.from.empty() ? "" : " from " + joined(d.from, " or ");
        line("EventDecl {}{}", d.name.text, from);
        fields(d.fields);
      },
      [&](const RecordDecl& d) {
        line("RecordDecl {}", d.name.text);
        fields(d.fields);
      },
      [&](const PersonDecl& d) {
        line("PersonDecl");
        fields(d.fields);
      },
      [&](const ListDecl& d) {
        line("ListDecl {} from {} by {}", d.name.text, quoted(d.file), d.by.text);
        fields(d.fields);
      },
      [&](const CatalogDecl& d) {
        line("CatalogDecl {} from {} key {}", d.name.text, quoted(d.file), d.key.text);
        fields(d.fields);
      },
      [&](const TopicDecl& d) {
        line("TopicDecl {}{}", d.name.text, d.title ? " " + quoted(*d.title) : "");
      },
      [&](const CouponsDecl& d) {
        line("CouponsDecl {}", d.name.text);
        below([&] { dump(d.settings); });
      },
      [&](const SegmentDecl& d) { part("SegmentDecl " + d.name.text, d.condition); },
      [&](const TemplateDecl& d) {
        line("TemplateDecl {} from {}", d.name.text, quoted(d.file));
        below([&] {
          for (const ParameterDecl& one : d.parameters)
            line("ParameterDecl {}: {}", one.name.text, spelling(one.type));
        });
      },
      [&](const PolicyDecl& d) {
        line("PolicyDecl {}", d.name.text);
        below([&] {
          for (const PolicyRule& rule : d.rules) dump(rule);
        });
      },
      [&](const CampaignDecl& d) { campaign(d); },
      [&](const TestDecl& d) {
        line("TestDecl {}", quoted(d.title));
        below([&] {
          for (const TestStep& step : d.steps) dump(step);
        });
      });
}

std::string dump(const File& file) {
  Dumper dumper;
  for (const Declaration& declaration : file.declarations) dumper.dump(declaration);
  return dumper.take();
}

}  // namespace trig::ast
