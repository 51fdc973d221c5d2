#include "runtime/ingest/unsubscribe_api.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/check.h"
#include "runtime/ports/limits.h"

namespace trig::ingest {

using net::HttpRequest;
using net::HttpResponder;
using net::HttpResponse;

namespace {

constexpr std::string_view kPrefix = "/u/";

constexpr std::string_view kStyle = R"(:root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;
--text:#1c2330;--soft:#5b6472;--line:#e1e4e9;--accent:#1f5fd6;--on-accent:#fff}
@media (prefers-color-scheme:dark){:root{--page:#12151b;--card:#1c2129;--text:#e8eaee;
--soft:#a0a8b5;--line:#2d343f;--accent:#7aa7ff;--on-accent:#0d1420}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;
background:var(--page);color:var(--text);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{width:100%;max-width:27rem;padding:2.25rem 2rem;background:var(--card);
border:1px solid var(--line);border-radius:14px;box-shadow:0 8px 28px rgb(0 0 0/.06)}
h1{margin:0 0 .6rem;font-size:1.4rem;line-height:1.3;letter-spacing:-.01em}
p{margin:0;color:var(--soft)}
form{margin:1.6rem 0 0}
button{width:100%;padding:.8rem 1rem;border:0;border-radius:9px;background:var(--accent);
color:var(--on-accent);font:inherit;font-weight:600;cursor:pointer}
button:hover{filter:brightness(1.08)}
button:focus-visible{outline:3px solid var(--accent);outline-offset:3px})";

constexpr std::string_view kButton =
    R"(<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">)"
    R"(<button type="submit">Unsubscribe</button></form>)";

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

// `title` and `text` are plain text, `form` is markup.
HttpResponse page(int status, std::string_view title, std::string_view text,
                  std::string_view form = {}) {
  HttpResponse response{.status = status};
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  // The address of the page is the right to unsubscribe: it must not leak or be kept.
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("Referrer-Policy", "no-referrer");
  response.headers.add("X-Robots-Tag", "noindex");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                       "frame-ancestors 'none'; base-uri 'none'");
  response.body = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>\n{1}\n</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n"
      "<p role=\"status\">{2}</p>\n{3}\n</main>\n</body>\n</html>\n",
      html_escaped(title), kStyle, html_escaped(text), form);
  return response;
}

HttpResponse answer_for(const Receipt& receipt, std::string_view mail) {
  switch (receipt.kind) {
    case ReceiptKind::kDurable:
      return page(200, "You are unsubscribed",
                  fmt::format("You will not receive {} any more. You can close this page.", mail));
    case ReceiptKind::kOverloaded: {
      HttpResponse response =
          page(429, "Please try again", "We could not take this just now. Nothing has changed yet.",
               kButton);
      const auto pause = std::max<std::int64_t>(1, receipt.retry_after.count());
      response.headers.add("Retry-After", std::to_string(pause));
      return response;
    }
    case ReceiptKind::kFailed: break;
  }
  return page(503, "Please try again", "Something went wrong on our side. Nothing has changed yet.",
              kButton);
}

}  // namespace

UnsubscribeApi::UnsubscribeApi(UnsubscribeApiOptions options, Verifier verify, Inbox& inbox)
    : options_(std::move(options)), verify_(std::move(verify)), inbox_(inbox) {}

bool UnsubscribeApi::owns(std::string_view path) { return path.starts_with(kPrefix); }

// "mail about Offers and news from Example Shop"
std::string UnsubscribeApi::mail_text(const UnsubscribeRequest& request) const {
  std::string text = "mail";
  if (!request.topic.empty()) {
    const auto title = options_.topics.find(request.topic);
    text += " about " + (title == options_.topics.end() ? request.topic : title->second);
  }
  if (!options_.sender.empty()) text += " from " + options_.sender;
  return text;
}

void UnsubscribeApi::handle(HttpRequest request, HttpResponder respond) {
  TRIG_CHECK(owns(request.path), "only paths it owns are given to it");
  const std::string_view token = std::string_view(request.path).substr(kPrefix.size());
  std::optional<UnsubscribeRequest> person;
  if (!token.empty() && token.size() <= kMaxLinkTokenBytes) person = verify_(token);
  if (!person) {
    return respond(page(404, "This link does not work",
                        "It may be incomplete. Please use the link from the mail again."));
  }
  const std::string mail = mail_text(*person);
  if (request.method == "GET" || request.method == "HEAD") {
    return respond(page(200, "Unsubscribe?",
                        fmt::format("Press the button, and you will no longer receive {}.", mail),
                        kButton));
  }
  if (request.method != "POST") {
    HttpResponse response = page(405, "This does not work", "Please use the link from the mail.");
    response.headers.add("Allow", "GET, HEAD, POST");
    return respond(std::move(response));
  }
  inbox_.unsubscribe(std::move(*person), [respond = std::move(respond), mail](Receipt receipt) {
    respond(answer_for(receipt, mail));
  });
}

}  // namespace trig::ingest
