#include "runtime/admin/admin_api.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <charconv>

#include "compiler/base/hash.h"
#include "runtime/admin/bundle.h"
#include "runtime/ports/limits.h"
#include "runtime/report/people.h"
#include "runtime/report/why.h"

namespace trig::admin {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kStopGrace{2};
constexpr std::size_t kMaxActBytes = 100;  // of a path that the log tells

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                        hex_digit(text[i + 2]) >= 0;
    if (escape) {
      out.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const std::size_t equals = std::min(one.find('='), one.size());
    if (decoded(one.substr(0, equals)) == name)
      return decoded(one.substr(std::min(one.size(), equals + 1)));
  }
  return std::nullopt;
}

tl::expected<json::object, Refusal> object_in(const std::string& body) {
  json::error_code error;
  json::value value = json::parse(body, error);
  if (error || !value.is_object())
    return tl::unexpected(refusal(400, "the body is not a JSON object"));
  const json::value* version = value.as_object().if_contains("version");
  if (version == nullptr || *version != json::value(kApiVersion))
    return tl::unexpected(
        refusal(400, fmt::format("`version` should be {}, of this API", kApiVersion)));
  return std::move(value.as_object());
}

std::string outcome_of(const Answer& answer) {
  if (!answer) {
    const json::value* error = answer.error().body.if_contains("error");
    return error == nullptr ? "refused" : std::string(error->as_string());
  }
  const json::value* deployed = answer->if_contains("deployed");
  if (deployed == nullptr) return "answered";
  return fmt::format("version {} after {}", json::serialize(*deployed),
                     json::serialize(answer->at("before")));
}

}  // namespace

AdminApi::AdminApi(AdminOptions options, Deployments& deployments, const Store& store)
    : options_(std::move(options)), deployments_(deployments), store_(store) {
  for (const Token& token : options_.tokens)
    known_.push_back({hmac_sha256("trig admin token", token.secret), token.name});
  options_.tokens.clear();
}

Result<std::unique_ptr<AdminApi>> AdminApi::start(AdminOptions options, Deployments& deployments,
                                                  const Store& store) {
  if (options.tokens.empty()) return fail("the admin API needs a token: `admin.tokens`");
  for (const Token& token : options.tokens)
    if (token.secret.size() < kMinAdminTokenBytes)
      return fail("the token `admin.tokens.{}` is shorter than {} characters", token.name,
                  kMinAdminTokenBytes);
  std::unique_ptr<AdminApi> api(new AdminApi(std::move(options), deployments, store));
  net::HttpServerOptions http;
  http.host = api->options_.host;
  http.port = api->options_.port;
  http.max_body_bytes = kMaxAdminBodyBytes;
  http.max_buffered_bytes = kMaxAdminBodyBytes;
  http.max_connections = kMaxAdminConnections;
  http.read_timeout = kAdminReadTimeout;
  auto server = net::HttpServer::listen(
      api->loop_, http, [own = api.get()](net::HttpRequest request, net::HttpResponder respond) {
        own->handle(std::move(request), std::move(respond));
      });
  if (!server) return tl::unexpected(server.error());
  api->http_ = std::move(*server);
  api->listener_ = std::thread([own = api.get()] { own->loop_.run(); });
  api->worker_ = std::thread([own = api.get()] { own->work(); });
  return api;
}

AdminApi::~AdminApi() { stop(); }

void AdminApi::stop() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) return;
  }
  deployments_.cancel();
  wake_.notify_all();
  if (worker_.joinable()) worker_.join();
  if (!listener_.joinable()) return;
  http_->stop(kStopGrace, [this] { loop_.stop(); });
  listener_.join();
}

// All digests are compared, each in constant time: how long it takes tells nothing about a token.
const std::string* AdminApi::name_of(const net::HttpRequest& request) const {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view value = request.headers.get("authorization");
  if (value.size() <= kScheme.size() ||
      !net::equal_ignoring_case(value.substr(0, kScheme.size()), kScheme))
    return nullptr;
  const Digest digest = hmac_sha256("trig admin token", value.substr(kScheme.size()));
  const std::string* found = nullptr;
  for (const Known& known : known_)
    if (CRYPTO_memcmp(known.digest.data(), digest.data(), digest.size()) == 0) found = &known.name;
  return found;
}

void AdminApi::handle(net::HttpRequest request, net::HttpResponder respond) {
  Job job{{"", request.method + " " + request.path, request.remote_address, 0, ""},
          nullptr,
          std::move(respond)};
  auto refuse = [&](int status, std::string_view error) {
    job.work = [refused = refusal(status, error)]() -> Reply {
      return Answer(tl::unexpected(refused));
    };
    finish(job);
  };
  const std::string* who = name_of(request);
  if (who == nullptr)
    return refuse(401, "a token is needed: `Authorization: Bearer TOKEN`, one of admin.tokens");
  job.act.who = *who;
  auto wanted = work_of(request, *who);
  if (!wanted) return refuse(404, "no such call");
  job.work = std::move(*wanted);
  // These only read a few rows; whatever may take long has its turn on the other thread.
  if (request.path == "/v1/versions" || request.path == "/v1/why") return finish(job);
  bool full = false;
  {
    std::lock_guard lock(mutex_);
    full = stopping_ || jobs_.size() >= kMaxAdminJobs;
    if (!full) jobs_.push_back(std::move(job));
  }
  if (full) return refuse(503, "too much is under way already");
  wake_.notify_all();
}

std::optional<AdminApi::Work> AdminApi::question_of(const net::HttpRequest& request) {
  if (request.path == "/v1/versions")
    return Work([this] { return Answer(deployments_.versions()); });
  if (request.path == "/v1/why") return Work([this, query = request.query] { return why(query); });
  if (request.path == "/v1/journeys")
    return Work([this, campaign = parameter(request.query, "campaign")] {
      return deployments_.journeys(campaign);
    });
  if (request.path == "/v1/files") return Work([this] { return deployments_.files(); });
  if (request.path == "/v1/events")
    return Work([this, query = request.query] { return events(query); });
  return std::nullopt;
}

std::optional<AdminApi::Work> AdminApi::work_of(const net::HttpRequest& request,
                                                const std::string& who) {
  if (request.method == "GET") return question_of(request);
  if (request.method != "POST") return std::nullopt;
  auto posted = [&](auto act) {
    return Work([body = request.body, act]() -> Reply {
      auto object = object_in(body);
      if (!object) return Answer(tl::unexpected(std::move(object.error())));
      return act(*object);
    });
  };
  if (request.path == "/v1/plan")
    return posted([this](const json::object& object) { return deployments_.plan(object); });
  if (request.path == "/v1/deploy")
    return posted(
        [this, who](const json::object& object) { return deployments_.deploy(object, who); });
  if (request.path == "/v1/rollback")
    return posted(
        [this, who](const json::object& object) { return deployments_.rollback(object, who); });
  return std::nullopt;
}

AdminApi::Reply AdminApi::events(const std::string& query) const {
  report::EventPageQuestion question;
  for (const auto& [name, time] :
       {std::pair("from", &question.from), std::pair("to", &question.to)})
    if (const auto text = parameter(query, name)) {
      *time = parse_instant(*text);
      if (!*time)
        return Answer(tl::unexpected(
            refusal(400, fmt::format("`{}` is not a time such as 2026-03-01T12:00:00Z", name))));
    }
  if (const auto text = parameter(query, "begin")) {
    const char* end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, question.begin);
    if (read.ec != std::errc() || read.ptr != end)
      return Answer(tl::unexpected(refusal(400, "`begin` is not a number of an event")));
  }
  auto page = report::event_page(store_, question);
  if (!page) return Answer(tl::unexpected(refusal(503, page.error().message)));
  Reply reply{json::object{}};
  reply.events = std::move(*page);
  return reply;
}

Answer AdminApi::why(const std::string& query) const {
  const auto word = parameter(query, "person");
  if (!word || word->empty()) return tl::unexpected(refusal(400, "`person` is missing"));
  const auto running = deployments_.current();
  const project::Project& project = *running->project;
  auto person = report::find_person(store_, project.program, *word);
  if (!person) return tl::unexpected(refusal(503, person.error().message));
  if (!*person) return tl::unexpected(refusal(404, fmt::format("nobody is known as {}", *word)));
  auto campaign = parameter(query, "campaign");
  if (campaign && campaign->empty()) campaign.reset();
  auto decisions = report::why(store_, {**person, campaign});
  if (!decisions) return tl::unexpected(refusal(503, decisions.error().message));
  if (campaign)
    if (Status known = report::check_campaign(*campaign, project.program, *decisions); !known)
      return tl::unexpected(refusal(404, known.error().message));
  std::vector<std::string> now;
  if (campaign) {
    auto lines = report::standing(
        store_, {**person, *campaign, &project.program, project.config.zone, deployments_.now()},
        *decisions);
    if (!lines) return tl::unexpected(refusal(503, lines.error().message));
    now = std::move(*lines);
  }
  json::object answer = json::parse(report::why_json(*decisions, now)).as_object();
  answer["person"] = fmt::format("#{}", raw(**person));
  answer["text"] = report::why_text(*decisions, project.config.zone) + report::standing_text(now);
  return answer;
}

void AdminApi::finish(Job& job) const {
  Reply reply{json::object{}};
  try {
    reply = job.work();
  } catch (const std::exception& error) {  // of JSON that has another shape than it should
    reply = Answer(tl::unexpected(refusal(400, error.what())));
  }
  const Answer& answer = reply.answer;
  job.act.status = answer ? 200 : answer.error().status;
  job.act.outcome = outcome_of(answer);
  if (options_.audit) options_.audit(job.act);
  net::HttpResponse response;
  response.status = job.act.status;
  response.headers.add("Content-Type", reply.events ? "application/x-ndjson" : "application/json");
  response.headers.add("Cache-Control", "no-store");
  if (response.status == 401) response.headers.add("WWW-Authenticate", "Bearer");
  if (reply.events && reply.events->next)
    response.headers.add(std::string(kNextEventHeader), std::to_string(*reply.events->next));
  response.body = reply.events ? std::move(reply.events->lines)
                               : json::serialize(answer ? *answer : answer.error().body);
  job.respond(std::move(response));
}

void AdminApi::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    if (stopping_)
      job.work = []() -> Reply {
        return Answer(tl::unexpected(refusal(503, "the server is stopping")));
      };
    lock.unlock();
    finish(job);
    lock.lock();
  }
}

}  // namespace trig::admin
