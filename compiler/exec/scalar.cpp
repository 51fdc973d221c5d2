#include "compiler/exec/scalar.h"
#include "compiler/base/language_tag.h"

#include <algorithm>
#include <charconv>

namespace trig::exec {
namespace {

using ir::Kind;

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  auto decimal = Decimal::parse(text);  // 3.0 and 1e3 are whole too
  if (!decimal || !decimal->is_whole()) return std::nullopt;
  return decimal->millionths() / Decimal::kScale;
}

bool is_url(std::string_view text) {
  bool scheme = text.starts_with("https://") || text.starts_with("http://");
  return scheme && std::none_of(text.begin(), text.end(), [](unsigned char c) {
           return c <= 0x20 || c == 0x7f || c == '<' || c == '>' || c == '"';
         });
}

std::optional<std::string_view> parse_country(std::string_view text, std::string& changed) {
  if (text.size() != 2) return std::nullopt;
  auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (capital(text[0]) && capital(text[1])) return text;
  changed = text;
  for (char& c : changed) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!capital(c)) return std::nullopt;
  }
  return changed;
}

// A mail's name is the local part of its Message-ID: either will do.
std::string_view message_name(std::string_view text) {
  if (text.starts_with('<')) text.remove_prefix(1);
  return text.substr(0, text.find('@'));
}

}  // namespace

bool is_email(std::string_view text) {
  std::size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos)
    return false;
  std::string_view local = text.substr(0, at);
  std::string_view domain = text.substr(at + 1);
  auto bad_local = [](unsigned char c) {
    return c <= 0x20 || c == 0x7f ||
           std::string_view("<>()[],;:\\\"").find(static_cast<char>(c)) != std::string_view::npos;
  };
  auto bad_domain = [](unsigned char c) {
    return c < 0x80 && !std::isalnum(c) && c != '-' && c != '.';
  };
  return local.size() <= 64 && !domain.empty() && domain.size() <= 255 && domain.front() != '.' &&
         domain.back() != '.' && domain.find("..") == std::string_view::npos &&
         std::none_of(local.begin(), local.end(), bad_local) &&
         std::none_of(domain.begin(), domain.end(), bad_domain);
}

std::optional<ir::Money> parse_money(std::string_view text) {
  std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  auto amount = Decimal::parse(text.substr(0, space));
  ir::Currency currency;
  if (!amount || !ir::Currency::parse(text.substr(space + 1), currency)) return std::nullopt;
  return ir::Money{*amount, currency};
}

std::optional<ir::Value> parse_scalar(const ir::TypeTable& types, ir::Type type,
                                      std::string_view text) {
  auto wrap = [](auto optional) -> std::optional<ir::Value> {
    if (!optional) return std::nullopt;
    return ir::Value(*optional);
  };
  switch (type.kind) {
    case Kind::kBoolean:
      if (text == "true") return ir::Value(true);
      if (text == "false") return ir::Value(false);
      return std::nullopt;
    case Kind::kInteger: return wrap(parse_integer(text));
    case Kind::kNumber: return wrap(Decimal::parse(text));
    case Kind::kPercent: {
      bool sign = text.ends_with('%');
      auto number = Decimal::parse(sign ? text.substr(0, text.size() - 1) : text);
      if (!number) return std::nullopt;
      return wrap(sign ? divide(*number, *Decimal::from_integer(100)) : number);
    }
    case Kind::kMoney: return wrap(parse_money(text));
    case Kind::kText:
    case Kind::kEmail:
    case Kind::kUrl:
    case Kind::kCountry:
    case Kind::kLanguage:
    case Kind::kTimezone:
    case Kind::kCampaign:
    case Kind::kTemplate:
    case Kind::kMessage:
    case Kind::kOneOf: {
      std::string changed;
      auto found = parse_textual(types, type, text, changed);
      if (!found) return std::nullopt;
      return ir::Value(std::string(*found));
    }
    case Kind::kDate: {
      bool with_time = text.size() > 10 && (text[10] == 'T' || text[10] == ' ');
      return wrap(parse_date(with_time ? text.substr(0, 10) : text));
    }
    case Kind::kTime: return wrap(parse_time_of_day(text));
    case Kind::kDateTime: return wrap(parse_instant(text));
    case Kind::kDuration: {
      auto seconds = parse_integer(text);
      constexpr std::int64_t kMost =
          std::chrono::floor<std::chrono::seconds>(Duration::max()).count();
      if (!seconds || *seconds > kMost || *seconds < -kMost) return std::nullopt;
      return ir::Value(Duration(std::chrono::seconds(*seconds)));
    }
    case Kind::kInvalid:
    case Kind::kMissing:
    case Kind::kList:
    case Kind::kRecord: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string_view> parse_textual(const ir::TypeTable& types, ir::Type type,
                                              std::string_view text, std::string& changed) {
  auto text_if = [&](bool good) -> std::optional<std::string_view> {
    if (!good) return std::nullopt;
    return text;
  };
  switch (type.kind) {
    case Kind::kText:
    case Kind::kCampaign:
    case Kind::kTemplate: return text;
    case Kind::kMessage: return message_name(text);
    case Kind::kEmail: return text_if(is_email(text));
    case Kind::kUrl: return text_if(is_url(text));
    case Kind::kCountry: return parse_country(text, changed);
    case Kind::kLanguage: {
      auto tag = canonical_language_tag(text);
      if (!tag) return std::nullopt;
      changed = std::move(*tag);
      return changed;
    }
    case Kind::kTimezone: return text_if(Zone::find(text).has_value());
    case Kind::kOneOf: {
      const auto& choices = types.choices(type);
      return text_if(std::find(choices.begin(), choices.end(), text) != choices.end());
    }
    case Kind::kInvalid:
    case Kind::kMissing:
    case Kind::kBoolean:
    case Kind::kInteger:
    case Kind::kNumber:
    case Kind::kPercent:
    case Kind::kMoney:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDateTime:
    case Kind::kDuration:
    case Kind::kList:
    case Kind::kRecord: return std::nullopt;
  }
  return std::nullopt;
}

std::string scalar_to_text(const ir::Value& value) {
  if (const std::string* text = value.get<std::string>()) return *text;
  if (const ir::Money* money = value.get<ir::Money>())
    return money->amount.to_string() + " " + money->currency.to_string();
  if (const Duration* duration = value.get<Duration>())
    return std::to_string(std::chrono::floor<std::chrono::seconds>(*duration).count());
  return ir::to_string(value);
}

}  // namespace trig::exec
