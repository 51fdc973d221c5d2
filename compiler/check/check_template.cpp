// Templates: their parameters, and their files, which Liquid reads and checks against them.
#include "compiler/base/language_tag.h"
#include "compiler/check/context.h"
#include "compiler/liquid/check.h"
#include "compiler/liquid/mjml.h"

namespace trig::check {
namespace {

// Each partial is read once; one that cannot be read stays null.
class Partials {
 public:
  explicit Partials(Context& context) : context_(context) {}

  // A partial that a template names: its text is part of what that template says.
  const liquid::Template* load(std::string_view name, std::string& version) {
    auto [place, inserted] = context_.partials->try_emplace(std::string(name));
    if (inserted) place->second = read(name);
    if (place->second == nullptr) return nullptr;
    version += "\n" + std::string(name) + "\n";
    version += context_.sources[place->second->range.source].text();
    return place->second.get();
  }

 private:
  std::shared_ptr<const liquid::Template> read(std::string_view name) {
    std::string path = fmt::format("{}{}.liquid", kPartialFolder, name);
    Result<std::string> text = context_.read_file(path);
    if (!text) return nullptr;
    auto end = static_cast<std::uint32_t>(text->size());
    SourceId id = context_.sources.add(path, std::move(*text));
    return std::make_shared<liquid::Template>(liquid::parse_template(
        context_.sources, {id, 0, end}, liquid::Dialect::kTrig, context_.diagnostics));
  }

  Context& context_;
};

void check_parameters(Context& context, const ast::TemplateDecl& written, ir::MailTemplate& mail) {
  for (const ast::ParameterDecl& parameter : written.parameters) {
    bool twice = false;
    for (const ir::Field& known : mail.parameters) {
      if (known.name != parameter.name.text) continue;
      twice = true;
      context.report(Code::kDuplicateName, parameter.name.range, {"parameter", parameter.name.text})
          .label(known.range, "the first is here")
          .hint("give one of them another name");
    }
    if (!twice)
      mail.parameters.push_back(
          {parameter.name.text, resolve_type(context, parameter.type), parameter.name.range});
  }
}

// What is rendered: the HTML that MJML has made, if it could. What the author wrote has been
// checked.
std::shared_ptr<const liquid::MailTemplate> mjml_as_html(
    Context& context, const std::string& path, SourceId source,
    std::shared_ptr<const liquid::MailTemplate> written, std::string& version) {
  Result<std::string> html = context.read_file(liquid::mjml_output_path(path));
  if (!html) return written;
  const std::string& text = context.sources[source].text();
  if (auto lost = liquid::left_out(source, text, *html)) {
    context.report(Code::kMjmlLeavesOut, *lost, {context.quote(*lost)})
        .hint("text between the elements of MJML is lost: write <mj-raw>{}</mj-raw>",
              context.quote(*lost));
    return written;
  }
  version += "\n" + *html;
  std::string whole = liquid::with_html(text, *html);
  SourceId made = context.sources.add(path + ", as HTML", std::move(whole));
  Diagnostics torn;
  auto parsed = std::make_shared<liquid::MailTemplate>(
      liquid::parse_mail_template(context.sources, made, torn));
  const bool sound = context.diagnostics.error_count() > 0 || !torn.has_errors();
  if (!sound)
    context.report(Code::kMjmlMistake, written->footer_at,
                   {"the HTML that it makes is no template: " + torn.all().front().message});
  return parsed;
}

std::shared_ptr<const liquid::MailTemplate> check_text(Context& context, Partials& partials,
                                                       const std::string& path, std::string text,
                                                       const ir::MailTemplate& mail,
                                                       std::string& version) {
  version += text;
  SourceId source = context.sources.add(path, std::move(text));
  auto parsed = std::make_shared<liquid::MailTemplate>(
      liquid::parse_mail_template(context.sources, source, context.diagnostics));
  liquid::Signature signature{{}, context.program.person};
  for (const ir::Field& parameter : mail.parameters)
    signature.arguments.push_back({parameter.name, parameter.type});
  liquid::check_mail_template(
      *parsed, signature, context.program.types,
      [&](std::string_view name) { return partials.load(name, version); }, context.diagnostics);
  if (!liquid::is_mjml(path)) return parsed;
  return mjml_as_html(context, path, source, std::move(parsed), version);
}

std::string_view class_name(liquid::MailClass mail_class) {
  return mail_class == liquid::MailClass::kMarketing ? "marketing" : "transactional";
}

// Files of other languages beside `path`: welcome.fr.html.liquid beside welcome.html.liquid.
void check_languages(Context& context, Partials& partials, const std::string& path,
                     std::uint32_t index) {
  const std::size_t folder = path.rfind('/') + 1;  // 0 where there is none
  const std::size_t dot = path.find('.', folder);
  if (dot == std::string::npos || !context.settings.list_files) return;
  const std::string before = path.substr(0, dot + 1);
  const std::string after = path.substr(dot);
  liquid::MailTexts& texts = context.templates[index];
  for (const std::string& other : context.settings.list_files(before)) {
    if (other.size() <= before.size() + after.size() || !other.ends_with(after)) continue;
    std::string tag = other.substr(before.size(), other.size() - before.size() - after.size());
    if (canonical_language_tag(tag) != tag) continue;
    Result<std::string> text = context.read_file(other);
    if (!text) continue;
    std::string& version = context.template_texts[index];
    version += "\n" + other + "\n";
    auto parsed = check_text(context, partials, other, std::move(*text),
                             context.program.templates.edit(index), version);
    const TextRange place = parsed->class_range.valid() ? parsed->class_range : parsed->settings_at;
    if (context.program.person_language < 0)
      context.report(Code::kNoPersonLanguage, parsed->settings_at, {other})
          .hint("give `person` a field such as `language: language?`");
    if (parsed->mail_class != texts.own->mail_class)
      context
          .report(Code::kTemplateClassDiffers, place,
                  {other, class_name(parsed->mail_class), path, class_name(texts.own->mail_class)})
          .hint("write `class: {}`", class_name(texts.own->mail_class));
    texts.by_language.emplace(std::move(tag), std::move(parsed));
  }
}

void check_file(Context& context, Partials& partials, const ast::TemplateDecl& written,
                std::uint32_t index) {
  Result<std::string> text = context.read_file(written.file.value);
  if (!text) {
    context
        .report(Code::kTemplateMissing, written.file.range,
                {written.file.value, text.error().message})
        .hint("the path counts from the project's folder");
    return;
  }
  ir::MailTemplate& mail = context.program.templates.edit(index);
  auto parsed = check_text(context, partials, written.file.value, std::move(*text), mail,
                           context.template_texts[index]);
  mail.transactional = parsed->mail_class == liquid::MailClass::kTransactional;
  context.templates[index].own = std::move(parsed);
  check_languages(context, partials, written.file.value, index);
}

}  // namespace

void check_templates(Context& context) {
  context.template_texts.resize(context.program.templates.size());
  context.templates.resize(context.program.templates.size());
  Partials partials(context);
  for (const Declared& declared : context.declarations) {
    const auto* written = std::get_if<ast::TemplateDecl>(&declared.declaration->node);
    if (written == nullptr) continue;
    const Symbol* symbol = context.declared(SymbolKind::kTemplate, written->name);
    if (symbol == nullptr) continue;
    check_parameters(context, *written, context.program.templates.edit(symbol->index));
    check_file(context, partials, *written, symbol->index);
  }
}

}  // namespace trig::check
