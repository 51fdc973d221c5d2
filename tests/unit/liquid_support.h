// What the tests of Liquid share: templates from text, rendered or checked, and the signature that
// the examples of the explain pages are checked against.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/liquid/check.h"
#include "compiler/liquid/mail_template.h"

namespace trig::liquid {

// items: list of cart_item(name, price, image?), code: text, total: money, until: date?;
// person: email, first_name?, birthday?.
struct ExampleSignature {
  ExampleSignature() {
    auto type = [](ir::Kind kind, bool optional = false) { return ir::Type{kind, optional, 0}; };
    ir::Type item = types.add_record({"cart_item",
                                      {{"name", type(ir::Kind::kText), {}},
                                       {"price", type(ir::Kind::kMoney), {}},
                                       {"image", type(ir::Kind::kUrl, true), {}}},
                                      {}});
    signature.person = types.add_record({"person",
                                         {{"email", type(ir::Kind::kEmail), {}},
                                          {"first_name", type(ir::Kind::kText, true), {}},
                                          {"birthday", type(ir::Kind::kDate, true), {}}},
                                         {}});
    signature.arguments = {{"items", types.list_of(item)},
                           {"code", type(ir::Kind::kText)},
                           {"total", type(ir::Kind::kMoney)},
                           {"until", type(ir::Kind::kDate, true)}};
  }
  ir::TypeTable types;
  Signature signature;
};

// Sources, partials and diagnostics of one test.
struct Bench {
  TextRange add(const std::string& text, const std::string& path = "test.liquid") {
    SourceId id = sources.add(path, text);
    return {id, 0, static_cast<std::uint32_t>(text.size())};
  }
  Template parse(const std::string& text, Dialect dialect = Dialect::kTrig) {
    return parse_template(sources, add(text), dialect, diagnostics);
  }
  void add_partial(const std::string& name, const std::string& text) {
    partial_templates[name] = parse(text);
  }
  PartialLoader loader() {
    return [this](std::string_view name) -> const Template* {
      auto found = partial_templates.find(std::string(name));
      return found == partial_templates.end() ? nullptr : &found->second;
    };
  }
  // A text that begins with settings is a whole mail, any other a piece of a body.
  void check(const std::string& text) {
    ExampleSignature example;
    if (text.substr(0, 4) == "---\n") {
      MailTemplate mail = parse_mail_template(sources, add(text).source, diagnostics);
      if (!diagnostics.has_errors())
        check_mail_template(mail, example.signature, example.types, loader(), diagnostics);
      return;
    }
    Template source = parse(text);
    if (!diagnostics.has_errors())
      check_template(source, example.signature, example.types, loader(), diagnostics);
  }
  // "E0423 `person.first_name`": code and marked text of each diagnostic.
  std::vector<std::string> reports() {
    diagnostics.sort();
    std::vector<std::string> rows;
    for (const Diagnostic& diagnostic : diagnostics.all())
      rows.push_back(std::string(info_of(diagnostic.code).code) + " " +
                     std::string(sources.text_of(diagnostic.range)));
    return rows;
  }

  SourceMap sources;
  Diagnostics diagnostics;
  std::map<std::string, Template> partial_templates;
};

}  // namespace trig::liquid
