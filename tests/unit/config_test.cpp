// trig.toml: what it may say, and what is said about mistakes in it.
#include "compiler/project/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/base/limits.h"
#include "compiler/project/files.h"
#include "tests/support/temp_folder.h"

namespace trig::project {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::StartsWith;

struct ReadConfig {
  SourceMap sources;
  Diagnostics diagnostics;
  Config config;

  explicit ReadConfig(const std::string& text) {
    const SourceId id = sources.add("trig.toml", text);
    config = read_config(id, sources[id], diagnostics);
    diagnostics.sort();
  }
  // "E0151 [nam] there is no …", one line a diagnostic.
  std::vector<std::string> findings() const {
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : diagnostics.all())
      lines.push_back(fmt::format("{} [{}] {}", info_of(diagnostic.code).code,
                                  sources.text_of(diagnostic.range), diagnostic.message));
    return lines;
  }
};

std::string only_finding(const std::string& text) {
  const std::vector<std::string> findings = ReadConfig(text).findings();
  return findings.size() == 1 ? findings[0] : fmt::format("{} findings", findings.size());
}

constexpr std::string_view kFull = R"(
name = "shop"
timezone = "Europe/Paris"

[[senders]]
name = "shop"
display = "The Shop"
address = "hello@shop.example"
reply_to = "help@shop.example"
postal_address = "1 Main Street, Paris"
timezone = "Europe/London"

[[senders]]
name = "news"
address = "news@shop.example"

[ingest]
listen = "0.0.0.0:9000"
[ingest.write_keys]
web = "env:WEB_KEY"
app = "secret"

[admin]
listen = "127.0.0.1:9001"
[admin.tokens]
ana = "env:ANA_TOKEN"
bob-2 = "file:keys/bob"

[links]
public_url = "https://mail.shop.example/"
[links.keys]
2 = "file:keys/new"
1 = "file:keys/old"
10 = "file:keys/newest"

[coupons]
cart10 = "file:keys/cart10"

[delivery]
kind = "smtp"
in_doubt = "at most once"
mail_dir = "out"

[smtp]
host = "relay.example"
port = 587
tls = "required"
user = "shop"
password = "env:SMTP_PASSWORD"
ca_file = "ca.pem"
connections = 5

[post]
allow_private = true
ca_file = "keys/partners.pem"

[engine]
data_dir = "/var/lib/trig"
settling = "90 seconds"
max_event_age = "2 days"
)";

TEST(Config, ReadsEverySetting) {
  const ReadConfig read{std::string(kFull)};
  EXPECT_THAT(read.findings(), ElementsAre());
  const Config& config = read.config;
  EXPECT_EQ(config.name, "shop");
  EXPECT_EQ(config.zone_name, "Europe/Paris");
  EXPECT_EQ(config.zone.name(), "Europe/Paris");
  ASSERT_EQ(config.senders.size(), 2u);
  EXPECT_EQ(config.senders[0].display, "The Shop");
  EXPECT_EQ(config.senders[0].reply_to, "help@shop.example");
  EXPECT_EQ(config.senders[0].postal_address, "1 Main Street, Paris");
  EXPECT_EQ(config.senders[0].zone, Zone::find("Europe/London"));
  EXPECT_EQ(config.senders[1].address, "news@shop.example");
  EXPECT_EQ(config.senders[1].zone, std::nullopt);
  EXPECT_EQ(config.listen, "0.0.0.0:9000");
  ASSERT_EQ(config.write_keys.size(), 2u);
  EXPECT_EQ(config.write_keys[0].name, "web");
  EXPECT_EQ(config.write_keys[0].secret, "env:WEB_KEY") << "check needs no secrets";
  ASSERT_TRUE(config.admin.has_value());
  EXPECT_EQ(config.admin->listen, "127.0.0.1:9001");
  ASSERT_EQ(config.admin->tokens.size(), 2u);
  EXPECT_EQ(config.admin->tokens[1].name, "bob-2");
  EXPECT_EQ(config.admin->tokens[1].secret, "file:keys/bob") << "check needs no secrets";
  EXPECT_EQ(config.public_url, "https://mail.shop.example");
  EXPECT_THAT(config.link_keys,
              ElementsAre(std::pair(1, "file:keys/old"), std::pair(2, "file:keys/new"),
                          std::pair(10, "file:keys/newest")));
  EXPECT_THAT(config.coupon_keys, ElementsAre(std::pair("cart10", "file:keys/cart10")));
  EXPECT_EQ(config.delivery, "smtp");
  EXPECT_EQ(config.in_doubt, "at most once");
  EXPECT_TRUE(config.post_allow_private);
  EXPECT_EQ(config.post_ca_file, "keys/partners.pem");
  EXPECT_EQ(config.mail_dir, "out");
  EXPECT_EQ(config.smtp.host, "relay.example");
  EXPECT_EQ(config.smtp.port, 587);
  EXPECT_EQ(config.smtp.tls, "required");
  EXPECT_EQ(config.smtp.user, "shop");
  EXPECT_EQ(config.smtp.password, "env:SMTP_PASSWORD");
  EXPECT_EQ(config.smtp.ca_file, "ca.pem");
  EXPECT_EQ(config.smtp.connections, 5u);
  EXPECT_EQ(config.data_dir, "/var/lib/trig");
  EXPECT_EQ(config.settling, std::chrono::seconds(90));
  EXPECT_EQ(config.max_event_age, std::chrono::hours(48));
}

TEST(Config, NoAdminApiUnlessAskedForAndNoneWithoutTokens) {
  EXPECT_FALSE(ReadConfig("name = \"shop\"").config.admin.has_value());
  EXPECT_THAT(ReadConfig("name = \"shop\"\n[admin]\n").findings(),
              ElementsAre(HasSubstr("the setting `admin.tokens` is missing")));
  const ReadConfig read(
      "name = \"shop\"\n[admin]\nlisten = \"8081\"\n[admin.tokens]\n"
      "ana = \"0123456789abcdef\"\n\"a b\" = \"env:B\"\n");
  EXPECT_THAT(read.findings(),
              ElementsAre(HasSubstr("`admin.listen` must be HOST:PORT"),
                          HasSubstr("`admin.tokens.ana` must be \"env:NAME\" or \"file:PATH\""),
                          HasSubstr("`admin.tokens` must be named with letters")));
  EXPECT_TRUE(read.config.admin->tokens.empty());
}

TEST(Config, ReadsAProvider) {
  const ReadConfig read(R"(name = "shop"
[delivery]
kind = "resend"
[provider]
api_key = "env:RESEND_KEY"
base_url = "http://127.0.0.1:9")");
  EXPECT_THAT(read.findings(), ElementsAre());
  EXPECT_EQ(read.config.provider.provider, "resend");
  EXPECT_EQ(read.config.provider.api_key, "env:RESEND_KEY");
  EXPECT_EQ(read.config.provider.base_url, "http://127.0.0.1:9");
}

TEST(Config, ANameIsEnough) {
  const ReadConfig read("name = \"shop\"\n");
  EXPECT_THAT(read.findings(), ElementsAre());
  EXPECT_EQ(read.config.zone_name, "UTC");
  EXPECT_EQ(read.config.delivery, "");
}

TEST(Config, MarksTheNarrowestPlaceOfAMistake) {
  const std::string n = "name = \"shop\"\n";
  const struct {
    std::string text;
    std::string finding;
  } cases[] = {
      {"name = \"shop\nx = 1", "E0150 ["},
      {"", "E0153 [] the setting `name` is missing"},
      {"name = 3", "E0152 [3] `name` must be a text in quotes, not a whole number"},
      {"name = \"a b\"", "E0154 [\"a b\"] `name` must be a name of letters"},
      {n + "time_zone = \"UTC\"", "E0151 [time_zone] there is no setting `time_zone`"},
      {n + "timezone = \"Mars\"", "E0154 [\"Mars\"] `timezone` must be a time zone such as"},
      {n + "timezone = 2026-01-01",
       "E0152 [2026-01-01] `timezone` must be a text in quotes, not "
       "a date or time"},
      {n + "senders = \"x\"", "E0152 [\"x\"] `senders` must be an array of tables"},
      {n + "senders = [1]", "E0152 [1] `senders` must be an array of tables"},
      {n + "[[senders]]\nname = \"a\"", "E0153 [[[senders]]] the setting `senders.address`"},
      {n + "[[senders]]\nname = \"a\"\naddress = \"a@b@c\"", "E0154 [\"a@b@c\"]"},
      {n + "[[senders]]\nname = \"a\"\naddress = \"a@b\"\n[[senders]]\nname = \"a\"\n"
           "address = \"c@d\"",
       "E0155 [\"a\"] two senders are called `a`"},
      {n + "[[senders]]\nname = \"a\"\naddress = \"a@b\"\ndisplay = \"a\\nBcc: x\"",
       "E0154 [\"a\\nBcc: x\"] `senders.display` must be a text on one line"},
      {n + "[ingest]\nlisten = \"8080\"", "E0154 [\"8080\"] `ingest.listen` must be HOST:PORT"},
      {n + "[ingest]\nlisten = \"::1:80\"", "E0154 [\"::1:80\"]"},
      {n + "[ingest]\nlisten = \"h:65536\"", "E0154 [\"h:65536\"]"},
      {n + "[ingest.write_keys]\nweb = \"\"", "E0154 [\"\"] `ingest.write_keys.web` must be a"},
      {n + "[ingest.write_keys]\nweb = 1", "E0152 [1] `ingest.write_keys.web`"},
      {n + "[language_fallbacks]\nca = \"Spanish\"",
       "E0154 [\"Spanish\"] `language_fallbacks.ca` must be a language such as"},
      {n + "[language_fallbacks]\ncatalan = \"es\"",
       "E0154 [catalan] `language_fallbacks` must be a language such as"},
      {n + "[links]\npublic_url = \"ftp://x\"", "E0154 [\"ftp://x\"] `links.public_url`"},
      {n + "[links]\npublic_url = \"https://\"", "E0154 [\"https://\"]"},
      {n + "[links.keys]\n256 = \"x\"", "E0154 [256] `links.keys` must be numbered from 0 to 255"},
      {n + "[links.keys]\nk1 = \"x\"", "E0154 [k1]"},
      {n + "[coupons]\ncart10 = \"\"", "E0154 [\"\"] `coupons.cart10` must be a"},
      {n + "[delivery]\n", "E0153 [[delivery]] the setting `delivery.kind` is missing"},
      {n + "[delivery]\nkind = \"smpt\"", "E0154 [\"smpt\"] `delivery.kind` must be one of"},
      {n + "[delivery]\nkind = \"smtp\"", "E0153 [[delivery]] the setting `smtp.host`"},
      {n + "[delivery]\nkind = \"sendgrid\"", "E0153 [[delivery]] the setting `provider.api_key`"},
      {n + "[smtp]\nport = 0", "E0154 [0] `smtp.port` must be between 1 and 65535"},
      {n + "[smtp]\nconnections = 21", "E0154 [21] `smtp.connections` must be between 1 and 20"},
      {n + "[smtp]\nuser = \"u\"", "E0153 [[smtp]] the setting `smtp.password` is missing"},
      {n + "[engine]\nsettling = \"1 fortnight\"", "E0154 [\"1 fortnight\"] `engine.settling`"},
      {n + "[post]\nallow_private = \"yes\"", "E0152 [\"yes\"] `post.allow_private`"},
      {n + "[engine]\nsettling = 60", "E0152 [60] `engine.settling`"},
      {n + "[engine]\nmax_event_age = \"-1 days\"", "E0154 [\"-1 days\"]"},
      {n + "[smtp]\nx = 1.5", "E0151 [x] there is no setting `smtp.x`"},
      {n + "engine = 1", "E0152 [1] `engine` must be a table, not a whole number"},
      {n + "language = 2\nnonsense = 1",
       "E0490 [2] this project is written in language 2, but this trig knows language 1"},
      {n + "language = 0", "E0154 [0] `language` must be between 1 and"},
      {n + "language = \"one\"", "E0152 [\"one\"] `language` must be a whole number"},
      {"# größe\nname = \"shop\" # ü\n\"zeit…\" = 1", "E0151 [\"zeit…\"] there is no setting"},
  };
  for (const auto& [text, finding] : cases) EXPECT_THAT(only_finding(text), StartsWith(finding));
}

TEST(Config, AHintSaysWhatWasMeant) {
  const ReadConfig typo("nam = \"shop\"\nname = \"shop\"\n");
  ASSERT_EQ(typo.diagnostics.all().size(), 1u);
  EXPECT_EQ(typo.diagnostics.all()[0].hint_text, "did you mean `name`?");
  ASSERT_EQ(typo.diagnostics.all()[0].edits.size(), 1u);
  EXPECT_EQ(typo.diagnostics.all()[0].edits[0].replacement, "name");

  const ReadConfig stranger("name = \"shop\"\n[smtp]\nqqqqqqqq = 1\n");
  ASSERT_EQ(stranger.diagnostics.all().size(), 1u);
  EXPECT_THAT(stranger.diagnostics.all()[0].hint_text, HasSubstr("host, port, tls"));
}

TEST(Config, ReportsSeveralMistakesAtOnce) {
  EXPECT_THAT(ReadConfig("nam = 1\ntimezone = \"x\"\n[smtp]\nport = \"a\"\n").findings().size(), 4);
}

TEST(Duration, IsANumberAndAUnit) {
  EXPECT_EQ(parse_duration("1 minute"), std::chrono::minutes(1));
  EXPECT_EQ(parse_duration("0 seconds"), Duration(0));
  EXPECT_EQ(parse_duration("3 weeks"), std::chrono::hours(3 * 7 * 24));
  for (std::string_view wrong : {"", "1", "minute", "1minute", "1 month", "1 minutess", "-1 day",
                                 "1.5 hours", "1  day", " 1 day", "99999999 days"})
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
}

TEST(Secret, ComesFromTheEnvironmentAFileOrTheTextItself) {
  TempFolder folder;
  folder.write("keys/smtp", "from a file\n");
  folder.write("keys/empty", "\n");
  folder.write("keys/large", std::string(kMaxSecretBytes + 1, 'x'));
  ::setenv("TRIG_TEST_SECRET", "from the environment", 1);
  ::unsetenv("TRIG_TEST_NO_SECRET");
  EXPECT_EQ(resolve_secret("plain", folder.path()), "plain");
  EXPECT_EQ(resolve_secret("env:TRIG_TEST_SECRET", folder.path()), "from the environment");
  EXPECT_EQ(resolve_secret("file:keys/smtp", folder.path()), "from a file");
  EXPECT_EQ(resolve_secret("file:" + folder.path("keys/smtp"), "/"), "from a file");
  for (std::string missing :
       {"env:TRIG_TEST_NO_SECRET", "file:keys/none", "file:keys/empty", "file:keys/large"})
    EXPECT_FALSE(resolve_secret(missing, folder.path())) << missing;
}

constexpr FolderLimits kAmple{100, 1000};

TEST(Folder, ReadsWhatBelongsToTheProject) {
  TempFolder folder;
  for (std::string name :
       {"trig.toml", "a.trig", "deep/er/b.trig", "tests/c.trig", "templates/m.html.liquid",
        "templates/logo.svg", "lists/vip.csv", "other/partial.liquid"})
    folder.write(name, name);
  for (std::string name : {"README.md", ".git/x.trig", ".hidden.trig", "node_modules/x.trig",
                           "other/logo.svg", "nested/trig.toml", "nested/x.trig"})
    folder.write(name, name);
  std::filesystem::create_directory_symlink(folder.path(), folder.path("loop"));
  Diagnostics diagnostics;
  Result<Files> files = read_folder(folder.path(), kAmple, diagnostics);
  ASSERT_TRUE(files);
  EXPECT_TRUE(diagnostics.all().empty());
  EXPECT_THAT(*files,
              ElementsAre(Key("a.trig"), Key("deep/er/b.trig"), Key("lists/vip.csv"),
                          Key("other/partial.liquid"), Key("templates/logo.svg"),
                          Key("templates/m.html.liquid"), Key("tests/c.trig"), Key("trig.toml")));
  EXPECT_EQ(files->at("deep/er/b.trig"), "deep/er/b.trig");
}

std::vector<std::string> findings_of(const std::string& folder, FolderLimits limits) {
  Diagnostics diagnostics;
  EXPECT_TRUE(read_folder(folder, limits, diagnostics));
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics.all())
    lines.push_back(fmt::format("{} {}", info_of(diagnostic.code).code, diagnostic.message));
  return lines;
}

TEST(Folder, IsBounded) {
  TempFolder folder;
  for (int i = 0; i < 3; ++i) folder.write(fmt::format("{}.trig", i), "12345");
  EXPECT_THAT(findings_of(folder.path(), {3, 15}), ElementsAre());
  EXPECT_THAT(findings_of(folder.path(), {2, 15}),
              ElementsAre("E0158 this project has more than 2 files"));
  EXPECT_THAT(findings_of(folder.path(), {3, 14}),
              ElementsAre("E0158 this project has more than 14 bytes"));
  folder.write("large.trig", std::string(kMaxSourceBytes + 1, ' '));
  EXPECT_THAT(findings_of(folder.path(), {9, kMaxProjectBytes}),
              ElementsAre(HasSubstr("E0157 `large.trig` cannot be read: it has more than")));
  TempFolder tables;  // larger than a source may be, and one larger than a table may be
  tables.write("small.csv", std::string(kMaxSourceBytes + 1, ' '));
  EXPECT_THAT(findings_of(tables.path(), {9, kMaxProjectBytes}), ElementsAre());
  tables.write("large.csv", std::string(kMaxTableFileBytes + 1, ' '));
  EXPECT_THAT(findings_of(tables.path(), {9, kMaxProjectBytes}),
              ElementsAre(HasSubstr("E0157 `large.csv` cannot be read: it has more than")));
  std::string deep;
  for (std::size_t i = 0; i <= kMaxFolderDepth; ++i) deep += "d/";
  TempFolder other;
  other.write(deep + "x.trig", "");
  EXPECT_THAT(findings_of(other.path(), kAmple), ElementsAre(HasSubstr("16 levels")));
}

TEST(Folder, MustBeAFolder) {
  TempFolder folder;
  folder.write("file", "");
  Diagnostics diagnostics;
  EXPECT_FALSE(read_folder(folder.path("none"), kAmple, diagnostics));
  EXPECT_FALSE(read_folder(folder.path("file"), kAmple, diagnostics));
}

}  // namespace
}  // namespace trig::project
