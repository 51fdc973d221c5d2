#include "runtime/delivery/address.h"

#include <idn2.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "runtime/delivery/utf8.h"

namespace trig::delivery {
namespace {

constexpr std::size_t kMaxLocalBytes = 64;     // RFC 5321 §4.5.3.1.1
constexpr std::size_t kMaxAddressBytes = 254;  // a path of 256 without its < and >
constexpr std::size_t kMaxLabelBytes = 63;     // RFC 1035 §2.3.4

bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) && c > 0; }

bool is_dot_atom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || is_atext(c); });
}

// The text inside a quoted string, without its escapes.
Result<std::string> unquote(std::string_view quoted) {
  std::string plain;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '"') return fail("a quote inside the part before the @ needs a backslash");
    if (quoted[i] == '\\' && ++i + 1 >= quoted.size()) {
      return fail("the quotes before the @ are not closed");
    }
    plain += quoted[i];
  }
  return plain;
}

Result<std::string> parse_local(std::string_view text) {
  if (!is_ascii(text)) {
    return fail(
        "`{}` is not ASCII; such an address needs SMTPUTF8 on the whole way, which is not "
        "supported (5.6.7)",
        text);
  }
  if (has_control(text)) return fail("there is a control character before the @");
  if (text.size() > kMaxLocalBytes) return fail("more than {} bytes before the @", kMaxLocalBytes);
  if (is_dot_atom(text)) return std::string(text);
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') {
    return fail("`{}` cannot stand before the @", text);
  }
  Result<std::string> plain = unquote(text);
  if (!plain || is_dot_atom(*plain)) return plain;
  std::string quoted = "\"";
  for (char c : *plain) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return c == '-' || is_letter_or_digit(c);
         });
}

bool is_host_name(std::string_view domain) {
  while (true) {
    std::size_t dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

Result<std::string> parse_domain(std::string_view text) {
  std::string domain(text);
  if (has_control(domain)) return fail("there is a control character after the @");
  if (!is_ascii(domain)) {
    if (!is_utf8(domain)) return fail("the part after the @ is not UTF-8");
    char* ascii = nullptr;
    int code = idn2_to_ascii_8z(domain.c_str(), &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    std::unique_ptr<char, void (*)(void*)> owner(ascii, idn2_free);
    if (code != IDN2_OK) return fail("`{}` is no domain name: {}", text, idn2_strerror(code));
    domain = ascii;
  }
  if (!is_host_name(domain)) return fail("`{}` is no domain name", text);
  return domain;
}

}  // namespace

bool is_atext(char c) {
  return is_letter_or_digit(c) ||
         (c != 0 && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos);
}

bool needs_smtputf8(std::string_view text) { return !is_ascii(text.substr(0, text.rfind('@'))); }

Result<Address> parse_address(std::string_view text) {
  std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return fail("an address without an @");
  Result<std::string> local = parse_local(text.substr(0, at));
  if (!local) return tl::unexpected(local.error());
  Result<std::string> domain = parse_domain(text.substr(at + 1));
  if (!domain) return tl::unexpected(domain.error());
  Address address{std::move(*local), std::move(*domain)};
  if (address.text().size() > kMaxAddressBytes) {
    return fail("an address of more than {} bytes", kMaxAddressBytes);
  }
  return address;
}

}  // namespace trig::delivery
