// Deployments: what runs, what ran before, and how one becomes the other: plans, deploys, rollbacks
// and SIGHUP, one at a time.
//
//   Deployments deployments(running, std::move(versions), ports);
//   Answer answer = deployments.plan(request);            // docs/reference/admin-api.md
//
// A deploy is saved, then recorded as the one that a start serves, then taken up by the engine; it
// is answered when all of that is on stable storage. Thread-safe; `current` and `versions` answer
// at once, the others wait for the one under way.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/admin/plan.h"
#include "runtime/admin/versions.h"
#include "runtime/engine/programs.h"

namespace trig::admin {

struct Refusal {
  int status = 400;
  boost::json::object body;
};
using Answer = tl::expected<boost::json::object, Refusal>;
Refusal refusal(int status, std::string_view error);

struct DeployPorts {
  const Store* store = nullptr;
  // The project behind an executor that goes on from the running one.
  std::function<std::shared_ptr<const engine::Deployed>(std::shared_ptr<const project::Project>,
                                                        const engine::Deployed& running)>
      make_ready;
  // Returns when the program is taken up and durable.
  std::function<Status(std::shared_ptr<const engine::Deployed>)> deploy;
  std::function<Instant()> now;
  // After each deploy, with what ran before.
  std::function<void(const ir::Program& was, const ir::Program& is, std::chrono::milliseconds took)>
      told;
};

struct Reloaded {
  std::vector<std::string> problems;  // of the project, one line each
  std::string refusal;                // empty: deployed
};

class Deployments {
 public:
  // `versions` absent: deploys by SIGHUP are not kept.
  Deployments(std::shared_ptr<const engine::Deployed> running, std::optional<Versions> versions,
              DeployPorts ports);

  // The files that run, lists and catalogs among them, as the start found them: they become a
  // version unless they are the newest one.
  Status begin_with(const project::Files& files);

  Answer plan(const boost::json::object& request);
  Answer deploy(const boost::json::object& request, const std::string& by);
  Answer rollback(const boost::json::object& request, const std::string& by);
  // The files that run, but trig.toml.
  Answer files();
  Answer journeys(const std::optional<std::string>& campaign);
  Reloaded reload();

  boost::json::object versions() const;
  std::shared_ptr<const engine::Deployed> current() const;
  Instant now() const { return ports_.now(); }
  void cancel() { cancelled_ = true; }  // plans under way give up

 private:
  struct Candidate {
    std::shared_ptr<const project::Project> project;
    project::Files files;  // all of them
    Hash128 hash;
    bool other_settings = false;  // it came with a trig.toml that is not the server's
  };
  struct Running {
    std::shared_ptr<const engine::Deployed> deployed;
    std::map<std::string, Hash128> files;
    Hash128 hash;                         // of the files
    std::optional<std::uint64_t> number;  // of the version
  };

  tl::expected<Candidate, Refusal> candidate_of(const boost::json::object& request) const;
  tl::expected<Candidate, Refusal> check(project::Files files) const;
  tl::expected<Plan, Refusal> plan_for(const Candidate& candidate) const;
  boost::json::object told_plan(const Candidate& candidate, const Plan& plan) const;
  std::optional<Refusal> changed_since(const boost::json::object& plan,
                                       const Candidate& candidate) const;
  Answer apply(const Candidate& candidate, std::optional<std::uint64_t> number,
               const std::string& by);
  Result<Candidate> read_folder() const;
  Hash128 settings_hash() const;
  void publish(Running running);

  std::optional<Versions> versions_;
  DeployPorts ports_;
  std::atomic<bool> cancelled_ = false;
  std::mutex acting_;  // held by whoever plans or deploys; guards versions_
  Running running_;    // written with both held

  mutable std::mutex told_;  // guards what follows
  std::shared_ptr<const engine::Deployed> current_;
  boost::json::object listed_;
};

}  // namespace trig::admin
