// The texts of campaigns that people are inside of: the running ones, and older ones, which are
// compiled again from the store when they are first asked for.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "compiler/exec/person_state.h"
#include "compiler/project/project.h"
#include "runtime/ports/store.h"

namespace trig::admin {

struct Text {
  const project::Project* project = nullptr;  // null: not to be had any more
  const ir::Campaign* campaign = nullptr;
};

class Texts {
 public:
  Texts(const project::Project& current, const Store& store) : current_(current), store_(store) {}

  Result<Text> find(const exec::CampaignRef& ref);

 private:
  const project::Project& current_;
  const Store& store_;
  std::map<std::string, std::unique_ptr<project::Project>> older_;  // by what they are stored under
};

// "pause: wait 30 minutes": the name of the step, if it has one, and the line it is written on.
std::string step_text(const Text& text, std::uint32_t step);

}  // namespace trig::admin
