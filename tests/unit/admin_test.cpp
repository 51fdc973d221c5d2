// The admin API's own parts: paths of bundles, versions on disk and what a damaged one does, what a
// plan lets pass, and the API itself under many callers at once.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "runtime/admin/admin_api.h"
#include "runtime/admin/bundle.h"
#include "runtime/admin/versions.h"
#include "runtime/drive/deployed.h"
#include "runtime/engine/rows.h"
#include "runtime/net/http_client.h"
#include "runtime/ports/limits.h"
#include "runtime/store/memory_store.h"
#include "tests/support/temp_folder.h"

namespace trig::admin {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

TEST(Bundle, PathsLeadIntoTheProject) {
  for (const char* good : {"a.trig", "templates/a.html.liquid", "lists/städte.csv", "a b.trig"})
    EXPECT_TRUE(is_bundle_path(good)) << good;
  for (const char* bad : {"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", ".a",
                          "a/.b", "a\\b", "a\nb", "a\x7f", "\xff.trig"})
    EXPECT_FALSE(is_bundle_path(bad)) << bad;
  EXPECT_TRUE(is_bundle_path(std::string(kMaxBundlePathBytes, 'a')));
  EXPECT_FALSE(is_bundle_path(std::string(kMaxBundlePathBytes + 1, 'a')));
}

TEST(Bundle, EveryByteComesBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  const project::Files files{{"a.trig", "é\n"}, {"templates/picture.png", bytes}};
  auto back = files_from_json(json::parse(json::serialize(files_to_json(files))));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, files);
}

TEST(Bundle, TheHashIsOfPathsAndTextsButNotOfTheSettings) {
  const project::Files files{{"a.trig", "1"}, {"b.trig", "2"}};
  project::Files other = files;
  other["trig.toml"] = "name = \"x\"";
  EXPECT_EQ(hash_of_files(files), hash_of_files(other));
  EXPECT_NE(hash_of_files(files), hash_of_files({{"a.trig", "2"}, {"b.trig", "1"}}));
  EXPECT_NE(hash_of_files(files), hash_of_files({{"a.trig", "1"}}));
}

class VersionsTest : public testing::Test {
 protected:
  Versions open() {
    auto versions = Versions::open(folder_.path());
    if (!versions) throw std::runtime_error(versions.error().message);
    return std::move(*versions);
  }
  std::string failure() {
    auto versions = Versions::open(folder_.path());
    return versions ? "" : versions.error().message;
  }
  void write(const std::string& path, const std::string& text) {
    std::ofstream(folder_.path() + "/versions/" + path, std::ios::binary) << text;
  }
  static Version by_ana(std::optional<std::uint64_t> before = {}) {
    return {0, Instant{} + std::chrono::hours(1), "ana", before, {}};
  }

  TempFolder folder_;
  const project::Files first_{{"a.trig", "1"}, {"lists/x.csv", "k\n1\n"}};
  const project::Files second_{{"a.trig", "2"}, {"lists/x.csv", "k\n1\n"}};
};

TEST_F(VersionsTest, AreReadBackAsTheyWereSaved) {
  Versions versions = open();
  EXPECT_FALSE(versions.deployed());
  ASSERT_EQ(versions.save(by_ana(), first_), 1u);
  ASSERT_EQ(versions.save(by_ana(1), second_), 2u);
  ASSERT_TRUE(versions.deploy(2));
  Versions again = open();
  EXPECT_EQ(again.deployed(), 2u);
  ASSERT_EQ(again.all().size(), 2u);
  EXPECT_EQ(again.all()[1].by, "ana");
  EXPECT_EQ(again.all()[1].before, 1u);
  EXPECT_EQ(again.all()[1].at, by_ana().at);
  EXPECT_EQ(again.files_of(again.all()[0]).value(), first_);
  EXPECT_EQ(again.files_of(again.all()[1]).value(), second_);
  EXPECT_FALSE(again.deploy(3));
  ASSERT_TRUE(again.forget_deployed());
  EXPECT_FALSE(open().deployed());
}

TEST_F(VersionsTest, WhatAKillLeftHalfWrittenIsNotTaken) {
  Versions versions = open();
  ASSERT_EQ(versions.save(by_ana(), first_), 1u);
  ASSERT_TRUE(versions.deploy(1));
  write("2.json.new", "{\"form\"");
  write("deployed.new", "2");
  const std::string place = to_hex(hash128("2"));
  write("files/" + place, "");  // renamed, but never synced
  Versions again = open();
  EXPECT_EQ(again.deployed(), 1u);
  ASSERT_EQ(again.save(by_ana(1), second_), 2u);
  EXPECT_EQ(again.files_of(again.all()[1]).value(), second_);
}

TEST_F(VersionsTest, DamageIsToldAndNothingIsGuessed) {
  Versions versions = open();
  ASSERT_EQ(versions.save(by_ana(), first_), 1u);
  ASSERT_TRUE(versions.deploy(1));
  write("deployed", "7\n");
  EXPECT_THAT(failure(), HasSubstr("names no version"));
  write("deployed", "1");
  EXPECT_THAT(failure(), HasSubstr("names no version"));
  write("deployed", "1\n");
  write("files/" + to_hex(hash128("1")), "other");
  EXPECT_THAT(open().files_of(open().all()[0]).error().message, HasSubstr("is damaged"));
  for (const char* bad : {"", "{", "[]", R"({"form":2})", R"({"form":1,"version":"x"})",
                          R"({"form":1,"version":1,"at":"x","by":"a","files":{"a":"00"}})"}) {
    write("1.json", bad);
    EXPECT_NE(failure(), "") << bad;
  }
  write("1.json", fmt::format(R"({{"form":1,"version":1,"at":"2026-01-01T00:00:00Z","by":"a",)"
                              R"("files":{{"../a":"{}"}}}})",
                              to_hex(Hash128{})));
  EXPECT_THAT(failure(), HasSubstr("is damaged"));
}

TEST_F(VersionsTest, TheOldestGoButNeverTheDeployedOne) {
  Versions versions = open();
  for (std::size_t i = 0; i <= kMaxKeptVersions; ++i) {
    ASSERT_TRUE(versions.save(by_ana(), {{"a.trig", std::to_string(i)}}));
    if (i == 0) {
      ASSERT_TRUE(versions.deploy(1));
    }
  }
  ASSERT_EQ(versions.all().size(), kMaxKeptVersions);
  EXPECT_NE(versions.find(1), nullptr);
  EXPECT_EQ(versions.find(2), nullptr);
  Versions again = open();
  EXPECT_EQ(again.all().size(), kMaxKeptVersions);
  for (const Version& version : again.all()) EXPECT_TRUE(again.files_of(version));
}

TEST(Beyond, AFewMoreAreWithinAPlanUnlessItIsExact) {
  auto plan_of = [](std::size_t ending) {
    Plan plan;
    CampaignPlan campaign;
    campaign.name = "cart";
    StepPlan step;
    step.fate = Fate::kEnds;
    step.count.journeys = ending;
    campaign.steps.push_back(step);
    plan.campaigns.push_back(campaign);
    return plan;
  };
  const json::object planned = to_json(plan_of(100));
  for (std::size_t within : {0, 100, 110})
    EXPECT_TRUE(beyond(planned, plan_of(within), false).empty());
  EXPECT_EQ(beyond(planned, plan_of(111), false),
            std::vector<std::string>{"cart: 111 journeys end, the plan said 100"});
  EXPECT_TRUE(beyond(planned, plan_of(100), true).empty());
  EXPECT_EQ(beyond(planned, plan_of(99), true).size(), 1u);
  EXPECT_EQ(beyond(to_json(plan_of(1'000)), plan_of(1'100), false).size(), 0u);
  EXPECT_EQ(beyond(to_json(plan_of(1'000)), plan_of(1'101), false).size(), 1u);
  EXPECT_EQ(beyond(to_json(Plan{}), plan_of(11), false).size(), 1u) << "of a campaign unheard of";
}

// ------------------------------------------------------------------------------ the API, in
// threads

const project::Files kProject{
    {"trig.toml", "name = \"gate\"\n"},
    {"a.trig",
     "event arrived { name: text }\nperson { email: email key }\n"
     "policy service { consent not needed }\n"
     "campaign hello {\n  policy service\n  on arrived\n  wait 1 hour\n}\n"}};

// A program, versions in a folder, and an engine that takes everything at once.
class ApiTest : public testing::Test {
 protected:
  ApiTest() : store_(std::make_unique<store::MemoryStore>()) {
    std::shared_ptr<const project::Project> project = project::compile(kProject);
    EXPECT_FALSE(project->diagnostics.has_errors());
    DeployPorts ports;
    ports.store = store_.get();
    ports.make_ready = [](std::shared_ptr<const project::Project> next,
                          const engine::Deployed& running) {
      return drive::deployed(std::move(next), running, exec::make_interpreter);
    };
    ports.deploy = [this](std::shared_ptr<const engine::Deployed>) {
      ++deployed_;
      return Status{};
    };
    ports.now = [] { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); };
    ports.told = [](const ir::Program&, const ir::Program&, std::chrono::milliseconds) {};
    deployments_ = std::make_unique<Deployments>(drive::deployed(project),
                                                 Versions::open(folder_.path()).value(), ports);
    EXPECT_TRUE(deployments_->begin_with(kProject));
  }

  void start() {
    AdminOptions options;
    options.tokens = {{"ana", "token-of-ana-0123"}, {"bob", "token-of-bob-0123"}};
    options.audit = [this](const Act& act) {
      std::lock_guard lock(mutex_);
      acts_.push_back(act);
    };
    auto api = AdminApi::start(std::move(options), *deployments_, *store_);
    ASSERT_TRUE(api) << api.error().message;
    api_ = std::move(*api);
  }

  net::HttpResponse call(const std::string& method, const std::string& path,
                         const std::string& body, const std::string& token) {
    net::EventLoop loop;
    auto client = net::HttpClient::create(loop, {.max_response_bytes = 2 * kMaxEventPageBytes});
    net::HttpRequestOut out;
    out.method = method;
    out.url = fmt::format("http://127.0.0.1:{}{}", api_->port(), path);
    out.headers.add("Authorization", "Bearer " + token);
    out.body = body;
    net::HttpResponse response;
    (*client)->request(std::move(out), [&](net::HttpResult result) {
      response = std::move(result.response);
      if (result.outcome != net::HttpOutcome::kResponse) response.status = 0;
      loop.stop();
    });
    loop.run();
    return response;
  }

  static std::string changed_to(int hours) {
    project::Files files = kProject;
    files["a.trig"].replace(files["a.trig"].find("1 hour"), 6, fmt::format("{} hours", hours));
    return json::serialize(json::object{{"version", 1}, {"files", files_to_json(files)}});
  }
  std::string planned(int hours) {
    const net::HttpResponse plan = call("POST", "/v1/plan", changed_to(hours), "token-of-ana-0123");
    json::object request = json::parse(changed_to(hours)).as_object();
    request["plan"] = json::parse(plan.body);
    return json::serialize(request);
  }

  TempFolder folder_;
  std::unique_ptr<store::MemoryStore> store_;
  std::unique_ptr<Deployments> deployments_;
  std::atomic<int> deployed_ = 0;
  std::mutex mutex_;
  std::vector<Act> acts_;
  std::unique_ptr<AdminApi> api_;
};

TEST_F(ApiTest, ShortTokensAndNoneAreRefused) {
  AdminOptions none;
  EXPECT_FALSE(AdminApi::start(none, *deployments_, *store_));
  AdminOptions brief;
  brief.tokens = {{"ana", std::string(kMinAdminTokenBytes - 1, 'x')}};
  EXPECT_THAT(AdminApi::start(brief, *deployments_, *store_).error().message,
              HasSubstr("admin.tokens.ana"));
}

TEST_F(ApiTest, OfManyPlansForOneVersionOneIsApplied) {
  start();
  std::vector<std::string> requests;
  for (int i = 0; i < 4; ++i) requests.push_back(planned(i + 2));
  std::atomic<int> taken = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (const std::string& request : requests)
    threads.emplace_back([&, request] {
      const int status = call("POST", "/v1/deploy", request, "token-of-bob-0123").status;
      if (status == 200) ++taken;
      if (status == 409) ++refused;
    });
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 5; ++k) {
        EXPECT_EQ(call("GET", "/v1/versions", "", "token-of-ana-0123").status, 200);
        EXPECT_EQ(call("GET", "/v1/why?person=x", "", "token-of-ana-0123").status, 404);
        EXPECT_EQ(call("GET", "/v1/versions", "", "token-of-eve-0123").status, 401);
      }
    });
  threads.emplace_back([&] {  // the store goes on meanwhile, as an engine's commits do
    for (int i = 0; i < 200; ++i) {
      Commit commit;
      commit.put(Space::kMeta, "x", std::to_string(i));
      EXPECT_TRUE(store_->commit(commit));
    }
  });
  threads.emplace_back([&] { deployments_->reload(); });  // there is no folder: refused
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(deployed_, 1);
  EXPECT_EQ(call("POST", "/v1/rollback", R"({"version":1})", "token-of-ana-0123").status, 200);
  EXPECT_EQ(deployed_, 2);
  api_->stop();
  std::lock_guard lock(mutex_);
  EXPECT_EQ(acts_.back().who, "ana");
  EXPECT_EQ(acts_.back().outcome, "version 1 after 2");
}

TEST_F(ApiTest, GivesTheFilesThatRunWithoutTheSettings) {
  start();
  auto files = [&] {
    const net::HttpResponse answer = call("GET", "/v1/files", "", "token-of-ana-0123");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).as_object();
  };
  json::object running = files();
  EXPECT_EQ(running.at("number"), 1);
  EXPECT_EQ(running.at("hash"), json::value(to_hex(hash_of_files(kProject))));
  EXPECT_EQ(running.at("files"), json::value({{"a.trig", kProject.at("a.trig")}}));
  EXPECT_EQ(call("POST", "/v1/deploy", planned(3), "token-of-ana-0123").status, 200);
  running = files();
  EXPECT_EQ(running.at("number"), 2);
  EXPECT_THAT(std::string(running.at("files").at("a.trig").as_string()), HasSubstr("3 hours"));
}

TEST_F(ApiTest, GivesStoredEventsPageByPage) {
  start();
  Commit commit;
  engine::EventRow row;
  row.envelope.user_id = "u";
  row.envelope.event = "Arrived";
  row.envelope.payload = "{\"name\":\"" + std::string(30'000, 'x') + "\"}";
  row.person = PersonId{4};
  const std::size_t count = kMaxEventPageBytes / 30'000 + 10;
  for (std::size_t i = 0; i < count; ++i) {
    row.envelope.received_at = row.envelope.occurred_at = Instant{} + std::chrono::seconds(i);
    ByteWriter bytes;
    encode(row, bytes);
    commit.put(Space::kEvents, engine::event_key(Sequence{i + 1}), bytes.bytes());
  }
  ASSERT_TRUE(store_->commit(commit));
  auto page = [&](const std::string& query) {
    return call("GET", "/v1/events?" + query, "", "token-of-ana-0123");
  };
  const net::HttpResponse first = page("from=1970-01-01T00:00:00Z");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.headers.get("content-type"), "application/x-ndjson");
  EXPECT_TRUE(first.body.starts_with(R"({"person":4,"userId":"u","type":"track",)"));
  const std::string next(first.headers.get(kNextEventHeader));
  ASSERT_NE(next, "");
  const net::HttpResponse last = page("begin=" + next);
  EXPECT_FALSE(last.headers.has(kNextEventHeader));
  const auto lines = [](const std::string& body) {
    return static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n'));
  };
  EXPECT_EQ(lines(first.body) + lines(last.body), count);
  EXPECT_EQ(lines(page("from=1970-01-01T00:00:05Z&to=1970-01-01T00:00:07Z").body), 2u);
  for (const char* bad : {"from=yesterday", "to=1", "begin=x", "begin=1x", "begin=-1"})
    EXPECT_EQ(page(bad).status, 400) << bad;
  EXPECT_EQ(call("GET", "/v1/events", "", "token-of-eve-0123").status, 401);
  EXPECT_EQ(call("POST", "/v1/events", "", "token-of-ana-0123").status, 404);
}

TEST_F(ApiTest, StoppingRefusesWhatWaits) {
  start();
  const std::string request = changed_to(3);
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] {
      const int status = call("POST", "/v1/plan", request, "token-of-ana-0123").status;
      EXPECT_TRUE(status == 200 || status == 503 || status == 0) << status;
      ++answered;
    });
  api_->stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 6);
}

}  // namespace
}  // namespace trig::admin
