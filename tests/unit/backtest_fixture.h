// A project in text, its versions for a back-test, and recorded events in a folder.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/diagnostics/render.h"
#include "runtime/drive/backtest.h"
#include "tests/support/temp_folder.h"

namespace trig::drive {

inline const std::string kBacktestVocabulary = R"(
use std.ecommerce
use std.email

person {
  email:      email key
  first_name: text?
  timezone:   timezone?
}
topic offers "Offers"
template hello() from "marketing.liquid"
template second_one() from "marketing.liquid"
template thanks() from "service.liquid"
policy marketing {
  consent required for offers
  at most 1 email per day
  quiet 21:00 to 08:00 local
  rate 1 per minute
  when capped: wait up to 2 days
}
policy service { consent not needed }
)";

inline const std::string kBacktestCampaigns = R"(
campaign abandoned {
  policy marketing
  on cart_updated as cart where total >= 20 EUR per cart_id
  again after 3 days
  restart while waiting
  step reminder
  wait 30 minutes
  send hello()
  step second
  wait 24 hours
  split "more" { 50% more { send second_one() } 50% less { stop } }
  exit on order_completed where cart_id == cart.cart_id
  goal order_completed where cart_id == cart.cart_id within 3 days value total
}
campaign confirmation {
  policy service
  on order_completed as order per order_id
  again never
  send thanks()
}
campaign welcome {
  policy marketing
  on opt_in_confirmed
  again never
  subscribe offers
  send hello()
}
)";

inline std::unique_ptr<project::Project> backtest_project(const std::string& campaigns) {
  auto project = project::compile(
      {{"trig.toml",
        "name = \"shop\"\ntimezone = \"Europe/Paris\"\n[[senders]]\nname = \"shop\"\n"
        "address = \"shop@example.com\"\npostal_address = \"1 Example Street\"\n"},
       {"service.liquid", "---\nsubject: Hello\nclass: transactional\n---\n<p>Hello</p>\n"},
       {"marketing.liquid",
        "---\nsubject: Hello\n---\n{{ postal_address }} <a href=\"{{ unsubscribe_url "
        "}}\">Leave</a>\n"},
       {"campaigns.trig", kBacktestVocabulary + campaigns}});
  EXPECT_FALSE(project->diagnostics.has_errors())
      << render_text(project->diagnostics, project->sources, {});
  return project;
}

inline Version backtest_version(const std::string& campaigns,
                                const std::vector<std::string>& topics = {}) {
  return make_version(backtest_project(campaigns), topics, exec::make_interpreter);
}

// An event of Segment's API, received at `at`.
inline std::string track(const std::string& user, const std::string& event,
                         const std::string& properties, const std::string& at) {
  return fmt::format(R"({{"type":"track","userId":"{}","event":"{}","properties":{},)"
                     R"("receivedAt":"{}"}})"
                     "\n",
                     user, event, properties, at);
}
inline std::string identify(const std::string& user, const std::string& traits,
                            const std::string& at) {
  return fmt::format(R"({{"type":"identify","userId":"{}","traits":{},"receivedAt":"{}"}})"
                     "\n",
                     user, traits, at);
}

class RecordedFolder {
 public:
  // The files of the folder that `write` made, read for these versions.
  Recording& read(const std::vector<const Version*>& versions, const ReadSettings& settings = {}) {
    if (Status added = recording.add_files(folder.path()); !added)
      ADD_FAILURE() << added.error().message;
    std::vector<const ir::Program*> programs;
    for (const Version* version : versions) programs.push_back(version->deployed->program);
    Progress progress;
    status = recording.read(programs, settings, progress);
    return recording;
  }

  TempFolder folder;
  Recording recording;
  Status status;
};

inline report::Backtest run(const Recording& recording, const Version& after,
                            const Version* before = nullptr,
                            const BacktestSettings& settings = {}) {
  Progress progress;
  auto found = run_backtest(recording, after, before, settings, progress);
  if (!found) ADD_FAILURE() << found.error().message;
  return found ? *found : report::Backtest{};
}

}  // namespace trig::drive
