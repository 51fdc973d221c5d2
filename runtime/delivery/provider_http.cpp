#include "runtime/delivery/provider_http.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <charconv>

#include "runtime/delivery/header_encoding.h"
#include "runtime/delivery/utf8.h"

namespace trig::delivery {
namespace {

std::string_view header_of(const HttpReply& reply, std::string_view lower_name) {
  for (const MailHeader& header : reply.headers) {
    bool same =
        std::equal(header.name.begin(), header.name.end(), lower_name.begin(), lower_name.end(),
                   [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
    if (same) return header.value;
  }
  return {};
}

// {"message": …} (Resend) or {"errors": [{"message": …}]} (SendGrid); otherwise the body as it is.
std::string message_of(const std::string& body) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(body, error);
  if (error) return printable(body);
  if (const boost::json::value* found = value.find_pointer("/errors/0/message", error)) {
    value = *found;
  } else if (const boost::json::value* single = value.find_pointer("/message", error)) {
    value = *single;
  }
  return printable(value.is_string() ? std::string(value.get_string()) : body);
}

SendOutcome outcome_of(int status) {
  if (status >= 200 && status < 300) return SendOutcome::kAccepted;
  if (status == 408 || status == 429 || status >= 500) return SendOutcome::kDeferred;
  bool set_up_wrong = status < 400 || (status >= 401 && status <= 405);
  return set_up_wrong ? SendOutcome::kBlocked : SendOutcome::kRefused;
}

}  // namespace

std::optional<Duration> retry_after(std::string_view value) {
  std::uint32_t seconds = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return std::chrono::seconds(seconds);
}

SendReply judge_http(const HttpReply& reply, bool repeat_is_safe) {
  switch (reply.fate) {
    case HttpFate::kNotSent: return {SendOutcome::kDeferred, 0, "", reply.error, {}};
    case HttpFate::kInDoubt:
      return {repeat_is_safe ? SendOutcome::kDeferred : SendOutcome::kInDoubt,
              0,
              "",
              "no reply after the mail was sent: " + reply.error,
              {}};
    case HttpFate::kAnswered: break;
  }
  SendReply verdict{outcome_of(reply.status), reply.status, "", message_of(reply.body), {}};
  if (verdict.outcome == SendOutcome::kDeferred)
    verdict.retry_after = retry_after(header_of(reply, "retry-after"));
  return verdict;
}

Result<std::string> endpoint(std::string_view base_url, std::string_view path) {
  bool http = base_url.starts_with("https://") || base_url.starts_with("http://");
  bool clean =
      is_ascii(base_url) && !has_control(base_url) && base_url.find(' ') == std::string_view::npos;
  if (!http || !clean) return fail("`{}` is not the URL of an API", printable(base_url));
  while (base_url.ends_with('/')) base_url.remove_suffix(1);
  return std::string(base_url) + std::string(path);
}

Status check_api_key(std::string_view key) {
  if (key.empty()) return fail("the API key is empty");
  bool clean = is_ascii(key) && !has_control(key) && key.find(' ') == std::string_view::npos;
  if (!clean) return fail("the API key has a character that no key has");
  return {};
}

Result<std::string> ascii_value(const MailHeader& header) {
  if (is_ascii(header.value)) return header.value;
  Result<std::string> field = text_header(header.name, header.value);
  if (!field) return field;
  std::string value;
  for (char c : field->substr(header.name.size() + 1)) {
    if (c != '\r' && c != '\n') value += c;
  }
  return value.substr(value.find_first_not_of(' '));
}

}  // namespace trig::delivery
