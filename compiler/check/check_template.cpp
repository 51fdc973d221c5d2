#include "compiler/check/context.h"

namespace trig::check {
namespace {

void check_parameters(Context& context, const ast::TemplateDecl& written, ir::MailTemplate& mail) {
  for (const ast::ParameterDecl& parameter : written.parameters) {
    bool twice = false;
    for (const ir::Field& known : mail.parameters) {
      if (known.name != parameter.name.text) continue;
      twice = true;
      context
          .report(Code::kDuplicateName, parameter.name.range, {"parameter", parameter.name.text})
          .label(known.range, "the first is here")
          .hint("give one of them another name");
    }
    if (!twice)
      mail.parameters.push_back(
          {parameter.name.text, resolve_type(context, parameter.type), parameter.name.range});
  }
}

}  // namespace

void check_templates(Context& context) {
  context.template_texts.resize(context.program.templates.size());
  context.templates.resize(context.program.templates.size());
  for (const Declared& declared : context.declarations) {
    const auto* written = std::get_if<ast::TemplateDecl>(&declared.declaration->node);
    if (written == nullptr) continue;
    const Symbol* symbol = context.declared(SymbolKind::kTemplate, written->name);
    if (symbol == nullptr) continue;
    check_parameters(context, *written, context.program.templates[symbol->index]);
    Result<std::string> text = context.read_file(written->file.value);
    if (text)
      context.template_texts[symbol->index] = std::move(*text);
    else
      context.report(Code::kTemplateMissing, written->file.range,
                     {written->file.value, text.error().message})
          .hint("the path counts from the project's folder");
  }
}

}  // namespace trig::check
