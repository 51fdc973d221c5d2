// The programs an engine runs: the deployed one, and older ones for as long as a journey carries a
// campaign of theirs. An older one is compiled again from its stored sources when it is first
// needed; the compiler is handed in, so that the engine does not depend on the parser.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/exec/campaign_numbers.h"
#include "compiler/exec/step.h"
#include "runtime/engine/view.h"

namespace trig::project {
struct Project;  // only handed on: the engine does not look inside
}

namespace trig::engine {

// A program ready to run, with the files it was compiled from.
struct Deployed {
  std::shared_ptr<const std::map<std::string, std::string>> files;
  std::shared_ptr<const project::Project>
      project;  // keeps what `program` points into; the templates
  const ir::Program* program = nullptr;
  std::shared_ptr<const exec::Executor> executor;
};

// The chain from stored files to a program; a Failure says why it no longer compiles.
using CompileFiles = std::function<Result<std::shared_ptr<const Deployed>>(
    const std::map<std::string, std::string>& files)>;

// What a stored program is made of.
struct ProgramSnapshot {
  std::vector<std::pair<std::string, Hash128>> files;  // path and hash of the text
  std::vector<exec::CampaignRef> campaigns;
};

class Programs {
 public:
  Programs(View& view, std::shared_ptr<const Deployed> current, CompileFiles compile);

  const Deployed& current() const { return *current_; }
  // From now on `next` is the current program. The one before stays at hand for the journeys that
  // carry its campaigns.
  void replace(std::shared_ptr<const Deployed> next);
  // The program that holds a campaign at a version; null if it is not to be had any more.
  std::shared_ptr<const Deployed> holder_of(const exec::CampaignRef& ref);
  std::optional<exec::CampaignInProgram> find(const exec::CampaignRef& ref);

  // What a deploy does to journeys of the campaigns that the program deployed last had.
  struct Changes {
    std::vector<NameHash> removed;
    std::vector<NameHash> edited;  // and they say `edits move` or `edits end`
    bool empty() const { return removed.empty() && edited.empty(); }
  };
  // Stores the current program if it is not the one deployed last: what that one did not have. It
  // counts as deployed once `finish_deploy` is committed; until then another open does the same
  // again.
  Changes begin_deploy();
  void finish_deploy();

 private:
  std::shared_ptr<const Deployed> load(const exec::CampaignRef& ref);
  void store_program(const std::string& key, const ProgramSnapshot& before);

  View& view_;
  std::shared_ptr<const Deployed> current_;
  CompileFiles compile_;
  template <typename T>
  using ByRef = boost::unordered_flat_map<exec::CampaignRef, T, exec::HashOfCampaignRef>;
  ByRef<std::uint32_t> current_versions_;
  ByRef<std::shared_ptr<const Deployed>> older_;  // null: gone
  // Found lately, by a few bits of the version: a step asks for the same few again and again.
  struct Found {
    exec::CampaignRef ref;
    exec::CampaignInProgram in;  // no executor: nothing was found here yet
  };
  std::array<Found, 64> lately_{};
  std::deque<std::shared_ptr<const Deployed>> replaced_;  // the oldest first
};

// For questions beside the engine, from any thread: what a program that has a campaign at a version
// is stored under (nullopt: it is not stored), and its files.
Result<std::optional<std::string>> stored_program_key(const Store& store,
                                                      const exec::CampaignRef& ref);
Result<std::map<std::string, std::string>> stored_program_files(const Store& store,
                                                                const std::string& key);

}  // namespace trig::engine
