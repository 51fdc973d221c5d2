// Session: the REPL without its terminal. One input goes in, an Answer comes out; the inputs that
// were accepted are kept, so that they can be undone and saved as a test. docs/reference/repl.md
// says what can be typed.
//
//   auto session = Session::open(files, folder, {});
//   Answer answer = (*session)->take("ana cart_updated { cart_id: \"c1\", total: 64 EUR }");
//
// Nothing it does sends a mail or changes a data directory.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/drive/sandbox.h"
#include "runtime/ports/transport.h"

namespace trig::drive {

struct SessionOptions {
  MakeExecutor make_executor = exec::make_interpreter;
  // What `:preview` shows; absent: it cannot.
  std::function<Result<Mail>(const project::Config& config, const engine::Handover& mail)> compose =
      {};
  // What `:dump llvm` shows; absent: it cannot.
  std::function<Result<std::string>(const ir::Program& program)> native_code = {};
  std::shared_ptr<const Store> data = {};  // of a server; only read
  // Adds text to a file of the project, by its path from the project's folder; absent: there is no
  // project that `:save-test` could write to.
  std::function<Status(const std::string& path, const std::string& text)> add_to_file = {};
  // By its path from where the REPL was started.
  std::function<Result<std::string>(const std::string& path)> read_file = {};
};

struct Command {
  std::string_view name;   // ":why"
  std::string_view takes;  // "PERSON [CAMPAIGN]"
  std::string_view does;
};
const std::vector<Command>& commands();

// Where there is no project: the standard library, and people with an address.
project::Files empty_project();

class Session {
 public:
  // The project must have no errors.
  static Result<std::unique_ptr<Session>> open(project::Files files, std::string folder,
                                               SessionOptions options);

  Answer take(const std::string& input);
  // Whom questions are about; empty: nobody.
  std::string current() const;
  // What the word that ends the text may become, in order, each whole.
  std::vector<std::string> completions(std::string_view text) const;

 private:
  Session(std::unique_ptr<Sandbox> sandbox, SessionOptions options)
      : sandbox_(std::move(sandbox)), options_(std::move(options)) {}

  // Somebody of the sandbox or of the data directory.
  struct Somebody {
    PersonId id = PersonId::kNone;
    bool of_data = false;
    exec::PersonState state;
  };
  Result<Somebody> somebody(const std::string& word);
  Result<Somebody> named_or_current(const std::string& word);

  Answer command(const std::string& input);
  Answer ask(const std::string& text);
  // session_commands.cpp
  Answer as(const std::string& word);
  Answer journeys(const std::string& word);
  Answer why(const std::string& words);
  Answer outbox() const;
  Answer preview(const std::string& number) const;
  Answer people() const;
  Answer dump(const std::string& what) const;
  Answer load(const std::string& path);
  Answer file(const std::string& rest);
  // session_plan.cpp
  Answer plan(const std::string& name);
  Answer plan_inside(const ir::Campaign& campaign, const Somebody& who);
  Answer plan_outside(const ir::Campaign& campaign) const;
  // session_save.cpp
  Answer save_test(const std::string& words);
  // session_take.cpp
  Answer take_recorded(const std::string& words);

  std::unique_ptr<Sandbox> sandbox_;
  SessionOptions options_;
  project::Files saved_;  // files of the project that `:save-test` wrote to, as they are now
  std::set<std::string> saved_titles_;
  std::string of_data_;  // `:as` somebody of the data directory
  bool loading_ = false;
};

// "abandoned_cart, since 2026-03-02 12:00: `wait 30 minutes` until 2026-03-02 12:30"
std::string journey_text(const project::Project& project, const exec::Journey& journey, Zone zone);
// A step as it is written, its first line.
std::string step_text(const project::Project& project, const ir::Step& step);

// The lines of a session as a test: in their order, and after each what it sent.
std::string saved_test(Sandbox& sandbox, const std::string& title);

// What is recorded of somebody, as lines of a test that call them `actor`.
struct RecordedLines {
  std::string lines;
  std::size_t events = 0;
  std::size_t left_out = 0;  // older ones, rejected ones
};
Result<RecordedLines> recorded_lines(const Store& data, const engine::Deployed& deployed,
                                     const exec::PersonState& state, const std::string& actor);

}  // namespace trig::drive
