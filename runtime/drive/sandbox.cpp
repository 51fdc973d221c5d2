#include "runtime/drive/sandbox.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/parse/parse.h"
#include "runtime/drive/typed_text.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"
#include "runtime/report/why.h"

namespace trig::drive {
namespace {

// Where the input at hand stands in the project, so that lines are checked like those of a test.
constexpr std::string_view kInputFile = "<typed>.trig";
constexpr std::string_view kStoryTitle = "what is typed";
constexpr std::string_view kEmptyStory = "test \"what is typed\" {\n  at 2026-01-01 00:00\n}\n";

SourceId find_source(const SourceMap& sources, std::string_view path) {
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (sources[static_cast<SourceId>(i)].path() == path) return static_cast<SourceId>(i);
  return SourceId::kNone;
}

const ir::Test* find_story(const project::Project& project) {
  const SourceId source = find_source(project.sources, kInputFile);
  for (const ir::Test& test : project.program.tests)
    if (test.title == kStoryTitle && test.range.source == source) return &test;
  return nullptr;
}

std::string failures_text(const TestResult& result) {
  std::string text;
  for (const TestFailure& failure : result.failures)
    text += fmt::format("expected {}\ngot      {}\n", failure.expected, failure.got);
  return text;
}

// Before anything but people has been told of, time may begin anywhere.
bool only_people(const std::vector<Sandbox::Entry>& entries) {
  return std::all_of(entries.begin(), entries.end(), [](const Sandbox::Entry& entry) {
    return std::all_of(entry.steps.begin(), entry.steps.end(), [](const ir::TestStep& step) {
      return std::holds_alternative<ir::TestPerson>(step.node);
    });
  });
}

bool only_expects(const std::vector<ir::TestStep>& steps) {
  return std::all_of(steps.begin(), steps.end(), [](const ir::TestStep& step) {
    return std::holds_alternative<ir::ExpectSend>(step.node) ||
           std::holds_alternative<ir::ExpectJourney>(step.node);
  });
}

}  // namespace

Answer refusal(std::string text) {
  Answer answer;
  answer.ok = false;
  answer.text = std::move(text) + "\n";
  return answer;
}

Answer told_of_input(const project::Project& project, const std::string& path, std::size_t offset,
                     const std::string& input) {
  Answer answer;
  answer.sources = project.sources;
  const SourceId id = find_source(project.sources, path);
  const auto first = static_cast<std::uint32_t>(offset);
  const auto size = static_cast<std::uint32_t>(input.size());
  auto move = [&](TextRange& range) {
    if (range.source != id) return;
    range.begin = std::min(range.begin < first ? 0 : range.begin - first, size);
    range.end = std::min(range.end < first ? 0 : range.end - first, size);
  };
  for (Diagnostic diagnostic : project.diagnostics.all()) {
    const TextRange range = diagnostic.range;
    const bool own = range.source == id && range.begin >= first && range.end <= first + size;
    // What is typed first is used later.
    const bool idle = diagnostic.code == Code::kUnused;
    if (diagnostic.severity == Severity::kWarning && (!own || idle)) continue;
    move(diagnostic.range);
    for (Label& label : diagnostic.labels) move(label.range);
    for (Edit& edit : diagnostic.edits) move(edit.range);
    answer.diagnostics.add(std::move(diagnostic));
  }
  if (id != SourceId::kNone) answer.sources.replace(id, input);
  answer.ok = !answer.diagnostics.has_errors();
  return answer;
}

Result<std::unique_ptr<Sandbox>> Sandbox::open(project::Files files, std::string folder,
                                               MakeExecutor make_executor) {
  std::unique_ptr<Sandbox> sandbox(new Sandbox(std::move(folder), std::move(make_executor)));
  files[std::string(kInputFile)] = kEmptyStory;
  std::shared_ptr<const project::Project> project = sandbox->compiled(files);
  if (project->diagnostics.has_errors())
    return fail("{}", project->diagnostics.all().front().message);
  sandbox->initial_.files = std::make_shared<const project::Files>(std::move(files));
  sandbox->initial_.deployed = drive::deployed(std::move(project), sandbox->make_executor_);
  Status done = sandbox->replay();
  if (!done) return tl::unexpected(done.error());
  return sandbox;
}

std::shared_ptr<const project::Project> Sandbox::compiled(project::Files files) const {
  project::LoadOptions options;
  options.folder = folder_;
  return project::compile(std::move(files), options);
}

// ------------------------------------------------------------------------------------------ lines

// The lines are checked behind those that make their people known.
std::string Sandbox::before_lines() const {
  const LocalTime local = program().zone.to_local(driver_->clock());
  std::string text =
      fmt::format("test \"{}\" {{\n  at {} {}\n", kStoryTitle, trig::to_string(local.date()),
                  trig::to_string(local.time_of_day()));
  if (only_people(entries_))
    text = fmt::format("test \"{}\" {{\n  at 1970-01-01 00:00\n", kStoryTitle);
  for (const Actor& actor : now().actors)
    text += actor.anonymous ? "anonymous " + actor.name + "\n" : "person " + actor.name + " {}\n";
  return text;
}

std::shared_ptr<const project::Project> Sandbox::with_input(const std::string& text) const {
  if (auto project = project::recompile_sources(this->project(), {{std::string(kInputFile), text}}))
    return project;
  project::Files files = *now().files;
  files[std::string(kInputFile)] = text;
  return compiled(std::move(files));
}

Answer Sandbox::play(const std::string& text) {
  if (brackets_of(text) == Brackets::kTooManyClosed)
    return refusal("there is a closing bracket too many");
  const std::string before = before_lines();
  auto project = with_input(before + text + "\n}\n");
  Answer answer = told_of_input(*project, std::string(kInputFile), before.size(), text);
  if (!answer.ok) return answer;
  const ir::Test* story = find_story(*project);
  if (story == nullptr) return refusal("these are no lines of a test");
  Entry entry = now();
  entry.text = text;
  entry.current = current_;
  entry.steps.clear();
  for (const ir::TestStep& step : story->steps) {
    if (step.range.begin < before.size()) continue;
    entry.steps.push_back(step);
    if (const auto* person = std::get_if<ir::TestPerson>(&step.node)) {
      entry.actors.push_back({person->name, person->anonymous});
      entry.current = person->name;
    }
  }
  return accept(std::move(entry), std::move(answer));
}

// Plays the entry and keeps it; what fails is as if it had never been typed.
Answer Sandbox::accept(Entry entry, Answer answer) {
  if (entries_.size() >= kMaxReplInputs)
    return refusal(fmt::format("more than {} inputs are not kept: begin again", kMaxReplInputs));
  const auto before = decision_counts();
  const std::size_t mails_before = mails_.size();
  const Instant clock_before = driver_->clock();
  const bool first = only_people(entries_);
  const std::optional<std::string> current_before = current_;
  current_ = entry.current;
  entries_.push_back(std::move(entry));
  const Entry& kept = entries_.back();
  TestResult result;
  const bool begins = first && !kept.steps.empty();
  Status done = begins ? replay() : play_entry(entries_.size() - 1, result);
  if (!done || !result.passed()) {
    const std::string why = done ? failures_text(result) : done.error().message + "\n";
    entries_.pop_back();
    current_ = current_before;
    Status back = replay();
    answer.ok = false;
    answer.text += why + (back ? "" : back.error().message + "\n");
    return answer;
  }
  answer.text += happened_since(before, mails_before);
  if (!kept.steps.empty() && only_expects(kept.steps)) answer.text += "holds\n";
  for (const HollowExpectation& hollow : result.hollow)
    answer.text += "but it says nothing: " + hollow.because + "\n";
  if (driver_->clock() != clock_before)
    answer.text += "it is " + time_text(driver_->clock()) + "\n";
  return answer;
}

Status Sandbox::play_entry(std::size_t index, TestResult& result) {
  const Entry& entry = entries_[index];
  const Entry& before = index == 0 ? initial_ : entries_[index - 1];
  Status done;
  if (entry.deployed != before.deployed) done = driver_->deploy(entry.deployed);
  for (const ir::TestStep& step : entry.steps)
    if (done) done = player_->play(*entry.deployed->program, step, result);
  // What is due at this very instant has happened when the answer is given.
  if (done && !entry.steps.empty()) done = driver_->settle();
  mails_after_.resize(index);
  mails_after_.push_back(mails_.size());
  return done;
}

Instant Sandbox::begin() const {
  for (const Entry& entry : entries_)
    for (const ir::TestStep& step : entry.steps) {
      if (const auto* at = std::get_if<ir::TestAt>(&step.node)) return at->at;
      if (!std::holds_alternative<ir::TestPerson>(step.node)) return start_of({});
    }
  return start_of({});
}

Status Sandbox::replay() {
  const Instant start = begin();
  mails_.clear();
  mails_after_.clear();
  player_.reset();
  auto driver =
      VirtualDriver::open(memory_world(), initial_.deployed, compile_files(make_executor_), start);
  if (!driver) return tl::unexpected(driver.error());
  driver_ = std::move(*driver);
  driver_->on_mail([this](const engine::Handover& mail) { mails_.push_back(mail); });
  player_ = std::make_unique<StepPlayer>(*driver_);
  TestResult result;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Status done = play_entry(i, result);
    if (!done) return done;
  }
  return {};
}

Answer Sandbox::undo() {
  if (entries_.empty()) return refusal("nothing was typed that could be undone");
  Answer answer;
  const std::string text = entries_.back().text;
  entries_.pop_back();
  current_ = now().current;
  Status done = replay();
  if (!done) return refusal(done.error().message);
  const std::size_t end = text.find('\n');
  answer.text = fmt::format("undone: {}{}\nit is {}\n", text.substr(0, end),
                            end == std::string::npos ? "" : " …", time_text(driver_->clock()));
  return answer;
}

Answer Sandbox::reset() {
  entries_.clear();
  current_.reset();
  Status done = replay();
  return done ? Answer{"everything typed is forgotten\n", {}, {}, true, false}
              : refusal(done.error().message);
}

// ----------------------------------------------------------------------------- what has happened

std::string Sandbox::time_text(Instant instant) const {
  LocalTime local = program().zone.to_local(instant);
  local.since_epoch = std::chrono::floor<std::chrono::seconds>(local.since_epoch);
  return trig::to_string(local);
}

std::vector<exec::Decision> decisions_from(const Store& store, PersonId person,
                                           std::uint64_t number) {
  std::vector<exec::Decision> decisions;
  const std::string prefix = engine::decision_prefix(person);
  Status done =
      store.scan(Space::kDecisions, engine::decision_key(person, number),
                 engine::after_prefix(prefix), [&](std::string_view, std::string_view value) {
                   auto step = engine::decode_decisions(value);
                   if (step) decisions.insert(decisions.end(), step->begin(), step->end());
                   return step.has_value();
                 });
  return done ? decisions : std::vector<exec::Decision>();
}

std::map<std::string, std::uint64_t> Sandbox::decision_counts() {
  std::map<std::string, std::uint64_t> counts;
  for (const Actor& actor : now().actors)
    if (auto id = person(actor.name))
      if (const exec::PersonState* state = driver_->engine().person(*id))
        counts[actor.name] = state->next_decision;
  return counts;
}

// Of everybody; with names where there are several.
std::string Sandbox::happened_since(const std::map<std::string, std::uint64_t>& before,
                                    std::size_t mails_before) {
  std::string text;
  std::vector<PersonId> told;
  for (const Actor& actor : now().actors) {
    const auto id = person(actor.name);
    if (!id || std::find(told.begin(), told.end(), *id) != told.end()) continue;
    told.push_back(*id);
    const auto known = before.find(actor.name);
    const auto decisions =
        decisions_from(driver_->engine().store(), *id, known == before.end() ? 0 : known->second);
    if (decisions.empty()) continue;
    if (now().actors.size() > 1) text += actor.name + ":\n";
    text += report::why_text(decisions, program().zone);
  }
  for (std::size_t i = mails_before; i < mails_.size() && i < driver_->mails().size(); ++i) {
    const TakenMail& mail = driver_->mails()[i];
    text += fmt::format("mail {}: {} to {}\n", i + 1, mail.mail_template, mail.address);
  }
  return text;
}

Result<std::unique_ptr<VirtualDriver>> Sandbox::fork(
    std::shared_ptr<const engine::Deployed> deployed) {
  auto copy = copy_in_memory(driver_->engine().store(), std::nullopt);
  if (!copy) return tl::unexpected(copy.error());
  return VirtualDriver::open([store = *copy]() -> Result<std::shared_ptr<Store>> { return store; },
                             std::move(deployed), compile_files(make_executor_), driver_->clock());
}

}  // namespace trig::drive
