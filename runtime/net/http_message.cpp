#include "runtime/net/http_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "compiler/base/check.h"

namespace trig::net {

namespace {

constexpr std::string_view kLineBreaks("\r\n\0", 3);

bool well_formed(std::string_view name, std::string_view value) {
  return !name.empty() && name.find_first_of(kLineBreaks) == std::string_view::npos &&
         value.find_first_of(kLineBreaks) == std::string_view::npos;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  TRIG_CHECK(well_formed(name, value), "line break in a header");
  out.append(name).append(": ").append(value).append("\r\n");
}

// Responses that have no body by definition (RFC 9110 §6.4.1) must not announce a length either.
bool bodiless(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string_view HttpHeaders::get(std::string_view name) const {
  for (const HttpHeader& field : fields_)
    if (equal_ignoring_case(field.name, name)) return field.value;
  return {};
}

bool HttpHeaders::has(std::string_view name) const {
  return std::any_of(fields_.begin(), fields_.end(), [&](const HttpHeader& field) {
    return equal_ignoring_case(field.name, name);
  });
}

void HttpHeaders::add(std::string name, std::string value) {
  fields_.push_back({std::move(name), std::move(value)});
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (static_cast<unsigned char>(c) < 0x20)
      out.append(fmt::format("\\u{:04x}", static_cast<unsigned>(c)));
    else
      out.push_back(c);
  }
  out.push_back('"');
  return out;
}

HttpResponse error_response(int status, std::string_view message) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = fmt::format(R"({{"success":false,"error":{}}})", json_quoted(message))};
}

bool well_formed(const HttpHeaders& headers) {
  return std::all_of(headers.begin(), headers.end(),
                     [](const HttpHeader& field) { return well_formed(field.name, field.value); });
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return {};
  }
}

std::string serialize(const HttpResponse& response, bool keep_alive, bool head) {
  TRIG_CHECK(response.status >= 100 && response.status <= 999, "not an HTTP status");
  std::string out;
  out.reserve(256 + response.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_phrase(response.status)).append("\r\n");
  for (const HttpHeader& field : response.headers) append_field(out, field.name, field.value);
  const bool has_body = !bodiless(response.status);
  if (has_body) append_field(out, "Content-Length", std::to_string(response.body.size()));
  if (!keep_alive) append_field(out, "Connection", "close");
  out.append("\r\n");
  if (has_body && !head) out.append(response.body);
  return out;
}

std::string serialize(std::string_view method, std::string_view target, std::string_view host,
                      const HttpHeaders& headers, std::string_view body) {
  constexpr std::string_view kSeparators(" \t\r\n\0", 5);
  TRIG_CHECK(method.find_first_of(kSeparators) == std::string_view::npos, "space in a method");
  TRIG_CHECK(target.find_first_of(kSeparators) == std::string_view::npos, "space in a target");
  std::string out;
  out.reserve(256 + body.size());
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  append_field(out, "Host", host);
  for (const HttpHeader& field : headers) append_field(out, field.name, field.value);
  append_field(out, "Content-Length", std::to_string(body.size()));
  out.append("\r\n").append(body);
  return out;
}

}  // namespace trig::net
