#include "runtime/ingest/segment_api.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>

#include "compiler/base/hash.h"
#include "runtime/ingest/gzip.h"
#include "runtime/ports/limits.h"

namespace trig::ingest {

using net::HttpHeaders;
using net::HttpRequest;
using net::HttpResponder;
using net::HttpResponse;

namespace {

struct Call {
  std::string_view name;
  SegmentCall call;
};
constexpr Call kCalls[] = {
    {"batch", SegmentCall::kBatch},  {"b", SegmentCall::kBatch},
    {"import", SegmentCall::kBatch}, {"track", SegmentCall::kTrack},
    {"t", SegmentCall::kTrack},      {"identify", SegmentCall::kIdentify},
    {"i", SegmentCall::kIdentify},   {"page", SegmentCall::kPage},
    {"p", SegmentCall::kPage},       {"screen", SegmentCall::kScreen},
    {"s", SegmentCall::kScreen},     {"group", SegmentCall::kGroup},
    {"g", SegmentCall::kGroup},      {"alias", SegmentCall::kAlias},
    {"a", SegmentCall::kAlias},
};

// What a path asks for; nothing set: no such path.
struct Route {
  std::optional<SegmentCall> call;
  bool metrics = false;
  std::string_view settings_key;
};

Route route_of(std::string_view path) {
  constexpr std::string_view kRoot = "/v1/";
  constexpr std::string_view kProjects = "projects/";
  constexpr std::string_view kSettings = "/settings";
  Route route;
  if (path.ends_with('/')) path.remove_suffix(1);
  if (!path.starts_with(kRoot)) return route;
  path.remove_prefix(kRoot.size());
  if (path == "m") route.metrics = true;
  if (path.starts_with(kProjects) && path.ends_with(kSettings) &&
      path.size() > kProjects.size() + kSettings.size())
    route.settings_key =
        path.substr(kProjects.size(), path.size() - kProjects.size() - kSettings.size());
  for (const Call& call : kCalls)
    if (path == call.name) route.call = call.call;
  return route;
}

HttpResponse with_cors(HttpResponse response) {
  for (const net::HttpHeader& field : SegmentApi::cors_headers())
    response.headers.add(field.name, field.value);
  return response;
}

HttpResponse refusal(int status, std::string_view why) {
  return with_cors(net::error_response(status, why));
}

HttpResponse success() {
  return with_cors(
      {.headers = {{"Content-Type", "application/json"}}, .body = R"({"success":true})"});
}

HttpResponse wrong_method(std::string_view allowed) {
  HttpResponse response = refusal(405, fmt::format("only {} is allowed here", allowed));
  response.headers.add("Allow", fmt::format("{}, OPTIONS", allowed));
  return response;
}

HttpResponse preflight() {
  HttpResponse response = with_cors({.status = 204});
  response.headers.add("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  response.headers.add("Access-Control-Allow-Headers",
                       "authorization, content-type, content-encoding, x-retry-count, anonymousid");
  response.headers.add("Access-Control-Max-Age", "86400");
  return response;
}

HttpResponse answer_for(const Receipt& receipt) {
  // SDKs stop their queue for as long as they are told, so the time is kept within reason.
  const auto pause =
      std::clamp(receipt.retry_after, std::chrono::seconds(1), std::chrono::seconds(30));
  switch (receipt.kind) {
    case ReceiptKind::kDurable: return success();
    case ReceiptKind::kOverloaded: {
      HttpResponse response = refusal(429, "overloaded, nothing of this call was taken");
      response.headers.add("Retry-After", std::to_string(pause.count()));
      return response;
    }
    case ReceiptKind::kFailed: break;
  }
  return refusal(503, "the store failed, nothing of this call was taken");
}

// The user name of Basic authorization (RFC 7617); nullopt if the request has no such header.
std::optional<std::string> basic_user(const HttpHeaders& headers) {
  constexpr std::string_view kScheme = "basic ";
  const std::string_view value = headers.get("authorization");
  if (value.size() < kScheme.size() ||
      !net::equal_ignoring_case(value.substr(0, kScheme.size()), kScheme))
    return std::nullopt;
  std::string credentials;
  if (!base64_decode(value.substr(kScheme.size()), credentials)) return "";
  return credentials.substr(0, credentials.find(':'));
}

// Takes the content coding off in place; a refusal if that cannot be done. The bytes themselves say
// gzip more reliably than the header: RudderStack's SDK sends it as a form.
std::optional<HttpResponse> decode_body(HttpRequest& request) {
  const std::string_view coding = request.headers.get("content-encoding");
  const bool deflated = net::equal_ignoring_case(coding, "deflate");
  const bool known = coding.empty() || deflated || net::equal_ignoring_case(coding, "gzip") ||
                     net::equal_ignoring_case(coding, "x-gzip") ||
                     net::equal_ignoring_case(coding, "identity");
  if (!known) return refusal(415, "the content coding must be gzip, deflate or none");
  const std::string too_large = fmt::format("the body is larger than {} bytes", kMaxBatchBytes);
  if (is_gzip(request.body) || deflated) {
    auto text = decompress(request.body, kMaxBatchBytes);
    if (!text && text.error() == DecompressError::kTooLarge) return refusal(413, too_large);
    if (!text) return refusal(400, "the compressed body is corrupt");
    request.body = std::move(*text);
  }
  if (request.body.size() > kMaxBatchBytes) return refusal(413, too_large);
  return std::nullopt;
}

constexpr std::string_view kUnknownKey = "unknown write key";

}  // namespace

SegmentApi::SegmentApi(SegmentApiOptions options, Inbox& inbox, const Clock& clock)
    : public_host_(std::move(options.public_host)), inbox_(inbox), clock_(clock) {
  for (WriteKey& key : options.write_keys)
    keys_.push_back({hmac_sha256("trig write key", key.key), std::move(key)});
}

HttpHeaders SegmentApi::cors_headers() {
  return {{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Expose-Headers", "Retry-After"}};
}

// Compares digests of one length, in constant time, all of them: how long it takes tells nothing
// about any key.
const WriteKey* SegmentApi::find_key(std::string_view presented) const {
  const Digest digest = hmac_sha256("trig write key", presented);
  const WriteKey* found = nullptr;
  for (const KnownKey& known : keys_)
    if (CRYPTO_memcmp(known.digest.data(), digest.data(), digest.size()) == 0) found = &known.key;
  return presented.empty() ? nullptr : found;
}

void SegmentApi::handle(HttpRequest request, HttpResponder respond) {
  const Route route = route_of(request.path);
  if (!route.call && !route.metrics && route.settings_key.empty())
    return respond(refusal(404, "no such path"));
  if (request.method == "OPTIONS") return respond(preflight());
  if (!route.settings_key.empty()) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    return respond(reads ? settings(route.settings_key) : wrong_method("GET"));
  }
  if (request.method != "POST") return respond(wrong_method("POST"));
  if (route.metrics) return respond(success());
  ingest(*route.call, std::move(request), std::move(respond));
}

void SegmentApi::ingest(SegmentCall call, HttpRequest request, HttpResponder respond) {
  const WriteKey* key = nullptr;
  const auto user = basic_user(request.headers);
  if (user && !(key = find_key(*user)))  // before any work is done for a stranger
    return respond(refusal(401, kUnknownKey));
  if (auto refused = decode_body(request)) return respond(std::move(*refused));
  auto parsed = parser_.parse(std::move(request.body), call, clock_.now());
  if (!parsed) {
    const bool too_many = parsed.error() == BodyError::kTooManyEvents;
    return respond(too_many ? refusal(413, fmt::format("more than {} events", kMaxEventsPerBatch))
                            : refusal(400, "the body is not JSON"));
  }
  // No WWW-Authenticate with a 401: it would make a browser ask its user for a password.
  if (!key && !(key = find_key(parsed->write_key))) return respond(refusal(401, kUnknownKey));
  if (parsed->envelopes.empty()) return respond(success());
  for (Envelope& envelope : parsed->envelopes) envelope.source = key->name;
  inbox_.submit(std::move(parsed->envelopes),
                [respond = std::move(respond)](Receipt receipt) { respond(answer_for(receipt)); });
}

// The least the browser SDK wants to hear; it sends to `apiHost` from then on.
HttpResponse SegmentApi::settings(std::string_view presented) const {
  const WriteKey* key = find_key(presented);
  if (!key) return refusal(404, kUnknownKey);
  std::string integration = fmt::format(R"("apiKey":{})", net::json_quoted(key->key));
  if (!public_host_.empty())
    integration += fmt::format(R"(,"apiHost":{})", net::json_quoted(public_host_ + "/v1"));
  return with_cors(
      {.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "public, max-age=300"}},
       .body = fmt::format(R"({{"integrations":{{"Segment.io":{{{},"unbundledIntegrations":[],)"
                           R"("addBundledMetadata":true,"versionSettings":{{"version":"4.4.7",)"
                           R"("componentTypes":["browser"]}}}}}},"plan":{{"track":{{"__default":)"
                           R"({{"enabled":true,"integrations":{{}}}}}}}},"edgeFunction":{{}},)"
                           R"("middlewareSettings":{{}},"enabledMiddleware":{{}},)"
                           R"("metrics":{{"sampleRate":0}},"remotePlugins":[]}})",
                           integration)});
}

}  // namespace trig::ingest
