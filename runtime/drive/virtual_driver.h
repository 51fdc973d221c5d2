// VirtualDriver: the engine under a clock that moves only when it is told to. It serves `trig
// test`, the scenarios and the REPL. Every mail whose attempt begins is taken down and answered as
// sent.
//
//   VirtualDriver driver(memory_world(), deployed, compile_files(), start);
//   driver.take(envelope);
//   driver.advance_to(start + std::chrono::hours(1));
//   driver.mails()   // what would have been sent
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"

namespace trig::drive {

// Opens the store of a run; called again after each restart, when the last one has been closed.
using OpenStore = std::function<Result<std::shared_ptr<Store>>()>;
OpenStore memory_world();

struct TakenMail {
  Instant at;  // its attempt began
  PersonId person = PersonId::kNone;
  std::string campaign;
  std::string mail_template;
  std::string as;    // the name its send gave it, if any
  std::string name;  // what it is called outside
  std::string address;
  std::vector<std::pair<std::string, ir::Value>> arguments;  // by parameter
};

// What of a run lies in its store.
enum class Kept : std::uint8_t {
  kAll,      // it can be closed and opened again
  kPassing,  // hardly anything: what no memory is left for, of more than one person at a time
};

class VirtualDriver {
 public:
  // A store that cannot be opened or fails is a Failure of the calls below.
  static Result<std::unique_ptr<VirtualDriver>> open(
      OpenStore open_store, std::shared_ptr<const engine::Deployed> deployed,
      engine::CompileFiles compile, Instant start, Kept kept = Kept::kAll);

  // Fires everything due before `to`, each at its own instant; then the clock is `to`.
  Status advance_to(Instant to);
  // Fires what is due at the clock's own instant, which otherwise waits for the clock to move on.
  Status settle();
  // Received at the clock's instant.
  Status take(Envelope envelope);
  Status set_subscription(const std::string& user_id, std::optional<NameHash> topic,
                          bool subscribed);
  // Closes the engine and the store and opens both again, as a restart of the server does. Nothing
  // passing comes back.
  Status restart();
  // A deploy of another version of the project: restarts on it, or goes on with it where a restart
  // would lose what is passing.
  Status deploy(std::shared_ptr<const engine::Deployed> deployed);

  // Told of every mail whose first attempt begins, with all that it is made of.
  void on_mail(std::function<void(const engine::Handover&)> told) { on_mail_ = std::move(told); }

  Instant clock() const { return clock_; }
  const std::vector<TakenMail>& mails() const { return mails_; }
  engine::Engine& engine() { return *engine_; }

 private:
  VirtualDriver(OpenStore open_store, std::shared_ptr<const engine::Deployed> deployed,
                engine::CompileFiles compile, Instant start, Kept kept);
  Status fill_history();
  Status commit();
  Status fire_until(Instant at);  // and at it

  OpenStore open_store_;
  std::shared_ptr<const engine::Deployed> deployed_;
  engine::CompileFiles compile_;
  Instant clock_;
  Kept kept_;
  std::shared_ptr<Store> store_;
  std::unique_ptr<engine::Engine> engine_;
  std::vector<TakenMail> mails_;
  std::function<void(const engine::Handover&)> on_mail_;
};

}  // namespace trig::drive
