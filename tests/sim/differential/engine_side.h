// A story on the real thing: its program through parser and checker, its history through the engine
// under a virtual clock, by the interpreter or by native code.
#pragma once

#include <memory>

#include "compiler/project/project.h"
#include "runtime/drive/deployed.h"
#include "runtime/drive/virtual_driver.h"
#include "tests/sim/differential/story.h"

namespace trig::sim {

class EngineSide {
 public:
  explicit EngineSide(const Program& program);
  // What the checker has against it, or empty.
  std::string errors() const;

  // The program and what its edit makes of it, ready to run.
  struct Both {
    std::shared_ptr<const engine::Deployed> written;
    std::shared_ptr<const engine::Deployed> edited;
    drive::MakeExecutor make_executor;
  };
  Both deploy(const drive::MakeExecutor& make_executor) const;
  // A failure of the store is an outcome that equals no other: its `mails` say so.
  static Outcome run(const Both& both, const History& history,
                     drive::OpenStore open_store = drive::memory_world());

 private:
  std::shared_ptr<const project::Project> written_;
  std::shared_ptr<const project::Project> edited_;
};

}  // namespace trig::sim
