// Declarations that are typed: each input becomes a file of the project; what it declares again
// gives way where it stood.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/ast/visit.h"
#include "compiler/parse/parse.h"
#include "compiler/project/files.h"
#include "runtime/drive/sandbox.h"
#include "runtime/drive/typed_text.h"
#include "runtime/ports/limits.h"

namespace trig::drive {
namespace {

struct DeclaredName {
  std::string kind;
  std::string name;  // of `person`: empty
  friend bool operator==(const DeclaredName&, const DeclaredName&) = default;
};

std::string joined(const std::vector<ast::Name>& path) {
  std::string text;
  for (const ast::Name& name : path) text += (text.empty() ? "" : ".") + name.text;
  return text;
}

DeclaredName name_of(const ast::Declaration& declaration) {
  using N = DeclaredName;
  return ast::visit(
      declaration.node,
      [](const ast::UseDecl& use) {
        return N{"use", joined(use.path)};
      },
      [](const ast::EventDecl& event) {
        return N{"event", event.name.text};
      },
      [](const ast::RecordDecl& record) {
        return N{"record", record.name.text};
      },
      [](const ast::PersonDecl&) {
        return N{"person", ""};
      },
      [](const ast::ListDecl& list) {
        return N{"list", list.name.text};
      },
      [](const ast::CatalogDecl& catalog) {
        return N{"catalog", catalog.name.text};
      },
      [](const ast::TopicDecl& topic) {
        return N{"topic", topic.name.text};
      },
      [](const ast::CouponsDecl& coupons) {
        return N{"coupons", coupons.name.text};
      },
      [](const ast::SegmentDecl& segment) {
        return N{"segment", segment.name.text};
      },
      [](const ast::TemplateDecl& mail) {
        return N{"template", mail.name.text};
      },
      [](const ast::PolicyDecl& policy) {
        return N{"policy", policy.name.text};
      },
      [](const ast::CampaignDecl& campaign) {
        return N{"campaign", campaign.name.text};
      },
      [](const ast::TestDecl& test) {
        return N{"test", test.title.value};
      });
}

// The same length and the same lines, so that places stay what they are.
void blank(std::string& text, TextRange range) {
  for (std::size_t at = range.begin; at < range.end && at < text.size(); ++at)
    if (text[at] != '\n') text[at] = ' ';
}

ast::File parsed(const std::string& path, const std::string& text, Diagnostics& diagnostics) {
  SourceMap sources;
  const SourceId id = sources.add(path, text);
  return parse::parse(id, sources[id], diagnostics);
}

bool is_test(const ast::Declaration& declaration) {
  return std::holds_alternative<ast::TestDecl>(declaration.node);
}

}  // namespace

std::string describe(const ast::Declaration& declaration) {
  const DeclaredName named = name_of(declaration);
  if (named.kind == "test") return fmt::format("test \"{}\"", named.name);
  return named.name.empty() ? named.kind : fmt::format("{} {}", named.kind, named.name);
}

project::Files without_replaced(const project::Files& files, const ast::File& declared,
                                std::vector<std::string>& replaced) {
  std::vector<DeclaredName> names;
  for (const ast::Declaration& one : declared.declarations) names.push_back(name_of(one));
  project::Files kept = files;
  for (auto& [path, text] : kept) {
    if (!path.ends_with(".trig")) continue;
    const bool mentioned =
        std::any_of(names.begin(), names.end(), [&text = text](const DeclaredName& named) {
          const std::string word = named.name.substr(named.name.rfind('.') + 1);
          return text.find(word.empty() ? named.kind : word) != std::string::npos;
        });
    if (!mentioned) continue;
    Diagnostics known;
    const ast::File file = parsed(path, text, known);
    for (const ast::Declaration& one : file.declarations) {
      if (std::find(names.begin(), names.end(), name_of(one)) == names.end()) continue;
      blank(text, one.range);
      replaced.push_back(fmt::format("{} of {}", describe(one), path));
    }
  }
  return kept;
}

Sandbox::Typed Sandbox::typed() const {
  Typed typed;
  for (const auto& [path, text] : *now().files) {
    const auto before = initial_.files->find(path);
    if (before != initial_.files->end()) {
      if (before->second != text) typed.replaced.push_back(path);
    } else if (path.ends_with(".trig")) {
      const std::size_t end = text.find_last_not_of(" \n");
      if (end != std::string::npos) typed.declarations += text.substr(0, end + 1) + "\n\n";
    } else {
      typed.files.emplace(path, text);
    }
  }
  return typed;
}

Answer Sandbox::declare(const std::string& text) {
  const std::string path = fmt::format("<typed {}>.trig", entries_.size() + 1);
  Diagnostics found;
  const ast::File file = parsed(path, text, found);
  if (found.has_errors()) {
    Answer answer;
    answer.ok = false;
    answer.sources.add(path, text);
    answer.diagnostics = std::move(found);
    return answer;
  }
  std::vector<std::string> replaced;
  project::Files files = without_replaced(*now().files, file, replaced);
  files[path] = text;
  std::shared_ptr<const project::Project> with_tests = compiled(files);
  Answer answer = told_of_input(*with_tests, path, 0, text);
  if (!answer.ok) return answer;
  // Tests are run and not kept.
  answer.text = tests_of(with_tests, path, answer.ok);
  if (!answer.ok || std::all_of(file.declarations.begin(), file.declarations.end(), is_test))
    return answer;
  std::shared_ptr<const project::Project> project = with_tests;
  if (std::any_of(file.declarations.begin(), file.declarations.end(), is_test)) {
    for (const ast::Declaration& one : file.declarations)
      if (is_test(one)) blank(files[path], one.range);
    project = compiled(files);
  }
  for (const ast::Declaration& one : file.declarations)
    if (!is_test(one)) answer.text += "declared " + describe(one) + "\n";
  for (const std::string& one : replaced) answer.text += "in place of " + one + "\n";
  return deploy(std::move(project), std::move(files), text, std::move(answer));
}

Answer Sandbox::add_file(const std::string& path, const std::string& text) {
  const std::vector<bool> belongs = project::which_belong({path});
  const bool source = path.ends_with(".trig") || path == "trig.toml";
  if (source || path.starts_with('/') || path.find("..") != std::string::npos || !belongs.front())
    return refusal(
        fmt::format("`{}` is no file of a project that can be typed: "
                    "templates/NAME.html.liquid, lists/NAME.csv …",
                    path));
  project::Files files = *now().files;
  const bool known = files.contains(path);
  files[path] = text;
  std::shared_ptr<const project::Project> project = compiled(files);
  Answer answer = told_of_input(*project, path, 0, text);
  if (!answer.ok) return answer;
  answer.text = fmt::format("{} {}\n", known ? "written again:" : "written:", path);
  return deploy(std::move(project), std::move(files), fmt::format(":file {}\n{}.", path, text),
                std::move(answer));
}

Answer Sandbox::deploy(std::shared_ptr<const project::Project> project, project::Files files,
                       std::string text, Answer answer) {
  Entry entry = now();
  entry.text = std::move(text);
  entry.current = current_;
  entry.steps.clear();
  entry.files = std::make_shared<const project::Files>(std::move(files));
  entry.deployed = drive::deployed(std::move(project), make_executor_);
  return accept(std::move(entry), std::move(answer));
}

Answer Sandbox::tried(const project::Files& files, const std::string& path,
                      const std::string& title) const {
  std::shared_ptr<const project::Project> project = compiled(files);
  Answer answer = told_of_input(*project, path, 0, files.at(path));
  answer.diagnostics.revise([](Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::kError;  // warnings are those of `trig check`
  });
  if (!answer.ok) return answer;
  for (const ir::Test& test : project->program.tests) {
    if (test.title != title || project->sources[test.range.source].path() != path) continue;
    const TestResult result = run_test(drive::deployed(project, make_executor_), test, {});
    if (result.passed()) return answer;
    return refusal(fmt::format(
        "as a test it does not pass, so it is not saved; what was declared on the way holds there "
        "from the beginning\nexpected {}\ngot      {}",
        result.failures.front().expected, result.failures.front().got));
  }
  return refusal("the test cannot be read back");
}

std::string Sandbox::tests_of(const std::shared_ptr<const project::Project>& project,
                              const std::string& path, bool& passed) const {
  std::string text;
  for (const ir::Test& test : project->program.tests) {
    if (!test.range.valid() || project->sources[test.range.source].path() != path) continue;
    const TestResult result = run_test(drive::deployed(project, make_executor_), test, {});
    text += fmt::format("test \"{}\": {}\n", test.title, result.passed() ? "passed" : "failed");
    for (const TestFailure& failure : result.failures)
      text += fmt::format("  expected {}\n  got      {}\n", failure.expected, failure.got);
    passed = passed && result.passed();
  }
  return text;
}

}  // namespace trig::drive
