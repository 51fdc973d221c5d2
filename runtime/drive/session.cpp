#include "runtime/drive/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/drive/typed_text.h"
#include "runtime/ports/limits.h"
#include "runtime/report/people.h"

namespace trig::drive {
namespace {

std::string help_text() {
  std::string text =
      "Type declarations, expressions, lines of a test (`person ana { … }`, `at 2026-03-02 "
      "12:00`,\n"
      "`ana cart_updated { … }`, `after 1 hour`, `expect …`) and these commands:\n";
  for (const Command& command : commands())
    text += fmt::format("  {:<32} {}\n", fmt::format("{} {}", command.name, command.takes),
                        command.does);
  return text;
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {":advance", "SPAN", "lets time pass: `:advance 30 minutes`"},
      {":as", "PERSON", "whom expressions, `:why`, `:journeys` and `:plan` are about"},
      {":dump", "ir|llvm", "the program, or its native code, as text"},
      {":file", "PATH", "writes a file of the sandbox: a template; ends with a line `.`"},
      {":help", "", "this"},
      {":journeys", "[PERSON]", "the journeys a person is on"},
      {":load", "FILE", "takes the inputs of a file, or the declarations of a .trig file"},
      {":outbox", "", "the mails that were sent"},
      {":people", "", "who is known"},
      {":plan", "CAMPAIGN", "what happens from here if nothing else does"},
      {":preview", "N", "the N-th mail: its subject and its text"},
      {":quit", "", "ends"},
      {":reset", "", "forgets everything typed"},
      {":save-test", "NAME [FILE]", "writes what was typed as a test, with the mails it sent"},
      {":take", "PERSON [as NAME]", "plays what a data directory has recorded of a person"},
      {":undo", "", "takes back the last input"},
      {":why", "[PERSON] [CAMPAIGN]", "every decision about a person"},
  };
  return all;
}

project::Files empty_project() {
  return {{"trig.toml",
           "name = \"sandbox\"\ntimezone = \"UTC\"\n\n[[senders]]\nname = \"sandbox\"\n"
           "display = \"Sandbox\"\naddress = \"sandbox@example.com\"\n"
           "postal_address = \"1 Example Street\"\n\n[delivery]\nkind = \"files\"\n"},
          {"sandbox.trig",
           "use std.ecommerce\nuse std.email\n\nperson {\n  email: email key\n"
           "  first_name: text?\n}\n"}};
}

Result<std::unique_ptr<Session>> Session::open(project::Files files, std::string folder,
                                               SessionOptions options) {
  auto sandbox = Sandbox::open(std::move(files), std::move(folder), options.make_executor);
  if (!sandbox) return tl::unexpected(sandbox.error());
  return std::unique_ptr<Session>(new Session(std::move(*sandbox), std::move(options)));
}

std::string Session::current() const {
  return of_data_.empty() ? sandbox_->current().value_or("") : of_data_;
}

Answer Session::take(const std::string& input) {
  if (input.size() > kMaxReplInputBytes)
    return refusal(fmt::format("an input has at most {} bytes", kMaxReplInputBytes));
  switch (kind_of(input)) {
    case InputKind::kNothing: return {};
    case InputKind::kCommand: return command(input);
    case InputKind::kDeclarations: return sandbox_->declare(input);
    case InputKind::kLines: {
      Answer answer = sandbox_->play(input);
      if (answer.ok && sandbox_->current()) of_data_.clear();
      return answer;
    }
    case InputKind::kExpression: return ask(input);
  }
  return {};
}

Answer Session::command(const std::string& input) {
  const auto [word, rest] = first_word(input);
  if (word == ":advance") return sandbox_->play("after " + rest);
  if (word == ":as") return as(rest);
  if (word == ":dump") return dump(rest);
  if (word == ":file") return file(rest);
  if (word == ":help") return {help_text(), {}, {}, true, false};
  if (word == ":journeys") return journeys(rest);
  if (word == ":load") return load(rest);
  if (word == ":outbox") return outbox();
  if (word == ":people") return people();
  if (word == ":plan") return plan(rest);
  if (word == ":preview") return preview(rest);
  if (word == ":quit") return {"", {}, {}, true, true};
  if (word == ":reset") return sandbox_->reset();
  if (word == ":save-test") return save_test(rest);
  if (word == ":take") return take_recorded(rest);
  if (word == ":undo") return sandbox_->undo();
  if (word == ":why") return why(rest);
  std::vector<std::string> names;
  for (const Command& one : commands()) names.emplace_back(one.name);
  const std::string best = closest(word, names);
  return refusal(
      fmt::format("there is no command {}{}", word,
                  best.empty() ? ": `:help` lists them" : fmt::format(", did you mean {}?", best)));
}

Answer Session::ask(const std::string& text) {
  if (!of_data_.empty()) {
    auto who = somebody(of_data_);
    if (!who) return refusal(who.error().message);
    return sandbox_->ask_of(text, *options_.data, who->id);
  }
  std::optional<PersonId> person;
  if (sandbox_->current()) person = sandbox_->person(*sandbox_->current());
  return sandbox_->ask(text, person);
}

// ----------------------------------------------------------------------------------------- people

Result<Session::Somebody> Session::somebody(const std::string& word) {
  const auto& actors = sandbox_->now().actors;
  const bool actor =
      std::any_of(actors.begin(), actors.end(), [&](const Actor& one) { return one.name == word; });
  std::optional<PersonId> id;
  if (actor) {
    id = sandbox_->person(word);
    if (!id) return fail("{} has not done anything yet", word);
  } else {
    auto found =
        report::find_person(sandbox_->driver().engine().store(), sandbox_->program(), word);
    if (found) id = *found;
  }
  if (id)
    if (const exec::PersonState* state = sandbox_->driver().engine().person(*id))
      return Somebody{*id, false, *state};
  if (!options_.data) return fail("nobody is known as {}", word);
  auto found = report::find_person(*options_.data, sandbox_->program(), word);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return fail("nobody is known as {}", word);
  auto state = stored_person(*options_.data, **found);
  if (!state) return tl::unexpected(state.error());
  return Somebody{**found, true, std::move(*state)};
}

Result<Session::Somebody> Session::named_or_current(const std::string& word) {
  if (!word.empty()) return somebody(word);
  if (current().empty()) return fail("about whom? Name them, or say `:as PERSON` before");
  return somebody(current());
}

}  // namespace trig::drive
