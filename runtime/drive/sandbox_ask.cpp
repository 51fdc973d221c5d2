// Expressions that are typed: checked as part of the project, answered on a copy of what there is,
// whose history is filled in with what the question wants to know.
#include <fmt/format.h>

#include "compiler/exec/step.h"
#include "compiler/parse/parse.h"
#include "runtime/drive/sandbox.h"
#include "runtime/drive/typed_text.h"
#include "runtime/engine/rows.h"

namespace trig::drive {
namespace {

constexpr std::string_view kQuestionFile = "<typed>.trig";
constexpr std::string_view kQuestionName = "what_is_asked";

// One person's kept events, as they are stored.
class StoredHistory : public exec::History {
 public:
  StoredHistory(const Store& store, PersonId person) : store_(store), person_(person) {}

  void scan(NameHash event, Instant from, Instant to, const RowVisitor& row) const override {
    const std::string prefix = engine::history_prefix(person_, event);
    // A store in memory does not fail.
    (void)store_.scan(Space::kHistory, prefix, engine::after_prefix(prefix),
                      [&](std::string_view key, std::string_view value) {
                        const auto moment = engine::read_history_moment(key);
                        if (!moment || moment->occurred_at < from) return true;
                        return moment->occurred_at <= to && row(*moment, value);
                      });
  }

 private:
  const Store& store_;
  PersonId person_;
};

// Whether the answer depends on who it is about.
bool reads_person(const ir::Program& program, ir::NodeId id) {
  if (id == ir::NodeId::kNone) return false;
  const ir::Node& node = program.node(id);
  if (node.op == ir::Op::kPersonField || node.op == ir::Op::kAggregate ||
      node.op == ir::Op::kSilence || node.op == ir::Op::kInSegment)
    return true;
  for (ir::NodeId operand : {node.a, node.b, node.c})
    if (reads_person(program, operand)) return true;
  for (ir::NodeId operand : node.operands)
    if (reads_person(program, operand)) return true;
  return false;
}

}  // namespace

Answer Sandbox::question_of(const std::string& text, Question& question) const {
  SourceMap sources;
  const SourceId id = sources.add(std::string(kQuestionFile), text);
  Answer answer;
  if (parse::parse_expression(id, sources[id], answer.diagnostics) == nullptr) {
    answer.ok = false;
    answer.sources = std::move(sources);
    return answer;
  }
  const std::string before = fmt::format("segment {}:\n", kQuestionName);
  project::Files files = *now().files;
  files[std::string(kQuestionFile)] = before + text + "\n";
  project::LoadOptions options;
  options.folder = folder_;
  options.question = kQuestionName;
  std::shared_ptr<const project::Project> project = project::compile(std::move(files), options);
  answer = told_of_input(*project, std::string(kQuestionFile), before.size(), text);
  if (!answer.ok) return answer;
  const ir::Program& program = project->program;
  const int segment = program.find_segment(name_hash(kQuestionName));
  if (segment < 0) return refusal("this is no expression");
  question.node = program.segments[static_cast<std::size_t>(segment)].condition;
  question.about_person = reads_person(program, question.node);
  question.deployed = drive::deployed(std::move(project), exec::make_interpreter);
  return answer;
}

Answer Sandbox::answer_on(VirtualDriver& driver, const Question& question,
                          std::optional<PersonId> person) const {
  const ir::Program& program = *question.deployed->program;
  exec::PersonState nobody;
  nobody.known_since = driver.clock();
  const exec::PersonState* state = person ? driver.engine().person(*person) : nullptr;
  if (state == nullptr) state = &nobody;
  const ir::Items items = exec::person_items(program, *state);
  const StoredHistory history(driver.engine().store(), state->id);
  exec::Frame frame;
  frame.person = exec::PersonRecord(items);
  frame.history = &history;
  frame.now = driver.clock();
  frame.zone = exec::send_zone(program, *state);
  frame.known_since = state->known_since;
  const exec::Executor& executor = *question.deployed->executor;
  const ir::Value value = executor.evaluate(question.node, frame);
  const ir::Type type = program.node(question.node).type;
  Answer answer;
  answer.text =
      fmt::format("{} : {}\n", value_text(program.types, type, value), program.types.name(type));
  // The values it rests on, where it does more than read one.
  const ir::Node& node = program.node(question.node);
  const bool is_one = node.a == ir::NodeId::kNone && node.operands.empty();
  const std::string read = exec::explain(executor, question.node, frame);
  if (question.about_person && !is_one && !read.empty()) answer.text += "  " + read + "\n";
  return answer;
}

Answer Sandbox::ask(const std::string& text, std::optional<PersonId> person) {
  Question question;
  Answer checked = question_of(text, question);
  if (!checked.ok) return checked;
  if (question.about_person && !person)
    return refusal(
        "about whom? Make somebody known, `person ana { email: \"ana@example.com\" }`, or name "
        "them, `:as ana`");
  auto driver = fork(question.deployed);
  if (!driver) return refusal(driver.error().message);
  Answer answer = answer_on(**driver, question, person);
  answer.diagnostics = std::move(checked.diagnostics);
  answer.sources = std::move(checked.sources);
  return answer;
}

Result<std::unique_ptr<VirtualDriver>> Sandbox::fork_of(
    const Store& data, PersonId person, std::shared_ptr<const engine::Deployed> deployed) {
  auto copy = copy_in_memory(data, person);
  if (!copy) return tl::unexpected(copy.error());
  Instant now = begin();
  auto stored = data.get(Space::kMeta, engine::kMetaClock);
  if (!stored) return tl::unexpected(stored.error());
  if (*stored) now = ByteReader(**stored).instant();
  return VirtualDriver::open([store = *copy]() -> Result<std::shared_ptr<Store>> { return store; },
                             std::move(deployed), compile_files(make_executor_), now);
}

Answer Sandbox::ask_of(const std::string& text, const Store& data, PersonId person) {
  Question question;
  Answer checked = question_of(text, question);
  if (!checked.ok) return checked;
  auto driver = fork_of(data, person, question.deployed);
  if (!driver) return refusal(driver.error().message);
  return answer_on(**driver, question, person);
}

}  // namespace trig::drive
