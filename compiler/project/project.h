// Project: a folder (or a stored snapshot of one) through the whole chain, in one place:
// trig.toml + *.trig + templates + lists + catalogs → Config, ir::Program, templates, diagnostics.
//
//   Result<project::Project> project = project::load("examples/shop");
//   if (project && !project->diagnostics.has_errors()) run(project->program);
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/language_tag.h"
#include "compiler/base/language_version.h"
#include "compiler/base/result.h"
#include "compiler/base/source.h"
#include "compiler/check/check.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/ir/program.h"

namespace trig::project {

struct Sender {
  std::string name;     // how templates refer to it: `from: shop`
  std::string display;  // "The Shop"
  std::string address;
  std::string reply_to;        // may be empty
  std::string postal_address;  // shown in marketing mail
  std::optional<Zone> zone;
};

struct WriteKey {
  std::string name;    // the source it stands for
  std::string secret;  // from the environment or a file where trig.toml says so
};

struct SmtpSettings {
  std::string host;
  std::uint16_t port = 25;
  std::string tls;  // "required", "offered", "never"; empty: required with credentials
  std::string user;
  std::string password;
  std::string ca_file;
  std::size_t connections = 10;
};

struct ProviderSettings {
  std::string provider;  // "resend" or "sendgrid"
  std::string api_key;
  std::string base_url;  // empty: the provider's own
};

// Who may ask the server about itself and change it (docs/reference/admin-api.md).
struct AdminToken {
  std::string name;    // as the log names whoever came with it
  std::string secret;  // "env:NAME" or "file:PATH", never the token itself
};
struct AdminSettings {
  std::string listen = "127.0.0.1:8081";
  std::vector<AdminToken> tokens;
};

// trig.toml, checked. A value "env:NAME" or "file:PATH" of a secret is read where the secret is
// first needed (serve), so that check and test need no secrets.
struct Config {
  std::int64_t language = kLanguageVersion;  // a newer one: nothing else of the project was read
  std::string name;
  Zone zone = Zone::utc();
  std::string zone_name = "UTC";  // as written
  std::vector<Sender> senders;    // the first is the default
  std::vector<WriteKey> write_keys;
  std::string listen = "127.0.0.1:8080";
  std::optional<AdminSettings> admin;  // absent: nobody
  std::string public_url;              // of the links in mails
  std::string data_dir = "data";       // from the project's folder
  std::string delivery;                // "smtp", "resend", "sendgrid", "files"
  SmtpSettings smtp;
  ProviderSettings provider;
  std::string mail_dir = "mails";          // delivery = "files"
  std::string in_doubt = "at least once";  // or "at most once"
  LanguageFallbacks language_fallbacks;    // "ca" → "es"
  bool post_allow_private = false;         // to addresses of this machine and its own networks
  std::string post_ca_file;                // PEM; empty: the system's certificate authorities
  Duration settling{std::chrono::minutes(1)};
  Duration max_event_age{std::chrono::hours(24)};
  // Number of a key, 0 to 255 → secret. The highest signs, all are accepted.
  std::map<std::uint8_t, std::string> link_keys;
  std::map<std::string, std::string> coupon_keys;  // pool of coupons → its secret
  LintLevels lints;
};

// The files of a project by their path from its folder: what a deploy stores and reads back. Those
// of lists and catalogs are let go of once they are read.
using Files = std::map<std::string, std::string>;

struct Project {
  std::string root;  // the folder; empty for a snapshot
  Config config;
  Files files;
  SourceMap sources;
  Diagnostics diagnostics;
  ir::Program program;
  std::vector<liquid::MailTexts> templates;  // parallel to the program's
  std::function<const liquid::Template*(std::string_view name)>
      partials;  // as check::Checked has it
  std::set<check::Allowance> allowances;
  bool from_cache = false;  // as ProgramCache gives it

  // What `recompile` goes on from.
  std::shared_ptr<const check::Kept> kept;  // null where there was no check
  std::vector<Diagnostic> told_before;      // by what comes before the check, and after it
  std::vector<Diagnostic> told_after;
  std::map<std::string, Hash128> table_files;  // of lists and catalogs: path → what was in it
  bool with_tables = true;
  std::size_t declarations_checked = 0;  // to make this: a measure of the work
};

struct LoadOptions {
  std::optional<Date> today = {};  // lets `check` warn about days that are over
  bool with_tables = true;         // read lists and catalogs
  // Where the npm modules of the project are; empty: of a template in MJML the HTML is at hand.
  std::string folder = {};
  // Of `load`: gets the files of the folder and may put others in their place, in which MJML is
  // HTML already. True: it did.
  std::function<Result<bool>(Files& files)> replace_files = {};
  // Of `load`: somebody who may have the project of these files already (program_cache.h). Null
  // from it: nobody has.
  std::function<std::unique_ptr<Project>(const Files& files)> find_checked = {};
  std::string question = {};  // as check::Settings has it
};

// Failure only if the folder cannot be read at all; everything else is a diagnostic.
Result<std::unique_ptr<Project>> load(const std::string& folder, const LoadOptions& options = {});
std::unique_ptr<Project> compile(Files files, const LoadOptions& options = {});
// The same, going on from a project of which little is different: where only .trig files changed,
// and in them only what campaigns and tests say, its cost does not grow with what stays the same.
// The outcome is that of `compile`, but for the numbers of nodes.
std::unique_ptr<Project> recompile(const Project& previous, Files files,
                                   const LoadOptions& options = {});
// With the files that changed alone. Null where all has to be compiled.
std::unique_ptr<Project> recompile_sources(const Project& previous, const Files& changed,
                                           const LoadOptions& options = {});
// `load` of the folder that `previous` came from, in the same way.
Result<std::unique_ptr<Project>> reload(const Project& previous, const LoadOptions& options = {});
// The files a deploy stored, without lists and catalogs: those are always the newest.
std::unique_ptr<Project> compile_stored(Files files);
// What trig.toml among the files says, for who needs it before all else. What is wrong with it,
// `load` and `compile` tell.
Config config_of(const Files& files);

// "env:NAME" → its value, "file:PATH" → its content without the line end, anything else is itself.
Result<std::string> resolve_secret(const std::string& text, const std::string& root);

}  // namespace trig::project
