// A mail template: settings between `---` lines, then HTML with Liquid.
//
//   ---
//   subject: {{ person.first_name | default: "Hello" }}, your cart is waiting
//   preheader: It is still there
//   from: shop
//   class: marketing
//   ---
//   <p>…</p> <a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ postal_address }}
//
// parse_mail_template takes a whole file and gives its parts; check_mail_template (check.h) checks
// them against the template's signature; render_mail prints one mail. Subject and preheader are
// Liquid too. `from` names a sender of the project, `class` is marketing (the default) or
// transactional.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/liquid/template.h"

namespace trig::liquid {

enum class MailClass : std::uint8_t { kMarketing, kTransactional };

// A setting taken as it stands.
struct Setting {
  std::string text;
  TextRange range;
};

struct MailTemplate {
  MailClass mail_class = MailClass::kMarketing;
  TextRange class_range;  // invalid: not written
  std::optional<Template> subject;
  std::optional<Template> preheader;
  std::optional<Setting> from;
  std::optional<Setting> reply_to;
  Template body;
  std::optional<Template> text;  // a text part written apart; without one it is derived
  TextRange settings_at;         // where a setting can be added
  TextRange footer_at;           // where a footer can be added: before </body>, or the end
};

// The whole of a source. Reports E0410 to E0414 for the settings, E0401 to E0408 for the Liquid.
MailTemplate parse_mail_template(const SourceMap& sources, SourceId source,
                                 Diagnostics& diagnostics);

// The texts of one template: its own file, and one for each language that has a file beside it
// (welcome.fr.html.liquid beside welcome.html.liquid).
struct MailTexts {
  std::shared_ptr<const MailTemplate> own;  // null: the file could not be read
  std::map<std::string, std::shared_ptr<const MailTemplate>, std::less<>> by_language;

  // The first of `languages` that there is, else its own file.
  const MailTemplate* best_for(const std::vector<std::string>& languages) const;
};

struct RenderedMail {
  std::string subject;    // one line
  std::string preheader;  // one line, empty if there is none
  std::string html;       // with the preheader hidden at the beginning of its body
  std::string text;
};

// `options.context` is set for each part. Fails as render does, and if the subject comes out empty.
Result<RenderedMail> render_mail(const MailTemplate& source, const Scope& scope,
                                 const RenderOptions& options);

// Variables every template has. They are globals: visible in partials too.
constexpr std::string_view kPersonVariable = "person";
constexpr std::string_view kUnsubscribeUrl = "unsubscribe_url";
constexpr std::string_view kPostalAddress = "postal_address";

}  // namespace trig::liquid
