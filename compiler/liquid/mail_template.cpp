#include "compiler/liquid/mail_template.h"

#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/liquid/filter_support.h"
#include "compiler/liquid/front_matter.h"
#include "compiler/liquid/html_to_text.h"

namespace trig::liquid {
namespace {

const std::vector<std::string> kSettings = {"subject", "preheader", "from", "reply_to", "class"};

void read_class(const Fragment& value, MailTemplate& mail, Diagnostics& diagnostics) {
  mail.class_range = value.range;
  if (value.text == "transactional") {
    mail.mail_class = MailClass::kTransactional;
  } else if (value.text != "marketing") {
    std::string best = closest(value.text, {"marketing", "transactional"});
    Diagnostic& diagnostic = diagnostics.report(Code::kTemplateClass, value.range, {value.text});
    if (best.empty())
      diagnostic.hint("a class is `marketing` or `transactional`");
    else
      diagnostic.hint("did you mean `{}`?", best).replace(value.range, best);
  }
}

void read_setting(const FrontMatterEntry& entry, const SourceMap& sources, MailTemplate& mail,
                  Diagnostics& diagnostics) {
  auto liquid = [&] {
    return parse_template(sources, entry.value.range, Dialect::kTrig, diagnostics);
  };
  auto setting = [&] { return Setting{std::string(entry.value.text), entry.value.range}; };
  std::string_view name = entry.name.text;
  if (name == "subject") {
    mail.subject = liquid();
  } else if (name == "preheader") {
    mail.preheader = liquid();
  } else if (name == "from") {
    mail.from = setting();
  } else if (name == "reply_to") {
    mail.reply_to = setting();
  } else if (name == "class") {
    read_class(entry.value, mail, diagnostics);
  } else {
    Diagnostic& diagnostic =
        diagnostics.report(Code::kFrontMatterUnknownKey, entry.name.range, {name});
    std::string best = closest(name, kSettings);
    if (best.empty())
      diagnostic.hint("settings are `subject`, `preheader`, `from`, `reply_to` and `class`");
    else
      diagnostic.hint("did you mean `{}`?", best).replace(entry.name.range, best);
  }
}

void read_settings(const FrontMatter& matter, const SourceMap& sources, MailTemplate& mail,
                   Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < matter.entries.size(); ++i) {
    const FrontMatterEntry& entry = matter.entries[i];
    auto earlier = std::find_if(
        matter.entries.begin(), matter.entries.begin() + static_cast<std::ptrdiff_t>(i),
        [&](const FrontMatterEntry& other) { return other.name.text == entry.name.text; });
    if (earlier - matter.entries.begin() < static_cast<std::ptrdiff_t>(i))
      diagnostics.report(Code::kFrontMatterRepeated, entry.name.range, {entry.name.text})
          .label(earlier->name.range, "first here")
          .hint("keep one of the two");
    else
      read_setting(entry, sources, mail, diagnostics);
  }
}

TextRange footer_place(const Fragment& body) {
  std::size_t at = body.text.rfind("</body");
  if (at == std::string_view::npos) {
    at = body.text.size();
    while (at > 0 && is_space(body.text[at - 1])) --at;
  }
  return body.part(at, at).range;
}

// Control characters, and the line separators of Unicode, would end a header line.
std::string one_line(std::string text) {
  for (std::string_view separator : {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"})
    for (std::size_t at = text.find(separator); at != std::string::npos; at = text.find(separator))
      text.replace(at, separator.size(), " ");
  std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// Behind the <body> tag, or at the very beginning.
void insert_preheader(std::string& html, const std::string& preheader) {
  std::size_t at = 0;
  for (std::string_view tag : {"<body", "<BODY"}) {
    std::size_t body = html.find(tag);
    std::size_t end = body == std::string::npos ? body : html.find('>', body);
    if (end == std::string::npos) continue;
    at = end + 1;
    break;
  }
  html.insert(at, "<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">" +
                      escape_html(preheader) + "</div>");
}

}  // namespace

const MailTemplate* MailTexts::best_for(const std::vector<std::string>& languages) const {
  for (const std::string& language : languages)
    if (auto found = by_language.find(language); found != by_language.end())
      return found->second.get();
  return own.get();
}

MailTemplate parse_mail_template(const SourceMap& sources, SourceId source,
                                 Diagnostics& diagnostics) {
  const std::string& text = sources[source].text();
  MailTemplate mail;
  TextRange whole{source, 0, static_cast<std::uint32_t>(text.size())};
  if (text.size() > kMaxSourceBytes) {
    mail.body = parse_template(sources, whole, Dialect::kTrig, diagnostics);  // reports it
    return mail;
  }
  FrontMatter matter = read_front_matter({text, whole}, diagnostics);
  mail.settings_at = matter.insert_at;
  mail.footer_at = footer_place(matter.body);
  read_settings(matter, sources, mail, diagnostics);
  mail.body = parse_template(sources, matter.body.range, Dialect::kTrig, diagnostics);
  return mail;
}

Result<RenderedMail> render_mail(const MailTemplate& source, const Scope& scope,
                                 const RenderOptions& options) {
  RenderedMail mail;
  RenderOptions header = options;
  header.context = OutputContext::kHeader;
  if (source.subject) {
    Result<std::string> subject = render(*source.subject, scope, header);
    if (!subject) return tl::unexpected(subject.error());
    mail.subject = one_line(*std::move(subject));
  }
  if (mail.subject.empty()) return fail("the subject came out empty");
  if (source.preheader) {
    Result<std::string> preheader = render(*source.preheader, scope, header);
    if (!preheader) return tl::unexpected(preheader.error());
    mail.preheader = one_line(*std::move(preheader));
  }
  RenderOptions body = options;
  body.context = OutputContext::kHtml;
  Result<std::string> html = render(source.body, scope, body);
  if (!html) return tl::unexpected(html.error());
  mail.html = *std::move(html);
  if (source.text) {
    body.context = OutputContext::kText;
    Result<std::string> text = render(*source.text, scope, body);
    if (!text) return tl::unexpected(text.error());
    mail.text = *std::move(text);
  } else {
    mail.text = html_to_text(mail.html);
  }
  if (!mail.preheader.empty()) insert_preheader(mail.html, mail.preheader);
  return mail;
}

}  // namespace trig::liquid
