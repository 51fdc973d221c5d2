// HTTP messages as the rest of trig sees them: plain values, shared by HttpServer and HttpClient.
//
//   if (request.headers.get("content-encoding") == "gzip") …
//   respond({.status = 200, .headers = {{"content-type", "text/plain"}}, .body = "hello"});
//
// Source: RFC 9110 (semantics), RFC 9112 (HTTP/1.1).
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace trig::net {

struct HttpHeader {
  std::string name;
  std::string value;
};

// Header fields in the order received; names compare without case.
class HttpHeaders {
 public:
  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<HttpHeader> fields) : fields_(fields) {}

  // The first field of that name; empty if there is none.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  void add(std::string name, std::string value);

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<HttpHeader> fields_;
};

// What a server was asked.
struct HttpRequest {
  std::string method;  // "POST"
  std::string path;    // as sent, still percent-encoded, without the query
  std::string query;   // what follows the first '?', without it
  HttpHeaders headers;
  std::string body;            // transfer coding removed, content coding not
  std::string remote_address;  // "127.0.0.1"
};

// What a server answers, or a client got back. Content-Length and Connection are the library's.
struct HttpResponse {
  int status = 200;
  HttpHeaders headers = {};
  std::string body = {};
};

// Answers one request: called exactly once, from any thread, now or later. If every copy goes away
// without a call, the server answers 500.
using HttpResponder = std::function<void(HttpResponse)>;
using HttpHandler = std::function<void(HttpRequest, HttpResponder)>;

// {"success":false,"error":"<message>"} as application/json.
HttpResponse error_response(int status, std::string_view message);

// `text` as a JSON string, quotes included.
std::string json_quoted(std::string_view text);

// "Not Found" for 404; empty for a status nobody named.
std::string_view reason_phrase(int status);

bool equal_ignoring_case(std::string_view a, std::string_view b);

// False if a name or value holds a line break or NUL, which would let whoever supplied it write
// header fields, or a whole message, of their own.
bool well_formed(const HttpHeaders& headers);

// The bytes of a response, whose headers are well formed. `keep_alive` false adds "Connection:
// close"; `head` leaves the body out but keeps its length (RFC 9110 §9.3.2).
std::string serialize(const HttpResponse& response, bool keep_alive, bool head);

// The bytes of a request to `host` ("example.org:8080"); Content-Length is always given.
std::string serialize(std::string_view method, std::string_view target, std::string_view host,
                      const HttpHeaders& headers, std::string_view body);

}  // namespace trig::net
