// SegmentApi: Segment's HTTP tracking API, so that the SDKs of Segment and RudderStack work with
// trig unchanged. One call is one Inbox::submit; 200 {"success":true} is answered only once the
// Inbox says that every event of it is durable.
//
//   POST /v1/{batch,b,import} · /v1/{track,t,identify,i,page,p,screen,s,group,g,alias,a}
//   POST /v1/m                       the SDKs' own metrics: answered and ignored
//   GET  /v1/projects/KEY/settings   what the browser SDK asks before it starts
//   OPTIONS on any of them           CORS preflight
//
// Bodies are JSON whatever the Content-Type says, plain or compressed by gzip or deflate. The write
// key comes as Basic user name or as `writeKey` in the body. Other answers, each with a JSON body
// {"success":false,"error":"…"}: 400 no JSON, 401 unknown key, 404, 405, 413 too large or too many
// events, 415 another content coding, 429 + Retry-After (Inbox overloaded), 503 (its store failed).
//
//   SegmentApi api({.write_keys = {{"shop", "wk_…"}}}, inbox, clock);
//   auto server = net::HttpServer::listen(loop, {…, .refusal_headers = SegmentApi::cors_headers()},
//       [&](auto request, auto respond) { api.handle(std::move(request), std::move(respond)); });
//
// Source: segment.com/docs/connections/sources/catalog/libraries/server/http-api; Fetch §3.2
// (CORS).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ingest/envelope_parser.h"
#include "runtime/net/http_message.h"
#include "runtime/ports/clock.h"
#include "runtime/ports/inbox.h"

namespace trig::ingest {

struct WriteKey {
  std::string name;  // becomes Envelope::source
  std::string key;
};

struct SegmentApiOptions {
  std::vector<WriteKey> write_keys;
  std::string public_host = {};  // "events.example.org": told to browsers; empty: they keep theirs
};

// Used on one thread, the HTTP loop's. The Inbox may answer on any.
class SegmentApi {
 public:
  SegmentApi(SegmentApiOptions options, Inbox& inbox, const Clock& clock);

  void handle(net::HttpRequest request, net::HttpResponder respond);

  // For refusals made before a request reaches `handle`: without them a browser cannot read those.
  static net::HttpHeaders cors_headers();

 private:
  using Digest = std::array<unsigned char, 32>;
  struct KnownKey {
    Digest digest;
    WriteKey key;
  };

  const WriteKey* find_key(std::string_view presented) const;
  void ingest(SegmentCall call, net::HttpRequest request, net::HttpResponder respond);
  net::HttpResponse settings(std::string_view key) const;

  std::vector<KnownKey> keys_;
  std::string public_host_;
  Inbox& inbox_;
  const Clock& clock_;
  EnvelopeParser parser_;
};

}  // namespace trig::ingest
