// Names in templates: parameters, fields of the person and of what is passed, in the file of a
// template, its files for other languages, and the partials it renders.
#include <algorithm>
#include <set>

#include "compiler/ast/visit.h"
#include "compiler/check/check.h"
#include "compiler/liquid/mail_template.h"
#include "editor-support/lsp/index.h"

namespace trig::lsp {
namespace {

constexpr std::size_t kMaxPartialsInPartials = 20;

class TemplateIndexer {
 public:
  TemplateIndexer(LiveProject& project, const ir::MailTemplate& mail, NamesByPath& names)
      : project_(project), program_(project.checked().program), mail_(mail), names_(names) {}

  void run(const std::string& path) {
    const std::string* text = project_.text_of(path);
    if (text == nullptr) return;
    path_ = path;
    names_[path_];
    SourceMap sources;
    Diagnostics told_by_others;
    const SourceId id = sources.add(path, *text);
    const auto parsed = liquid::parse_mail_template(sources, id, told_by_others);
    variables_.clear();
    for (const ir::Field& parameter : mail_.parameters)
      variables_[parameter.name] = {parameter.type, true};
    if (parsed.subject) block(*parsed.subject->body);
    if (parsed.preheader) block(*parsed.preheader->body);
    block(*parsed.body.body);
    if (parsed.text) block(*parsed.text->body);
  }

 private:
  struct Variable {
    ir::Type type;
    bool parameter = false;
  };

  void add(NameKind kind, TextRange range, std::string owner, std::string name, ir::Type type) {
    const std::string written = type.valid() ? program_.types.name(type) : "";
    names_[path_].push_back(
        {range.begin, range.end, {kind, std::move(owner), std::move(name)}, false, written});
  }

  ir::Type item_of(ir::Type list) const {
    return list.kind == ir::Kind::kList ? program_.types.element(list) : ir::Type();
  }

  ir::Type lookup(const liquid::Lookup& lookup) {
    ir::Type type;
    auto known = variables_.find(lookup.name);
    if (lookup.name_key != nullptr) {
      expression(*lookup.name_key);
    } else if (lookup.name == liquid::kPersonVariable) {
      type = program_.person;
    } else if (known != variables_.end()) {
      type = known->second.type;
      if (known->second.parameter)
        add(NameKind::kParameter, lookup.name_range, mail_.name, lookup.name, type);
    }
    for (const liquid::Segment& segment : lookup.path) {
      if (segment.key != nullptr) {
        expression(*segment.key);
        type = item_of(type);
        continue;
      }
      if (type.kind == ir::Kind::kList) {
        type = segment.name == "first" || segment.name == "last" ? item_of(type) : ir::Type();
        continue;
      }
      if (type.kind != ir::Kind::kRecord) return {};
      const ir::RecordType& record = program_.types.record_at(type);
      const int index = record.find(segment.name);
      if (index < 0) return {};
      type = record.fields[static_cast<std::size_t>(index)].type;
      if (segment.dotted) add(NameKind::kField, segment.range, record.name, segment.name, type);
    }
    return type;
  }

  ir::Type expression(const liquid::Expression& expression) {
    return ast::visit(
        expression.kind, [](const liquid::Literal&) { return ir::Type(); },
        [&](const liquid::Lookup& one) { return lookup(one); },
        [&](const liquid::RangeExpression& one) {
          this->expression(*one.first);
          this->expression(*one.last);
          return ir::Type();
        });
  }
  void expression(const std::optional<liquid::Expression>& one) {
    if (one) expression(*one);
  }

  ir::Type filtered(const liquid::Filtered& value) {
    ir::Type type = value.base ? expression(*value.base) : ir::Type();
    for (const liquid::FilterCall& call : value.filters) {
      for (const liquid::Expression& one : call.arguments) expression(one);
      for (const auto& [name, one] : call.named) expression(one);
      // These hand on what they are given, or items of it.
      const bool same = call.name == "sort" || call.name == "reverse" || call.name == "where" ||
                        call.name == "uniq" || call.name == "compact" || call.name == "default";
      if (call.name == "first" || call.name == "last")
        type = item_of(type);
      else if (!same)
        type = {};
    }
    return type;
  }

  void block(const liquid::Block& block) {
    for (const liquid::Node& one : block.nodes) node(one);
  }

  // A variable that is there in a body only.
  void body_with(const std::string& name, ir::Type type, const liquid::Block& body) {
    const auto around = variables_;
    variables_[name] = {type, false};
    block(body);
    variables_ = around;
  }

  void node(const liquid::Node& node) {
    ast::visit(
        node.kind, [](const liquid::TextNode&) {},
        [&](const liquid::Output& one) { filtered(one.value); },
        [&](const liquid::Assign& one) {
          variables_[one.name] = {filtered(one.value), false};
        },
        [&](const liquid::Capture& one) {
          block(one.body);
          variables_[one.name] = {};
        },
        [&](const liquid::If& one) {
          for (const liquid::Branch& branch : one.branches) {
            if (branch.condition)
              for (const liquid::Term& term : branch.condition->terms) {
                expression(term.left);
                expression(term.right);
              }
            block(branch.body);
          }
        },
        [&](const liquid::Case& one) {
          expression(one.subject);
          for (const liquid::When& when : one.whens) {
            for (const liquid::Expression& value : when.values) expression(value);
            block(when.body);
          }
        },
        [&](const liquid::For& one) {
          const ir::Type item = item_of(expression(one.collection));
          expression(one.limit);
          expression(one.offset);
          body_with(one.variable, item, one.body);
          block(one.otherwise);
        },
        [&](const liquid::TableRow& one) {
          const ir::Type item = item_of(expression(one.collection));
          expression(one.columns);
          expression(one.limit);
          expression(one.offset);
          body_with(one.variable, item, one.body);
        },
        [&](const liquid::Cycle& one) {
          expression(one.group);
          for (const liquid::Expression& value : one.values) expression(value);
        },
        [](const liquid::Counter&) {}, [](const liquid::Interrupt&) {},
        [&](const liquid::IfChanged& one) { block(one.body); },
        [&](const liquid::Partial& one) { partial(one); });
  }

  void partial(const liquid::Partial& partial) {
    const auto* literal = std::get_if<liquid::Literal>(&partial.name.kind);
    std::map<std::string, Variable> given;
    if (partial.subject) {
      const ir::Type type = expression(*partial.subject);
      given[partial.alias] = {partial.each ? item_of(type) : type, false};
    }
    for (const auto& [name, value] : partial.arguments) given[name] = {expression(value), false};
    if (literal == nullptr || depth_ == kMaxPartialsInPartials) return;
    const std::string* name = literal->value.as_text();
    if (name == nullptr) return;
    const std::string path = std::string(check::kPartialFolder) + *name + ".liquid";
    const std::string* text = project_.text_of(path);
    if (text == nullptr) return;
    SourceMap sources;
    Diagnostics told_by_others;
    const SourceId id = sources.add(path, *text);
    const auto parsed =
        liquid::parse_template(sources, {id, 0, static_cast<std::uint32_t>(text->size())},
                               liquid::Dialect::kTrig, told_by_others);
    std::swap(given, variables_);
    const std::string around = std::exchange(path_, path);
    ++depth_;
    block(*parsed.body);
    --depth_;
    path_ = around;
    std::swap(given, variables_);
  }

  LiveProject& project_;
  const ir::Program& program_;
  const ir::MailTemplate& mail_;
  NamesByPath& names_;
  std::string path_;
  std::map<std::string, Variable> variables_;
  std::size_t depth_ = 0;
};

}  // namespace

std::vector<std::string> files_of_template(LiveProject& project, std::uint32_t index) {
  const project::Project& checked = project.checked();
  std::vector<std::string> files = {checked.program.templates[index].file};
  if (index < checked.templates.size())
    for (const auto& [language, mail] : checked.templates[index].by_language)
      files.push_back(checked.sources[mail->settings_at.source].path());
  return files;
}

void index_template(LiveProject& project, std::uint32_t index, NamesByPath& names) {
  const ir::MailTemplate& mail = project.checked().program.templates[index];
  for (const std::string& path : files_of_template(project, index))
    TemplateIndexer(project, mail, names).run(path);
}

}  // namespace trig::lsp
