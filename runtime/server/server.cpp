#include "runtime/server/server.h"

#include <openssl/rand.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <future>
#include <map>

#include "compiler/base/check.h"
#include "runtime/admin/admin_api.h"
#include "runtime/ingest/segment_api.h"
#include "runtime/ingest/unsubscribe_api.h"
#include "runtime/links/unsubscribe.h"
#include "runtime/server/postman.h"
#include "runtime/server/real_clock.h"
#include "runtime/server/transports.h"
#include "runtime/store/rocksdb_store.h"

namespace trig::server {
namespace {

constexpr std::chrono::seconds kStopGrace{10};
constexpr int kStoreFailed = 3;

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  int done = RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count));
  TRIG_CHECK(done == 1, "no random bytes to be had");
  return bytes;
}

struct Listen {
  std::string host;
  std::uint16_t port = 0;
};

Result<Listen> parse_listen(const std::string& text) {
  std::size_t colon = text.rfind(':');
  auto port = colon == std::string::npos ? std::nullopt
                                         : Decimal::parse(std::string_view(text).substr(colon + 1));
  if (!port || !port->is_whole() || port->millionths() < 0 ||
      port->millionths() / Decimal::kScale > 65535)
    return fail("`listen` should be HOST:PORT, got \"{}\"", text);
  return Listen{text.substr(0, colon),
                static_cast<std::uint16_t>(port->millionths() / Decimal::kScale)};
}

Result<links::LinkKeys> link_keys(const project::Project& project, const std::string& workspace) {
  std::vector<links::LinkKey> keys;
  for (const auto& [id, secret] : project.config.link_keys) {
    auto resolved = project::resolve_secret(secret, project.root);
    if (!resolved) return tl::unexpected(resolved.error());
    keys.push_back({id, *resolved});
  }
  // Without keys of its own a project signs with one that belongs to its data directory.
  if (keys.empty()) {
    auto derived = hmac_sha256(workspace, "links");
    keys.push_back({0, std::string(derived.begin(), derived.end())});
  }
  return links::LinkKeys::create(keys);
}

// An attempt that has begun is in doubt after a crash. So no more begin than keep every connection
// busy while the replies before them are committed.
std::size_t handovers_in_flight(const project::Config& config) {
  if (config.delivery != "smtp") return kMaxHandoversInFlight;
  return std::min(kMaxHandoversInFlight, kHandoversPerConnection * config.smtp.connections);
}

class Server {
 public:
  Server(std::shared_ptr<const engine::Deployed> deployed, const ServeOptions& options, Log& log)
      : deployed_(std::move(deployed)),
        project_(*deployed_->project),
        options_(options),
        log_(log),
        clock_(options.speed) {}

  Status start(engine::CompileFiles compile) {
    Status opened = open_engine(std::move(compile));
    if (!opened) return opened;
    Status listening = listen();
    if (!listening) return listening;
    Status known = open_deployments();
    if (!known) return known;
    engine_->start();
    return open_admin();
  }

  int run() {
    loop_.run();
    log_.info("stopped");
    return failed_ ? kStoreFailed : 0;
  }

  // Graceful: no new connections, requests in flight answered, mails out awaited, all committed.
  void stop() {
    loop_.post([this] {
      if (std::exchange(stopping_, true)) return;
      log_.info("stopping");
      if (admin_ != nullptr) admin_->stop();
      http_->stop(kStopGrace, [this] {
        postman_->drain(std::chrono::duration_cast<std::chrono::milliseconds>(kStopGrace));
        engine_->stop();
        postman_->stop();
        loop_.stop();
      });
    });
  }

  // Reads the project's folder again. The program at hand goes on where the new one cannot run; a
  // deploy that has begun is awaited.
  void reload() {
    if (!options_.make_ready) return;
    const admin::Reloaded reloaded = deployments_->reload();
    for (const std::string& problem : reloaded.problems)
      log_.warning("in the project", {{"what", problem}});
    if (!reloaded.refusal.empty()) log_.error("not deployed: " + reloaded.refusal);
  }

  const std::string& url() const { return url_; }

 private:
  Status open_deployments() {
    admin::DeployPorts ports;
    ports.store = store_.get();
    ports.make_ready = options_.make_ready;
    ports.now = [] { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); };
    ports.deploy = [this](std::shared_ptr<const engine::Deployed> next) {
      std::promise<Status> done;
      engine_->deploy(std::move(next), [&](Status status) { done.set_value(std::move(status)); });
      return done.get_future().get();
    };
    ports.told = [this](const ir::Program& was, const ir::Program& now,
                        std::chrono::milliseconds took) {
      say_what_changed(was, now, took);
      loop_.post([this, topics = titles_of(now)] { unsubscribe_->know(topics); });
    };
    std::optional<admin::Versions> versions;
    if (options_.files != nullptr) {
      auto opened = admin::Versions::open(data_directory(project_.root, project_.config, options_));
      if (!opened) return tl::unexpected(opened.error());
      versions = std::move(*opened);
    }
    deployments_ =
        std::make_unique<admin::Deployments>(deployed_, std::move(versions), std::move(ports));
    return options_.files == nullptr ? Status{} : deployments_->begin_with(*options_.files);
  }

  Status open_admin() {
    if (!project_.config.admin || !options_.make_ready) return {};
    auto where = parse_listen(project_.config.admin->listen);
    if (!where) return tl::unexpected(where.error());
    admin::AdminOptions admin;
    admin.host = where->host;
    admin.port = where->port;
    for (const project::AdminToken& token : project_.config.admin->tokens) {
      auto secret = project::resolve_secret(token.secret, project_.root);
      if (!secret) return tl::unexpected(secret.error());
      admin.tokens.push_back({token.name, std::move(*secret)});
    }
    admin.audit = [this](const admin::Act& act) {
      log_.info("admin", {{"who", act.who.empty() ? "nobody" : act.who},
                          {"act", act.what},
                          {"remote", act.remote},
                          {"status", std::to_string(act.status)},
                          {"outcome", act.outcome}});
    };
    auto api = admin::AdminApi::start(std::move(admin), *deployments_, *store_);
    if (!api) return tl::unexpected(api.error());
    admin_ = std::move(*api);
    log_.info("admin listening",
              {{"url", fmt::format("http://{}:{}", where->host, admin_->port())}});
    return {};
  }

  static std::map<std::string, std::string> titles_of(const ir::Program& program) {
    std::map<std::string, std::string> titles;
    for (const ir::Topic& topic : program.topics) titles[topic.name] = topic.title;
    return titles;
  }

  void say_what_changed(const ir::Program& was, const ir::Program& now,
                        std::chrono::milliseconds took) {
    std::map<std::string_view, Hash128> versions;
    for (const ir::Campaign& campaign : was.campaigns) versions[campaign.name] = campaign.version;
    std::size_t added = 0;
    std::size_t changed = 0;
    for (const ir::Campaign& campaign : now.campaigns) {
      auto before = versions.find(campaign.name);
      if (before == versions.end()) {
        ++added;
        continue;
      }
      if (before->second != campaign.version) ++changed;
      versions.erase(before);
    }
    log_.info("deployed", {{"campaigns_added", std::to_string(added)},
                           {"campaigns_changed", std::to_string(changed)},
                           {"campaigns_removed", std::to_string(versions.size())},
                           {"took_ms", std::to_string(took.count())}});
  }

  Status open_engine(engine::CompileFiles compile) {
    const project::Config& config = project_.config;
    auto store = options_.ports.open_store(data_directory(project_.root, config, options_));
    if (!store) return tl::unexpected(store.error());
    store_ = std::move(*store);
    engine::EngineSettings settings;
    settings.settling = config.settling;
    settings.max_event_age = config.max_event_age;
    // An outage is one of this machine; a clock that runs faster passes more of its time meanwhile.
    settings.outage = Duration(
        static_cast<std::int64_t>(static_cast<double>(settings.outage.count()) * options_.speed));
    settings.at_most_once = config.in_doubt == "at most once";
    settings.workspace_secret = random_bytes(16);
    for (const auto& [pool, secret] : config.coupon_keys) {
      auto key = project::resolve_secret(secret, project_.root);
      if (!key) return tl::unexpected(key.error());
      settings.coupon_keys[name_hash(pool)] = *key;
    }
    settings.max_in_flight = handovers_in_flight(config);
    auto engine =
        engine::Engine::open(*store_, deployed_, std::move(compile), settings, clock_.now());
    if (!engine) return tl::unexpected(engine.error());
    clock_.begin_at((*engine)->clock());
    say_what_is_incomplete(**engine);
    std::string workspace = (*engine)->workspace_secret();
    auto keys = link_keys(project_, workspace);
    if (!keys) return tl::unexpected(keys.error());
    links_ = std::make_unique<links::LinkKeys>(std::move(*keys));
    postman_ =
        std::make_unique<Postman>(Composer(config, *links_, workspace), clock_, log_, metrics_,
                                  [this](Answer answer) { engine_->answer(std::move(answer)); });
    engine_ = std::make_unique<EngineThread>(
        std::move(*engine), clock_,
        [this](std::vector<engine::Handover> attempts) {
          postman_->hand_over(std::move(attempts));
        },
        [this](const std::string& why) {
          log_.error("the store failed", {{"why", why}});
          failed_ = true;
          stop();
        });
    PostSettings posts;
    posts.allow_private = config.post_allow_private;
    posts.ca_file = config.post_ca_file;
    return postman_->start(
        [this](net::EventLoop& loop) { return options_.ports.make_transport(project_, loop); },
        [&](net::EventLoop& loop) { return Poster::create(loop, posts, workspace); });
  }

  void say_what_is_incomplete(const engine::Engine& engine) {
    for (const engine::Completeness& one : engine.windows())
      if (one.filling || !one.complete_from || *one.complete_from > engine.clock())
        log_.info(engine::to_string(one, project_.program.zone));
  }

  Status listen() {
    auto where = parse_listen(options_.listen.value_or(project_.config.listen));
    if (!where) return tl::unexpected(where.error());
    ingest::SegmentApiOptions api;
    for (const project::WriteKey& key : project_.config.write_keys) {
      auto secret = project::resolve_secret(key.secret, project_.root);
      if (!secret) return tl::unexpected(secret.error());
      api.write_keys.push_back({key.name, *secret});
    }
    segment_ = std::make_unique<ingest::SegmentApi>(api, *engine_, clock_);
    ingest::UnsubscribeApiOptions pages;
    if (!project_.config.senders.empty()) pages.sender = project_.config.senders.front().display;
    pages.topics = titles_of(project_.program);
    unsubscribe_ = std::make_unique<ingest::UnsubscribeApi>(
        pages,
        [this](std::string_view token) { return links::verify_unsubscribe_token(*links_, token); },
        *engine_);
    net::HttpServerOptions http;
    http.host = where->host;
    http.port = where->port;
    http.refusal_headers = ingest::SegmentApi::cors_headers();
    auto server = net::HttpServer::listen(
        loop_, http, [this](net::HttpRequest request, net::HttpResponder respond) {
          handle(std::move(request), std::move(respond));
        });
    if (!server) return tl::unexpected(server.error());
    http_ = std::move(*server);
    url_ = fmt::format("http://{}:{}", where->host, http_->port());
    return {};
  }

  void handle(net::HttpRequest request, net::HttpResponder respond) {
    if (request.path == "/healthz") {
      std::string failure = engine_->status().failure;
      if (failure.empty())
        respond({200, {{"Content-Type", "application/json"}}, "{\"status\":\"ok\"}"});
      else
        respond(net::error_response(503, failure));
    } else if (request.path == "/metrics") {
      respond({200,
               {{"Content-Type", "text/plain; version=0.0.4"}},
               metrics_.scrape(engine_->status(), http_->stats())});
    } else if (ingest::UnsubscribeApi::owns(request.path)) {
      unsubscribe_->handle(std::move(request), std::move(respond));
    } else {
      segment_->handle(std::move(request), std::move(respond));
    }
  }

  std::shared_ptr<const engine::Deployed> deployed_;  // at the start: its trig.toml is in force
  const project::Project& project_;
  const ServeOptions& options_;
  Log& log_;
  RealClock clock_;
  Metrics metrics_;
  net::EventLoop loop_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<links::LinkKeys> links_;
  std::unique_ptr<Postman> postman_;
  std::unique_ptr<EngineThread> engine_;
  std::unique_ptr<ingest::SegmentApi> segment_;
  std::unique_ptr<ingest::UnsubscribeApi> unsubscribe_;
  std::unique_ptr<net::HttpServer> http_;
  std::unique_ptr<admin::Deployments> deployments_;
  std::unique_ptr<admin::AdminApi> admin_;
  std::string url_;
  bool stopping_ = false;  // on the loop's thread
  std::atomic<bool> failed_ = false;
};

}  // namespace

ServePorts real_ports() {
  return {[](const std::string& directory) { return store::open(directory); }, make_transport};
}

std::string data_directory(const std::string& root, const project::Config& config,
                           const ServeOptions& options) {
  if (options.data_dir) return *options.data_dir;
  return (std::filesystem::path(root) / config.data_dir).string();
}

Result<int> serve(std::shared_ptr<const engine::Deployed> deployed, engine::CompileFiles compile,
                  const ServeOptions& options, Log& log) {
  net::raise_fd_limit();
  // Signals come to one thread that waits for them; every thread made from here on blocks them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  Server server(std::move(deployed), options, log);
  Status started = server.start(std::move(compile));
  if (!started) return tl::unexpected(started.error());
  log.info("listening", {{"url", server.url()}});
  if (options.on_ready) options.on_ready(server.url());
  std::thread waiter([&] {
    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) server.reload();
    server.stop();
  });
  int code = server.run();
  pthread_kill(waiter.native_handle(), SIGTERM);  // in case nobody sent one
  waiter.join();
  return code;
}

}  // namespace trig::server
