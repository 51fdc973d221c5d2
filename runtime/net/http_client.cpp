#include "runtime/net/http_client.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "runtime/net/http_link.h"

namespace trig::net {

namespace {

// The connections of one origin and the calls that wait for one.
struct Target {
  HttpOrigin origin;
  std::string host_header;
  std::string path_and_query;
};

Result<Target> parse_target(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return fail("not a URL: {}", url);
  const bool tls = parsed->scheme_id() == boost::urls::scheme::https;
  if (!tls && parsed->scheme_id() != boost::urls::scheme::http)
    return fail("not an http or https URL: {}", url);
  if (parsed->encoded_host().empty() || parsed->has_userinfo())
    return fail("a URL needs a host and no user name: {}", url);
  Target target;
  target.origin.tls = tls;
  target.origin.host = std::string(parsed->host_address());
  target.origin.port = parsed->has_port() ? std::string(parsed->port()) : tls ? "443" : "80";
  target.host_header = std::string(parsed->encoded_host());
  if (parsed->has_port()) target.host_header += ":" + target.origin.port;
  target.path_and_query = std::string(parsed->encoded_target());
  if (!target.path_and_query.starts_with('/')) target.path_and_query.insert(0, "/");
  return target;
}

bool is_token(std::string_view method) {
  return !method.empty() &&
         std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

struct HttpClientCore : std::enable_shared_from_this<HttpClientCore> {
  HttpClientCore(EventLoop& loop, HttpClientOptions options)
      : loop(loop), options(std::move(options)), tls(boost::asio::ssl::context::tls_client) {}

  Status load_authorities();
  void load_system_authorities();
  void start(const HttpOrigin& origin, std::shared_ptr<HttpCall> call);
  void open_link(const HttpOrigin& origin, std::shared_ptr<HttpCall> call);
  void on_free(std::shared_ptr<HttpLink> link, bool reusable);
  void on_deadline(const HttpOrigin& origin, const std::shared_ptr<HttpCall>& call);

  struct Pool {
    std::set<std::shared_ptr<HttpLink>> busy;
    std::vector<std::shared_ptr<HttpLink>> idle;  // the one used last is used first
    std::deque<std::shared_ptr<HttpCall>> waiting;

    bool empty() const { return busy.empty() && idle.empty() && waiting.empty(); }
  };

  EventLoop& loop;
  const HttpClientOptions options;
  boost::asio::ssl::context tls;
  bool has_system_authorities = false;
  std::map<HttpOrigin, Pool> pools;
};

Status HttpClientCore::load_authorities() {
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  if (options.ca_file.empty()) return {};
  boost::system::error_code error;
  tls.load_verify_file(options.ca_file, error);
  if (error)
    return fail("cannot use certificate authorities {}: {}", options.ca_file, error.message());
  return {};
}

// Reading the system's takes longer than all else of a start, and most clients call nobody by TLS.
// Where there are none, no peer is trusted.
void HttpClientCore::load_system_authorities() {
  if (!options.ca_file.empty() || std::exchange(has_system_authorities, true)) return;
  boost::system::error_code no_peer_is_trusted;
  tls.set_default_verify_paths(no_peer_is_trusted);
}

void HttpClientCore::start(const HttpOrigin& origin, std::shared_ptr<HttpCall> call) {
  Pool& pool = pools[origin];
  while (!pool.idle.empty()) {
    auto link = std::move(pool.idle.back());
    pool.idle.pop_back();
    if (!link->still_open()) {
      link->close();
      continue;
    }
    pool.busy.insert(link);
    return link->carry(std::move(call));
  }
  if (pool.busy.size() < options.max_connections_per_host)
    return open_link(origin, std::move(call));
  if (pool.waiting.size() < options.max_waiting_calls) {
    pool.waiting.push_back(std::move(call));
    return;
  }
  call->deadline.cancel();
  call->done({.error = origin.host + ": too many calls are waiting for a connection"});
}

void HttpClientCore::open_link(const HttpOrigin& origin, std::shared_ptr<HttpCall> call) {
  if (origin.tls) load_system_authorities();
  auto link = std::make_shared<HttpLink>(
      loop, tls, origin, options,
      [weak = weak_from_this()](std::shared_ptr<HttpLink> freed, bool reusable) {
        if (auto core = weak.lock()) core->on_free(std::move(freed), reusable);
      });
  pools[origin].busy.insert(link);
  link->connect(std::move(call));
}

void HttpClientCore::on_free(std::shared_ptr<HttpLink> link, bool reusable) {
  const HttpOrigin origin = link->origin();
  Pool& pool = pools[origin];
  pool.busy.erase(link);
  if (reusable) {
    link->idle_timer = loop.after(options.keep_idle, [weak = weak_from_this(), link, origin] {
      auto core = weak.lock();
      if (!core) return;
      std::erase(core->pools[origin].idle, link);
      if (core->pools[origin].empty()) core->pools.erase(origin);
      link->close();
    });
    pool.idle.push_back(std::move(link));
  }
  if (!pool.waiting.empty()) {
    auto next = std::move(pool.waiting.front());
    pool.waiting.pop_front();
    return start(origin, std::move(next));
  }
  if (pool.empty()) pools.erase(origin);
}

void HttpClientCore::on_deadline(const HttpOrigin& origin, const std::shared_ptr<HttpCall>& call) {
  const auto found = pools.find(origin);
  if (found == pools.end()) return;
  Pool& pool = found->second;
  const auto carrier = std::find_if(pool.busy.begin(), pool.busy.end(),
                                    [&](const auto& link) { return link->carries(*call); });
  if (carrier != pool.busy.end()) return std::shared_ptr(*carrier)->time_out();
  if (std::erase(pool.waiting, call) > 0)
    call->done({.error = origin.host + ": no connection became free in time"});
}

Result<std::unique_ptr<HttpClient>> HttpClient::create(EventLoop& loop, HttpClientOptions options) {
  auto core = std::make_shared<HttpClientCore>(loop, std::move(options));
  if (auto loaded = core->load_authorities(); !loaded)
    return tl::unexpected<Failure>(std::move(loaded.error()));
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(core)));
}

HttpClient::~HttpClient() {
  for (auto& [origin, pool] : core_->pools) {
    for (const auto& link : pool.busy) link->close();
    for (const auto& link : pool.idle) link->close();
  }
  core_->pools.clear();
}

void HttpClient::request(HttpRequestOut request, std::function<void(HttpResult)> done) {
  auto refuse = [&](std::string why) {
    core_->loop.post([done = std::move(done), why = std::move(why)] { done({.error = why}); });
  };
  auto target = parse_target(request.url);
  if (!target) return refuse(target.error().message);
  if (!is_token(request.method)) return refuse("not an HTTP method: " + request.method);
  if (!well_formed(request.headers)) return refuse("a request header is malformed");
  if (!request.headers.has("user-agent")) request.headers.add("User-Agent", "trig");

  auto call = std::make_shared<HttpCall>();
  call->head = request.method == "HEAD";
  call->done = std::move(done);
  call->bytes = serialize(request.method, target->path_and_query, target->host_header,
                          request.headers, request.body);
  call->deadline = core_->loop.after(
      core_->options.call_timeout,
      [weak = std::weak_ptr(core_), origin = target->origin, weak_call = std::weak_ptr(call)] {
        auto core = weak.lock();
        auto late = weak_call.lock();
        if (core && late) core->on_deadline(origin, late);
      });
  core_->loop.post([weak = std::weak_ptr(core_), origin = target->origin, call]() mutable {
    if (auto core = weak.lock()) core->start(origin, std::move(call));
  });
}

}  // namespace trig::net
