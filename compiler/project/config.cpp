#include "compiler/project/config.h"

#include <algorithm>
#include <charconv>

#include "compiler/base/limits.h"
#include "compiler/project/section.h"

namespace trig::project {
namespace {

constexpr std::string_view kAddress = "an e-mail address";
constexpr std::string_view kZone = "a time zone such as \"Europe/Paris\"";
constexpr std::string_view kLanguage = "a language such as \"fr\" or \"pt-BR\"";
constexpr std::string_view kDuration = "a duration such as \"1 minute\" or \"24 hours\"";

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// A plain addr-spec: what a sender needs. RFC 5321 §4.1.2 without quoted local parts.
bool is_address(const std::string& text) {
  const std::size_t at = text.find('@');
  if (at == std::string::npos || at == 0 || at + 1 == text.size()) return false;
  if (text.find('@', at + 1) != std::string::npos || !is_printable_ascii(text)) return false;
  if (text.find_first_of("<>,;:\"()[]\\") != std::string::npos) return false;
  const std::string_view domain = std::string_view(text).substr(at + 1);
  return domain.front() != '.' && domain.back() != '.' && domain.find("..") == domain.npos;
}

// What a header can carry on one line.
bool is_one_line(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// "127.0.0.1:8080", "[::1]:8080", "localhost:0".
bool is_listen_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || !is_printable_ascii(text)) return false;
  if (text.front() != '[' && text.find(':') != colon) return false;
  const char* end = text.data() + text.size();
  std::uint16_t port = 0;
  auto [rest, error] = std::from_chars(text.data() + colon + 1, end, port);
  return error == std::errc() && rest == end;
}

bool is_base_url(const std::string& text) {
  const bool scheme = text.starts_with("https://") || text.starts_with("http://");
  const std::size_t host = text.find("://") + 3;
  return scheme && host < text.size() && text[host] != '/' && is_printable_ascii(text) &&
         text.find_first_of("?#\"<>") == std::string::npos;
}

std::optional<std::uint8_t> key_number(const std::string& text) {
  std::uint8_t number = 0;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

bool is_file_path(const std::string& text) { return !text.empty() && is_one_line(text); }

// Reads one trig.toml; a function a table.
class ConfigReader {
 public:
  ConfigReader(const toml::Table& file, TextRange place, Diagnostics& diagnostics)
      : top_(file, "", place, diagnostics), diagnostics_(diagnostics) {}

  Config read() {
    if (!language()) return std::move(config_);
    top_.require("name");
    top_.parsed("name", "a name of letters, digits, `_` and `-`", [&](const std::string& text) {
      config_.name = text;
      return is_name(text);
    });
    zone(top_, "timezone", [&](Zone zone, const std::string& name) {
      config_.zone = zone;
      config_.zone_name = name;
    });
    senders();
    ingest();
    admin();
    links();
    languages();
    coupons();
    delivery();
    post();
    engine();
    lints();
    top_.finish();
    return std::move(config_);
  }

 private:
  // What is written in a newer language means what only a newer trig can know.
  bool language() {
    constexpr std::int64_t kAny = 1'000'000;
    top_.number("language", 1, kAny, config_.language);
    if (config_.language <= kLanguageVersion) return true;
    diagnostics_
        .report(Code::kNewerLanguage, top_.range_of("language"),
                {std::to_string(config_.language), std::to_string(kLanguageVersion)})
        .hint("take trig {}.0 or newer", config_.language);
    return false;
  }

  static bool is_name(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-';
    });
  }

  static void zone(Section& section, std::string_view name,
                   const std::function<void(Zone, const std::string&)>& found) {
    section.parsed(name, kZone, [&](const std::string& text) {
      std::optional<Zone> zone = Zone::find(text);
      if (zone) found(*zone, text);
      return zone.has_value();
    });
  }

  static void duration(Section& section, std::string_view name, Duration& target) {
    section.parsed(name, kDuration, [&](const std::string& text) {
      std::optional<Duration> duration = parse_duration(text);
      if (duration) target = *duration;
      return duration.has_value();
    });
  }

  static void checked(Section& section, std::string_view name, std::string_view what,
                      bool (*fits)(const std::string&), std::string& target) {
    section.parsed(name, what, [&](const std::string& text) {
      target = text;
      return fits(text);
    });
  }

  static void base_url(Section& section, std::string_view name, std::string& target) {
    checked(section, name, "an address such as \"https://mail.example.com\"", is_base_url, target);
    while (target.ends_with('/')) target.pop_back();
  }

  void senders() {
    for (const toml::Value* value : top_.tables("senders")) {
      Section section(std::get<toml::Table>(value->data), "senders", value->range, diagnostics_);
      Sender sender;
      section.require("name");
      section.require("address");
      checked(section, "name", "a name of letters, digits, `_` and `-`", is_name, sender.name);
      checked(section, "display", "a text on one line", is_one_line, sender.display);
      checked(section, "address", kAddress, is_address, sender.address);
      checked(section, "reply_to", kAddress, is_address, sender.reply_to);
      section.text("postal_address", sender.postal_address);
      zone(section, "timezone", [&](Zone zone, const std::string&) { sender.zone = zone; });
      section.finish();
      const bool repeated =
          std::any_of(config_.senders.begin(), config_.senders.end(),
                      [&](const Sender& other) { return other.name == sender.name; });
      if (repeated && !sender.name.empty())
        diagnostics_.report(Code::kRepeatedSender, section.range_of("name"), {sender.name});
      config_.senders.push_back(std::move(sender));
    }
  }

  // name = "secret" pairs; an empty secret opens the door to everybody.
  void secrets(Section& parent, std::string_view name, std::string_view full_name,
               const std::function<void(const toml::Setting&, std::string secret)>& add) {
    TextRange place;
    const toml::Table* table = parent.table(name, place);
    if (table == nullptr) return;
    Section section(*table, std::string(full_name), place, diagnostics_);
    for (const toml::Setting& setting : table->settings) {
      std::string secret;
      if (!section.text(setting.name, secret)) continue;
      if (secret.empty())
        section.report_invalid(setting.name, "a secret: it is empty");
      else
        add(setting, std::move(secret));
    }
  }

  void ingest() {
    TextRange place;
    const toml::Table* table = top_.table("ingest", place);
    if (table == nullptr) return;
    Section section(*table, "ingest", place, diagnostics_);
    checked(section, "listen", "HOST:PORT such as \"127.0.0.1:8080\"", is_listen_address,
            config_.listen);
    secrets(section, "write_keys", "ingest.write_keys",
            [&](const toml::Setting& setting, std::string secret) {
              config_.write_keys.push_back({setting.name, std::move(secret)});
            });
    section.finish();
  }

  // A token in the file would be known to whoever reads the project.
  void admin() {
    TextRange place;
    const toml::Table* table = top_.table("admin", place);
    if (table == nullptr) return;
    Section section(*table, "admin", place, diagnostics_);
    AdminSettings admin;
    checked(section, "listen", "HOST:PORT such as \"127.0.0.1:8081\"", is_listen_address,
            admin.listen);
    section.require("tokens");
    secrets(section, "tokens", "admin.tokens",
            [&](const toml::Setting& setting, std::string secret) {
              if (!is_name(setting.name))
                diagnostics_.report(Code::kInvalidSetting, setting.name_range,
                                    {"admin.tokens", "named with letters, digits, `_` and `-`"});
              else if (!secret.starts_with("env:") && !secret.starts_with("file:"))
                diagnostics_.report(Code::kInvalidSetting, setting.value.range,
                                    {"admin.tokens." + setting.name,
                                     "\"env:NAME\" or \"file:PATH\": the token itself stays "
                                     "out of the project"});
              else
                admin.tokens.push_back({setting.name, std::move(secret)});
            });
    section.finish();
    config_.admin = std::move(admin);
  }

  void links() {
    TextRange place;
    const toml::Table* table = top_.table("links", place);
    if (table == nullptr) return;
    Section section(*table, "links", place, diagnostics_);
    base_url(section, "public_url", config_.public_url);
    secrets(section, "keys", "links.keys", [&](const toml::Setting& setting, std::string secret) {
      const std::optional<std::uint8_t> number = key_number(setting.name);
      if (number)
        config_.link_keys.emplace(*number, std::move(secret));
      else
        diagnostics_.report(Code::kInvalidSetting, setting.name_range,
                            {"links.keys", "numbered from 0 to 255"});
    });
    section.finish();
  }

  // The bare name of a setting cannot hold a `-`: "de-CH" = "fr" is written in quotes.
  void languages() {
    TextRange place;
    const toml::Table* table = top_.table("language_fallbacks", place);
    if (table == nullptr) return;
    Section section(*table, "language_fallbacks", place, diagnostics_);
    for (const toml::Setting& setting : table->settings) {
      std::string fallback;
      checked(
          section, setting.name, kLanguage,
          [](const std::string& text) { return canonical_language_tag(text) == text; }, fallback);
      if (canonical_language_tag(setting.name) != setting.name)
        diagnostics_.report(Code::kInvalidSetting, setting.name_range,
                            {"language_fallbacks", kLanguage});
      config_.language_fallbacks.emplace(setting.name, std::move(fallback));
    }
    section.finish();
  }

  void coupons() {
    secrets(top_, "coupons", "coupons", [&](const toml::Setting& setting, std::string secret) {
      config_.coupon_keys.emplace(setting.name, std::move(secret));
    });
  }

  void delivery() {
    TextRange place;
    if (const toml::Table* table = top_.table("delivery", place)) {
      Section section(*table, "delivery", place, diagnostics_);
      section.require("kind");
      section.one_of("kind", {"files", "smtp", "resend", "sendgrid"}, config_.delivery);
      section.one_of("in_doubt", {"at least once", "at most once"}, config_.in_doubt);
      checked(section, "mail_dir", "the path of a folder", is_file_path, config_.mail_dir);
      section.finish();
    }
    smtp(place);
    provider(place);
  }

  void smtp(TextRange delivery_place) {
    TextRange place;
    const toml::Table none;
    const toml::Table* table = top_.table("smtp", place);
    const bool needed = config_.delivery == "smtp";
    if (table == nullptr && !needed) return;
    if (table == nullptr) place = delivery_place;
    Section section(table == nullptr ? none : *table, "smtp", place, diagnostics_);
    if (needed) section.require("host");
    checked(
        section, "host", "a host name or address",
        [](const std::string& text) { return !text.empty() && is_printable_ascii(text); },
        config_.smtp.host);
    std::int64_t port = config_.smtp.port;
    section.number("port", 1, 65535, port);
    config_.smtp.port = static_cast<std::uint16_t>(port);
    section.one_of("tls", {"required", "offered", "never"}, config_.smtp.tls);
    section.text("user", config_.smtp.user);
    section.text("password", config_.smtp.password);
    checked(section, "ca_file", "the path of a file", is_file_path, config_.smtp.ca_file);
    auto connections = static_cast<std::int64_t>(config_.smtp.connections);
    section.number("connections", 1, kMaxSmtpConnections, connections);
    config_.smtp.connections = static_cast<std::size_t>(connections);
    if (section.has("user") && !section.has("password")) section.require("password");
    section.finish();
  }

  void provider(TextRange delivery_place) {
    TextRange place;
    const toml::Table none;
    const toml::Table* table = top_.table("provider", place);
    const bool needed = config_.delivery == "resend" || config_.delivery == "sendgrid";
    if (needed) config_.provider.provider = config_.delivery;
    if (table == nullptr && !needed) return;
    if (table == nullptr) place = delivery_place;
    Section section(table == nullptr ? none : *table, "provider", place, diagnostics_);
    if (needed) section.require("api_key");
    section.text("api_key", config_.provider.api_key);
    base_url(section, "base_url", config_.provider.base_url);
    section.finish();
  }

  void post() {
    TextRange place;
    const toml::Table* table = top_.table("post", place);
    if (table == nullptr) return;
    Section section(*table, "post", place, diagnostics_);
    section.boolean("allow_private", config_.post_allow_private);
    checked(section, "ca_file", "the path of a file", is_file_path, config_.post_ca_file);
    section.finish();
  }

  void engine() {
    TextRange place;
    const toml::Table* table = top_.table("engine", place);
    if (table == nullptr) return;
    Section section(*table, "engine", place, diagnostics_);
    checked(section, "data_dir", "the path of a folder", is_file_path, config_.data_dir);
    duration(section, "settling", config_.settling);
    duration(section, "max_event_age", config_.max_event_age);
    section.finish();
  }

  // Each lint is a setting of the table, so an unknown one is an unknown setting.
  void lints() {
    TextRange place;
    const toml::Table* table = top_.table("lints", place);
    if (table == nullptr) return;
    Section section(*table, "lints", place, diagnostics_);
    for (Code code : all_codes()) {
      std::string level;
      if (!is_lint(code)) continue;
      if (!section.one_of(info_of(code).code, {"error", "warning", "off"}, level)) continue;
      config_.lints[code] = level == "off"     ? LintLevel::kOff
                            : level == "error" ? LintLevel::kError
                                               : LintLevel::kWarning;
    }
    section.finish();
  }

  Config config_;
  Section top_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  using namespace std::chrono;
  constexpr std::int64_t kMaxAmount = 1'000'000;
  std::int64_t amount = 0;
  auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc() || amount < 0 || amount > kMaxAmount) return std::nullopt;
  std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  if (!unit.starts_with(' ')) return std::nullopt;
  unit.remove_prefix(1);
  if (unit.ends_with('s')) unit.remove_suffix(1);
  if (unit == "second") return seconds(amount);
  if (unit == "minute") return minutes(amount);
  if (unit == "hour") return hours(amount);
  if (unit == "day") return days(amount);
  if (unit == "week") return weeks(amount);
  return std::nullopt;
}

Config read_config(SourceId id, const Source& source, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.error_count();
  const toml::Table table = toml::parse(id, source, diagnostics);
  if (diagnostics.error_count() > before) return {};
  return ConfigReader(table, {id, 0, 0}, diagnostics).read();
}

}  // namespace trig::project
