// Sandbox: a project that is being tried. Declarations typed into it are deploys into a running
// VirtualDriver; lines of a `test` block are played at once; expressions are answered for a person.
// Every input is all or nothing, is kept, and can be undone: the inputs before it are then played
// again, which gives the same. Nothing leaves it.
//
//   auto sandbox = Sandbox::open(files, folder, exec::make_interpreter);
//   Answer answer = (*sandbox)->play("person ana { email: \"ana@example.com\" }");
//
// Bounds: kMaxReplInputs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/project/project.h"
#include "runtime/drive/deployed.h"
#include "runtime/drive/step_player.h"
#include "runtime/drive/virtual_driver.h"

namespace trig::drive {

// What comes of one input. The diagnostics speak of `sources`, in which the input is a file.
struct Answer {
  std::string text;  // whole lines
  Diagnostics diagnostics;
  SourceMap sources;
  bool ok = true;
  bool quit = false;
};
Answer refusal(std::string text);  // the line alone

struct Actor {
  std::string name;
  bool anonymous = false;
};

class Sandbox {
 public:
  // `folder` is where the npm modules of the project are. The project must have no errors.
  static Result<std::unique_ptr<Sandbox>> open(project::Files files, std::string folder,
                                               MakeExecutor make_executor);

  Answer declare(const std::string& text);
  Answer add_file(const std::string& path, const std::string& text);
  Answer play(const std::string& text);
  // `person`: of the driver. Nobody: what needs no person is still answered.
  Answer ask(const std::string& text, std::optional<PersonId> person);
  // The same of a person in a store that is only read.
  Answer ask_of(const std::string& text, const Store& data, PersonId person);
  Answer undo();
  // Nothing has been typed; the project is as it is.
  Answer reset();

  // One input that was accepted.
  struct Entry {
    std::string text;
    std::vector<ir::TestStep> steps;  // of lines; else empty
    // How things are after it.
    std::shared_ptr<const project::Files> files;
    std::shared_ptr<const engine::Deployed> deployed;
    std::vector<Actor> actors;
    std::optional<std::string> current;  // of the actors, whom questions are about
  };
  Instant begin() const;  // of time
  const std::vector<Entry>& entries() const { return entries_; }
  const Entry& now() const { return entries_.empty() ? initial_ : entries_.back(); }
  const project::Files& initial_files() const { return *initial_.files; }
  const project::Project& project() const { return *now().deployed->project; }
  const ir::Program& program() const { return *now().deployed->program; }
  const std::string& folder() const { return folder_; }
  VirtualDriver& driver() { return *driver_; }
  const std::vector<engine::Handover>& mails() const { return mails_; }
  // How many of them there were after each entry.
  const std::vector<std::size_t>& mails_after() const { return mails_after_; }
  const std::optional<std::string>& current() const { return current_; }
  void set_current(const std::string& actor) { current_ = actor; }

  std::optional<PersonId> person(const std::string& actor) { return player_->person(actor); }
  std::string time_text(Instant instant) const;  // "2026-03-02 12:30", in the project's zone

  // A driver that goes on from here by itself, on a copy of all there is.
  Result<std::unique_ptr<VirtualDriver>> fork(std::shared_ptr<const engine::Deployed> deployed);
  // The same from where a server's data directory is, with one person of it.
  Result<std::unique_ptr<VirtualDriver>> fork_of(const Store& data, PersonId person,
                                                 std::shared_ptr<const engine::Deployed> deployed);
  std::shared_ptr<const project::Project> compiled(project::Files files) const;
  // What was typed that the project does not have.
  struct Typed {
    std::string declarations;
    project::Files files;               // templates and the like
    std::vector<std::string> replaced;  // files of the project that were changed
  };
  Typed typed() const;
  // Whether the test of that title, in that file, passes in a project of these files.
  Answer tried(const project::Files& files, const std::string& path,
               const std::string& title) const;

 private:
  Sandbox(std::string folder, MakeExecutor make_executor)
      : folder_(std::move(folder)), make_executor_(std::move(make_executor)) {}

  struct Question {
    std::shared_ptr<const engine::Deployed> deployed;
    ir::NodeId node = ir::NodeId::kNone;
    bool about_person = false;
  };
  Answer question_of(const std::string& text, Question& question) const;
  Answer answer_on(VirtualDriver& driver, const Question& question,
                   std::optional<PersonId> person) const;

  std::shared_ptr<const project::Project> with_input(const std::string& text) const;
  std::string before_lines() const;
  Answer accept(Entry entry, Answer answer);
  Status replay();
  Status play_entry(std::size_t index, TestResult& result);
  std::map<std::string, std::uint64_t> decision_counts();
  std::string happened_since(const std::map<std::string, std::uint64_t>& before,
                             std::size_t mails_before);
  std::string tests_of(const std::shared_ptr<const project::Project>& project,
                       const std::string& path, bool& passed) const;
  Answer deploy(std::shared_ptr<const project::Project> project, project::Files files,
                std::string text, Answer answer);

  std::string folder_;
  MakeExecutor make_executor_;
  Entry initial_;
  std::vector<Entry> entries_;
  std::optional<std::string> current_;
  std::vector<engine::Handover> mails_;
  std::vector<std::size_t> mails_after_;
  std::unique_ptr<VirtualDriver> driver_;
  std::unique_ptr<StepPlayer> player_;
};

// What is told of an input that stands in the file `path` of a project from `offset` on. Warnings
// about anything else are left out.
Answer told_of_input(const project::Project& project, const std::string& path, std::size_t offset,
                     const std::string& input);

// The files without the declarations that these ones replace, which are blanked: what stays keeps
// its place. `replaced` is told of each, as "campaign `welcome` of campaigns/welcome.trig".
project::Files without_replaced(const project::Files& files, const ast::File& declared,
                                std::vector<std::string>& replaced);
std::string describe(const ast::Declaration& declaration);  // "campaign `welcome`"

// What was decided about a person from that decision on.
std::vector<exec::Decision> decisions_from(const Store& store, PersonId person,
                                           std::uint64_t number);

// A person as a store has them.
Result<exec::PersonState> stored_person(const Store& store, PersonId person);

// A store in memory with the rows of another: all, or those that concern one person.
Result<std::shared_ptr<Store>> copy_in_memory(const Store& from, std::optional<PersonId> only);

}  // namespace trig::drive
