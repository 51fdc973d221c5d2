// A story on the real thing: its program through parser and checker, its history through the engine
// under a virtual clock, by the interpreter or by native code.
#pragma once

#include <memory>

#include "compiler/project/project.h"
#include "runtime/drive/deployed.h"
#include "tests/sim/differential/story.h"

namespace trig::sim {

class EngineSide {
 public:
  // `text` as in text.h; `zone` is the project's.
  EngineSide(const std::string& text, const std::string& zone);
  // What the checker has against it, or empty.
  std::string errors() const;

  std::shared_ptr<const engine::Deployed> deploy(const drive::MakeExecutor& make_executor) const;
  // A failure of the store is an outcome that equals no other: its `mails` say so.
  static Outcome run(const std::shared_ptr<const engine::Deployed>& deployed,
                     const drive::MakeExecutor& make_executor, const History& history);

 private:
  std::shared_ptr<const project::Project> project_;
};

}  // namespace trig::sim
