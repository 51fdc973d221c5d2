// `:save-test`: the lines that were played, in their order, and after each the mails it sent.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/ast/printer.h"
#include "compiler/parse/parse.h"
#include "compiler/project/files.h"
#include "runtime/drive/session.h"
#include "runtime/drive/typed_text.h"

namespace trig::drive {
namespace {

std::string quoted_title(const std::string& title) {
  std::string text = "\"";
  for (char c : title) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

// What `expect` can say of these mails; mails of one minute, template and person are one line.
std::string expectations(std::size_t first, std::size_t end, Sandbox& sandbox) {
  const std::vector<TakenMail>& mails = sandbox.driver().mails();
  std::vector<std::pair<std::string, std::size_t>> lines;
  for (std::size_t i = first; i < end; ++i) {
    std::string to;
    for (const Actor& actor : sandbox.now().actors) {
      const auto id = sandbox.person(actor.name);
      const exec::PersonState* owner = sandbox.driver().engine().person(mails[i].person);
      if (to.empty() && id && owner != nullptr && owner->id == *id) to = actor.name;
    }
    if (to.empty()) continue;
    const LocalTime local = sandbox.program().zone.to_local(mails[i].at);
    const std::string when =
        fmt::format("{} {}", trig::to_string(local.date()), trig::to_string(local.time_of_day()));
    const std::string key =
        fmt::format("expect at {} @ send {} to {}\n", when, mails[i].mail_template, to);
    auto known = std::find_if(lines.begin(), lines.end(),
                              [&](const auto& line) { return line.first == key; });
    if (known == lines.end())
      lines.emplace_back(key, 1);
    else
      ++known->second;
  }
  std::string text;
  for (auto& [line, count] : lines) text += line.replace(line.find('@'), 1, std::to_string(count));
  return text;
}

// The project's own form; as it is where it cannot be read.
std::string formatted(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const SourceId id = sources.add("saved.trig", text);
  const ast::File file = parse::parse(id, sources[id], diagnostics);
  return diagnostics.has_errors() ? text : ast::print(file, sources[id]);
}

// `NAME [FILE]`, the name in quotes where it has several words.
struct SaveArguments {
  std::string title;
  std::string file;
};
SaveArguments save_arguments(const std::string& words) {
  SaveArguments arguments;
  if (!words.starts_with('"')) {
    auto [title, file] = first_word(words);
    return {title, file};
  }
  const std::size_t end = words.find('"', 1);
  if (end == std::string::npos) return {};
  return {words.substr(1, end - 1), first_word(words.substr(end + 1)).word};
}

std::string file_called(const std::string& title) {
  std::string name;
  for (char c : title) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool capital = c >= 'A' && c <= 'Z';
    if (plain || capital)
      name += capital ? static_cast<char>(c - 'A' + 'a') : c;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return fmt::format("tests/{}.trig", name.empty() ? "typed" : name);
}

}  // namespace

std::string saved_test(Sandbox& sandbox, const std::string& title) {
  std::string lines;
  bool timed = false;
  std::size_t mails = 0;
  for (std::size_t i = 0; i < sandbox.entries().size(); ++i) {
    const Sandbox::Entry& entry = sandbox.entries()[i];
    for (const ir::TestStep& step : entry.steps) {
      if (timed || std::holds_alternative<ir::TestPerson>(step.node)) continue;
      timed = true;
      if (std::holds_alternative<ir::TestAt>(step.node)) continue;
      const LocalTime local = sandbox.program().zone.to_local(sandbox.begin());
      lines += fmt::format("at {} {}\n", trig::to_string(local.date()),
                           trig::to_string(local.time_of_day()));
    }
    if (!entry.steps.empty()) lines += entry.text + "\n";
    lines += expectations(mails, sandbox.mails_after()[i], sandbox);
    mails = sandbox.mails_after()[i];
  }
  return formatted(fmt::format("test {} {{\n{}}}\n", quoted_title(title), lines));
}

Answer Session::save_test(const std::string& words) {
  auto [title, file] = save_arguments(words);
  if (title.empty()) return refusal("name the test: `:save-test \"a cart left alone\"`");
  if (std::all_of(sandbox_->entries().begin(), sandbox_->entries().end(),
                  [](const Sandbox::Entry& entry) { return entry.steps.empty(); }))
    return refusal("nothing was played that a test could repeat");
  if (file.empty()) file = file_called(title);
  if (!file.ends_with(".trig") || !project::which_belong({file}).front())
    return refusal(fmt::format("{} is no .trig file of the project", file));
  const bool known =
      std::any_of(sandbox_->program().tests.begin(), sandbox_->program().tests.end(),
                  [&title = title](const ir::Test& one) { return one.title == title; });
  if (known || saved_titles_.contains(title))
    return refusal(fmt::format("there is a test \"{}\" already", title));
  const std::string test = saved_test(*sandbox_, title);
  // It has to pass where it will stand.
  Sandbox::Typed typed;
  project::Files files = sandbox_->initial_files();
  if (options_.add_to_file)
    typed = sandbox_->typed();
  else
    files = *sandbox_->now().files;
  if (!typed.replaced.empty())
    return refusal(
        fmt::format("something of {} was declared again here: change it there first, "
                    "then save the test",
                    typed.replaced.front()));
  for (const auto& [path, text] : saved_) files[path] = text;
  for (const auto& [path, text] : typed.files) files[path] = text;
  std::string& place = files[file];
  const std::string added = (place.empty() ? "" : "\n") + formatted(typed.declarations + test);
  place += added;
  Answer answer = sandbox_->tried(files, file, title);
  if (!answer.ok) return answer;
  answer.text = added.substr(added.front() == '\n' ? 1 : 0);
  if (!options_.add_to_file) return answer;
  saved_titles_.insert(title);
  typed.files[file] = added;
  for (const auto& [path, text] : typed.files) {
    Status done = options_.add_to_file(path, text);
    if (!done) return refusal(done.error().message);
    saved_[path] = files[path];
    answer.text += fmt::format("written to {}\n", path);
  }
  return answer;
}

}  // namespace trig::drive
